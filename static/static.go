package static

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// manifest maps names as pages write them to names with a hash, as the bundler left them.
var manifest = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	if raw, err := dist.ReadFile("dist/manifest.json"); err == nil {
		_ = json.Unmarshal(raw, &names) // written by our own bundler; without it pages are bare and still work
	}
	return names
})

// Path returns the address of a file; for one that was not bundled the plain name, which answers 404.
func Path(name string) string {
	if hashed, ok := manifest()[name]; ok {
		name = hashed
	}
	return "/static/" + name
}

// Handler serves the files below /static/, packed where the browser can unpack them. A hashed name never
// means anything else, so browsers keep it for good.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/static/")
		if info, err := fs.Stat(dist, "dist/"+name); err != nil || info.IsDir() || strings.HasPrefix(name, ".") {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Add("Vary", "Accept-Encoding")
		for _, packing := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
			if _, err := fs.Stat(dist, "dist/"+name+packing.suffix); err == nil && strings.Contains(r.Header.Get("Accept-Encoding"), packing.name) {
				h.Set("Content-Encoding", packing.name)
				h.Set("Content-Type", contentType(name))
				name += packing.suffix
				break
			}
		}
		http.ServeFileFS(w, r, dist, "dist/"+name)
	})
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}
