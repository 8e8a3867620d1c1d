package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// output is what was built so far: names as pages write them, and the files that stand for them.
type output struct {
	folder string
	names  map[string]string
}

// add writes a file under a name with the hash of its content.
func (o *output) add(name string, content []byte) error {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	return o.write(name, strings.TrimSuffix(name, ext)+"-"+hex.EncodeToString(sum[:4])+ext, content)
}

// write writes a file, and twins of it as small as brotli and gzip make them unless it is packed already.
func (o *output) write(name, file string, content []byte) error {
	if name != file {
		o.names[name] = file
	}
	path := filepath.Join(o.folder, file)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return err
	}
	if ext := filepath.Ext(file); ext == ".woff2" || ext == ".png" {
		fmt.Printf("%-32s %7d\n", file, len(content))
		return nil
	}
	var gz, br bytes.Buffer
	zip, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	brotler := brotli.NewWriterLevel(&br, brotli.BestCompression)
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{zip, brotler} {
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	fmt.Printf("%-32s %7d  gzip %6d  brotli %6d\n", file, len(content), gz.Len(), br.Len())
	if err := os.WriteFile(path+".gz", gz.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path+".br", br.Bytes(), 0o644)
}

// webManifest tells browsers how the pages look when they are installed on a phone.
func webManifest(o *output, _ string) error {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	at := func(name string) string { return "/static/" + o.names[name] }
	raw, err := json.Marshal(map[string]any{"name": "Furrow", "short_name": "Furrow", "description": "What the farm's sensors say, live.",
		"start_url": "/", "scope": "/", "display": "standalone", "background_color": "#f5f6f0", "theme_color": "#1d6a39",
		"icons": []icon{{at("icon.svg"), "any", "image/svg+xml", "any"}, {at("icon-192.png"), "192x192", "image/png", "any"}, {at("icon-512.png"), "512x512", "image/png", "maskable"}}})
	if err != nil {
		return err
	}
	return o.add("app.webmanifest", raw)
}

// worker writes the service worker. It is always found under one name, and knows by a mark which build it
// belongs to, so that what it kept of the one before goes.
func worker(o *output, src string) error {
	raw, err := os.ReadFile(filepath.Join(src, "worker.js"))
	if err != nil {
		return err
	}
	names, err := json.Marshal(o.names)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(raw, names...))
	return o.write("worker.js", "worker.js", bytes.ReplaceAll(raw, []byte("BUILD_MARK"), []byte(hex.EncodeToString(sum[:4]))))
}
