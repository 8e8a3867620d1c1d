package static

import (
	"bytes"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Handler serves the files below /static/, packed where the browser can unpack them. A hashed name never
// means anything else, so browsers keep it for good.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, strings.TrimPrefix(path.Clean(r.URL.Path), "/static/"), "public, max-age=31536000, immutable")
	})
}

// Worker serves the service worker, which has to lie at the root and is asked for anew each time.
func Worker() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, "worker.js", "no-cache") })
}

func serve(w http.ResponseWriter, r *http.Request, name, keep string) {
	f, ok := built().files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", keep)
	h.Set("Content-Type", contentType(name))
	content, tag := f.raw, name
	if f.gzip != nil || f.brotli != nil {
		h.Set("Vary", "Accept-Encoding")
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case f.brotli != nil && accepts(accepted, "br"):
			content, tag = f.brotli, name+".br"
			h.Set("Content-Encoding", "br")
		case f.gzip != nil && accepts(accepted, "gzip"):
			content, tag = f.gzip, name+".gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	if name != "worker.js" { // its name says nothing about its content
		h.Set("ETag", strconv.Quote(tag))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// accepts reports whether a browser's list of packings holds one without refusing it.
func accepts(list, packing string) bool {
	for offer := range strings.SplitSeq(list, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if strings.TrimSpace(name) == packing {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.000")
		}
	}
	return false
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
	case ".png":
		return "image/png"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "application/octet-stream"
}
