package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

var fileLink = regexp.MustCompile(`(?:src|href)="(/static/[^"]+\.(?:js|css))"`)

// BenchmarkPageWeight reports what a first visit to the overview and to a sensor's page loads: scripts and
// styles, and all that is needed for the first paint, as it goes over the wire. The yardstick is uPlot alone.
func BenchmarkPageWeight(b *testing.B) {
	alone := uPlot(b)
	s := serve(b, b.TempDir())
	ada := s.browser()
	ada.setUp()
	dial(b, s, "t1", "", "").publish("farm/house-1/t1/temperature", "21.5", 1)
	id := listOf[apiDevice](s.program("read"), "/api/v1/devices")[0].ID
	ada.send("/devices/"+id+"/adopt", "name", "Probe", "zone", "House 1")
	for name, path := range map[string]string{"overview": "/", "sensor": "/sensors/1"} {
		b.Run(name, func(b *testing.B) {
			var files, styles, page int
			for b.Loop() {
				files, styles, page = ada.weigh(path)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(files)/1000, "kB-js-css")
			b.ReportMetric(float64(styles+page)/1000, "kB-html-css")
			b.ReportMetric(alone/1000, "yardstick-kB")
			b.ReportMetric(float64(files)/alone, "x-yardstick")
		})
	}
}

// weigh returns the bytes of a page's scripts and styles, of its styles, and of the page itself.
func (b *browser) weigh(path string) (files, styles, page int) {
	b.t.Helper()
	var loaded []string
	for _, link := range fileLink.FindAllStringSubmatch(b.page(path), -1) {
		if slices.Contains(loaded, link[1]) {
			continue
		}
		loaded = append(loaded, link[1])
		size := b.wire(link[1])
		files += size
		if strings.HasSuffix(link[1], ".css") {
			styles += size
		}
	}
	return files, styles, b.wire(path)
}

// wire is the size of an answer as it is transferred.
func (b *browser) wire(path string) int {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+b.at.http+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	request.Header.Set("Accept-Encoding", "br, gzip")
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") == "" {
		b.t.Fatalf("%s: %s, %q, %v", path, response.Status, response.Header.Get("Content-Encoding"), err)
	}
	return int(n)
}

// uPlot is the size of the chart library alone, script and style, packed as well as can be.
func uPlot(b *testing.B) float64 {
	b.Helper()
	size := 0
	for _, name := range []string{"uPlot.iife.min.js", "uPlot.min.css"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "static", "node_modules", "uplot", "dist", name))
		if err != nil {
			b.Skip("uPlot is not there, `go tool task generate` fetches it: ", err)
		}
		var packed bytes.Buffer
		w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
		if _, err := w.Write(text); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		size += packed.Len()
	}
	return float64(size)
}
