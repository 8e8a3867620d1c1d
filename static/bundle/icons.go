package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var inner = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

// icons gathers the pictures that icons.txt names into one file, of which pages show a part.
func icons(o *output, src string) error {
	list, err := os.ReadFile(filepath.Join(src, "icons.txt"))
	if err != nil {
		return err
	}
	var sprite bytes.Buffer
	sprite.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for line := range strings.Lines(string(list)) {
		name, picture, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		svg, err := os.ReadFile(filepath.Join("node_modules", "lucide-static", "icons", picture+".svg"))
		if err != nil {
			return fmt.Errorf("icon %s: %w", name, err)
		}
		found := inner.FindSubmatch(svg)
		if found == nil {
			return fmt.Errorf("icon %s: %s.svg holds no picture", name, picture)
		}
		body := strings.ReplaceAll(strings.Join(strings.Fields(string(found[1])), " "), " />", "/>")
		fmt.Fprintf(&sprite, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, strings.ReplaceAll(body, "> <", "><"))
	}
	sprite.WriteString("</svg>")
	return o.add("icons.svg", sprite.Bytes())
}
