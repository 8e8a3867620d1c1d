package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the house's wall plan: which rooms (folders below the module's root) a room may import. A
// room that is not listed is a mistake, so that whoever adds one decides where it stands.
var mayImport = map[string][]string{
	"sensors":                   {},
	"sensors/payload":           {"sensors"},
	"sensors/live":              {"sensors"},
	"sensors/ingest":            {"sensors", "sensors/rules", "sensors/live"},
	"sensors/broker":            {"sensors", "sensors/payload"},
	"sensors/broker/brokertest": {"sensors"},
	"sensors/simulate":          {"sensors"},
	"sensors/agro":              {"sensors"},
	"sensors/rules":             {"sensors", "sensors/agro"},
	"sensors/control":           {"sensors"},
	"sensors/notify":            {"sensors"},
	"db":                        {"sensors", "web/auth", "migrations", "db/history"},
	"db/history":                {"sensors"},
	"db/dbtest":                 {"db", "sensors"},
	"migrations":                {},
	"views":                     {"sensors", "views/ui", "views/chart", "static"},
	"views/ui":                  {"sensors", "static"},
	"views/chart":               {"sensors"},
	"static":                    {},
	"static/bundle":             {},
	"web/auth":                  {},
	"web": {"sensors", "sensors/live", "sensors/ingest", "sensors/rules", "sensors/notify", "sensors/agro", "views", "views/ui", "views/chart",
		"static", "web/auth", "web/api"},
	"web/api":    {"sensors", "sensors/live", "sensors/ingest", "sensors/rules", "sensors/notify", "sensors/agro", "web/auth"},
	"cmd/furrow": {"*"},
}

// onlyImporter names the rooms that alone may import a library.
var onlyImporter = map[string][]string{
	"modernc.org/sqlite":            {"db"},
	"github.com/mochi-mqtt/server":  {"sensors/broker"},
	"github.com/labstack/echo":      {"web", "web/api"},
	"github.com/danielgtaylor/huma": {"web/api"},
	"github.com/coder/websocket":    {"web", "web/api"},
	"github.com/a-h/templ":          {"views", "views/ui", "views/chart", "web"},
	"github.com/eclipse/paho.mqtt":  {"cmd/furrow"},
	"github.com/evanw/esbuild":      {"static/bundle"},
	"github.com/pressly/goose":      {"db"},
	"github.com/alecthomas/kong":    {"cmd/furrow"},
	"github.com/VictoriaMetrics":    {"web/api"},
	"github.com/wneessen/go-mail":   {"sensors/notify"},
	"github.com/SherClockHolmes":    {"sensors/notify"},
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	root := filepath.Join("..", "..")
	rooms := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == "data" || name == "bin" || name[0] == '.' && name != "..") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		room := path.Dir(filepath.ToSlash(relative))
		rooms[room] = true
		imports, err := importsOf(file)
		for _, wrong := range forbidden(room, imports) {
			t.Errorf("%s: %s", relative, wrong)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"cmd/furrow", "db", "sensors", "sensors/broker", "sensors/ingest", "views", "web", "web/api"} {
		if !rooms[room] {
			t.Errorf("the test did not see the room %s", room)
		}
	}
}

func importsOf(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, name)
	}
	return imports, nil
}

// forbidden says which of its imports a room may not have.
func forbidden(room string, imports []string) (wrong []string) {
	allowed, known := mayImport[room]
	if !known {
		wrong = append(wrong, fmt.Sprintf("the room %s is not in the wall plan; add it there and to the README's map", room))
	}
	for _, name := range imports {
		if other, ours := strings.CutPrefix(name, "furrow/"); ours && !slices.Contains(allowed, other) && !slices.Contains(allowed, "*") {
			wrong = append(wrong, fmt.Sprintf("%s may not import %s", room, other))
		}
		for library, rooms := range onlyImporter {
			if (name == library || strings.HasPrefix(name, library+"/")) && !slices.Contains(rooms, room) {
				wrong = append(wrong, fmt.Sprintf("only %s may import %s", strings.Join(rooms, ", "), library))
			}
		}
	}
	return wrong
}

func TestForbiddenImportsAreFound(t *testing.T) {
	for _, c := range []struct {
		room, name string
		wrong      bool
	}{
		{"sensors", "time", false},
		{"sensors", "furrow/sensors/live", true},
		{"sensors/ingest", "furrow/sensors", false},
		{"sensors/ingest", "furrow/db", true},
		{"web", "furrow/db", true},
		{"web", "furrow/sensors/broker", true},
		{"web/auth", "github.com/labstack/echo/v4", true},
		{"web/api", "github.com/labstack/echo/v4", false},
		{"db", "modernc.org/sqlite", false},
		{"db/history", "modernc.org/sqlite/lib", true},
		{"web", "github.com/mochi-mqtt/server/v2/packets", true},
		{"sensors/broker", "github.com/mochi-mqtt/server/v2", false},
		{"cmd/furrow", "furrow/db", false},
		{"cmd/furrow", "modernc.org/sqlite", true},
		{"sensors/util", "time", true},
	} {
		if got := forbidden(c.room, []string{c.name}); (len(got) > 0) != c.wrong {
			t.Errorf("%s importing %s: got %q, want wrong %v", c.room, c.name, got, c.wrong)
		}
	}
}
