// Command bundle builds dist, the files that browsers load, out of src and the packages that npm fetched. It
// runs in the folder static; every file but the service worker gets a hash of its content in its name, and
// those that shrink get packed twins.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	log.SetFlags(0)
	if err := build("src", "dist"); err != nil {
		log.Fatalln("bundle:", err)
	}
}

// build replaces what is in dist.
func build(src, dist string) error {
	if err := empty(dist); err != nil {
		return err
	}
	out := output{folder: dist, names: map[string]string{}}
	for _, step := range []func(*output, string) error{scripts, icons, pictures, webManifest, worker} {
		if err := step(&out, src); err != nil {
			return err
		}
	}
	raw, err := json.MarshalIndent(out.names, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), append(raw, '\n'), 0o644)
}

// empty removes the last build. The file that keeps the folder in the repository stays.
func empty(dist string) error {
	old, err := filepath.Glob(filepath.Join(dist, "[^.]*"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// entries are what pages load: app all of them, chart those with the large chart, forms all that are not lean, watch
// those about alerts and rules.
var entries = []string{"app.js", "app.css", "forms.js", "forms.css", "chart.js", "chart.css", "watch.js", "watch.css"}

func options(src, dist string) api.BuildOptions {
	o := api.BuildOptions{Outdir: dist, Bundle: true, Write: false, Metafile: true,
		EntryNames: "[name]-[hash]", AssetNames: "[name]-[hash]", PublicPath: "/static",
		Format: api.FormatESModule, Target: api.ES2022, LegalComments: api.LegalCommentsEndOfFile, LogLevel: api.LogLevelWarning,
		MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true,
		Engines: []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "128"}, {Name: api.EngineSafari, Version: "17.5"}},
		Loader:  map[string]api.Loader{".woff2": api.LoaderFile}}
	for _, name := range entries {
		o.EntryPoints = append(o.EntryPoints, filepath.Join(src, name))
	}
	return o
}

// scripts bundles scripts and styles, and takes the font along.
func scripts(out *output, src string) error {
	built := api.Build(options(src, out.folder))
	if len(built.Errors) > 0 {
		return errors.New(built.Errors[0].Text)
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Inputs     map[string]struct{}
		}
	}
	if err := json.Unmarshal([]byte(built.Metafile), &meta); err != nil {
		return fmt.Errorf("reading what was built: %w", err)
	}
	for file, about := range meta.Outputs {
		source := about.EntryPoint
		for input := range about.Inputs { // a file that was copied has one source
			source = cmp.Or(source, input)
		}
		at := slices.IndexFunc(built.OutputFiles, func(f api.OutputFile) bool { return filepath.Base(f.Path) == filepath.Base(file) })
		name := filepath.Base(source)
		if strings.HasPrefix(name, "inter-") {
			name = "inter.woff2"
		}
		if err := out.write(name, filepath.Base(file), built.OutputFiles[at].Contents); err != nil {
			return err
		}
	}
	return nil
}
