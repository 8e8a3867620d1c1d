package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// assets is what was built, read once.
type assets struct {
	names map[string]string // as pages write them → with a hash
	files map[string]file
	err   error
}

// file is one file in every form that it is sent in; gzip and brotli may be missing.
type file struct{ raw, gzip, brotli []byte }

var built = sync.OnceValue(func() assets {
	a := assets{names: map[string]string{}, files: map[string]file{}}
	raw, err := dist.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		a.err = errors.New("the styles and scripts of the pages were not built into this program; build it with `go tool task build`")
		return a
	}
	if err == nil {
		err = json.Unmarshal(raw, &a.names)
	}
	if err == nil {
		err = a.read()
	}
	if err != nil {
		a.err = fmt.Errorf("reading the styles and scripts built into this program: %w", err)
	}
	return a
})

// read takes up every file with its packed twins.
func (a *assets) read() error {
	entries, err := dist.ReadDir("dist")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		content, err := dist.ReadFile("dist/" + entry.Name())
		if err != nil {
			return err
		}
		base, packing := entry.Name(), ""
		for _, suffix := range []string{".gz", ".br"} {
			if name, packed := strings.CutSuffix(base, suffix); packed {
				base, packing = name, suffix
			}
		}
		f := a.files[base]
		switch packing {
		case ".gz":
			f.gzip = content
		case ".br":
			f.brotli = content
		default:
			f.raw = content
		}
		a.files[base] = f
	}
	delete(a.files, "manifest.json")
	delete(a.files, ".gitignore")
	return nil
}

// Built says what is missing when the program was compiled without its styles and scripts.
func Built() error { return built().err }

// Path returns the address of a file; for one that was not built the plain name, which answers 404.
func Path(name string) string {
	if hashed, ok := built().names[name]; ok {
		name = hashed
	}
	return "/static/" + name
}
