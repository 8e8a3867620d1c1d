package static

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(h http.Handler, path string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func needBuild(t *testing.T) {
	t.Helper()
	if err := Built(); err != nil {
		t.Skip(err)
	}
}

func TestFilesArePackedAsTheBrowserLikes(t *testing.T) {
	needBuild(t)
	for accepted, want := range map[string]string{"gzip, deflate, br": "br", "gzip, deflate": "gzip", "": "", "br;q=0, gzip;q=0.5": "gzip", "brotli": ""} {
		got := get(Handler(), Path("app.css"), "Accept-Encoding", accepted)
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Encoding") != want || got.Header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("Accept-Encoding %q: got %d %v, want packing %q", accepted, got.StatusCode, got.Header, want)
		}
		if !strings.Contains(got.Header.Get("Cache-Control"), "immutable") || got.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: got %v, want it kept for good", accepted, got.Header)
		}
		again := get(Handler(), Path("app.css"), "Accept-Encoding", accepted, "If-None-Match", got.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again with its ETag: got %d, want 304", again.StatusCode)
		}
	}
}

func TestOnlyBuiltFilesAreServed(t *testing.T) {
	needBuild(t)
	for _, path := range []string{"/static/", "/static/manifest.json", "/static/.gitignore", "/static/../embed.go", "/static/app.css", "/static/nothing.js"} {
		if got := get(Handler(), path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.StatusCode)
		}
	}
}

func TestTheServiceWorkerIsAskedForAnew(t *testing.T) {
	needBuild(t)
	got := get(Worker(), "/sw.js")
	if got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-cache" || got.Header.Get("ETag") != "" {
		t.Errorf("got %d %v, want it never to be kept", got.StatusCode, got.Header)
	}
}

// TestPageWeight holds what browsers load before they show something to its limits, packed with brotli.
func TestPageWeight(t *testing.T) {
	needBuild(t)
	size := func(names ...string) (sum int) {
		for _, name := range names {
			f := built().files[built().names[name]]
			if len(f.brotli) == 0 {
				t.Fatalf("%s was not built", name)
			}
			sum += len(f.brotli)
		}
		return sum
	}
	if got := size("app.css", "app.js"); got > 22_000 {
		t.Errorf("the overview loads %d bytes, want at most 22,000", got)
	}
	if got := size("app.css", "app.js", "chart.css", "chart.js"); got > 46_000 {
		t.Errorf("a sensor's page loads %d bytes, want at most 46,000", got)
	}
}
