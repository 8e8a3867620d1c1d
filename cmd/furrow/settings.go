package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// settings is what furrow.yaml says, by the names of flags. The file in the data folder wins over the one in
// the current folder, which alone may say where the data folder is.
type settings struct {
	values map[string]any
	file   map[string]string // where each value stands
}

const settingsFile = "furrow.yaml"

// readSettings reads both files; a file that does not exist says nothing.
func readSettings(args []string) (*settings, error) {
	s := &settings{values: map[string]any{}, file: map[string]string{}}
	if err := s.read(settingsFile); err != nil {
		return nil, err
	}
	inData := filepath.Join(s.dataFolder(args), settingsFile)
	if inData == settingsFile {
		return s, nil
	}
	data, before := s.values["data"]
	delete(s.values, "data")
	if err := s.read(inData); err != nil {
		return nil, err
	}
	if _, again := s.values["data"]; again {
		return nil, fmt.Errorf("%s: data cannot be set in the data folder itself", inData)
	}
	if before {
		s.values["data"] = data
	}
	return s, nil
}

func (s *settings) read(file string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return err
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, false))
	}
	for key, value := range values {
		switch value.(type) {
		case map[string]any, []any, nil:
			return fmt.Errorf("%s: %s needs one value, as in `http: \":8080\"`", file, key)
		}
		s.values[key], s.file[key] = value, file
	}
	return nil
}

// dataFolder finds out where --data will point, before the command line is parsed.
func (s *settings) dataFolder(args []string) string {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--data="); ok {
			return value
		}
		if arg == "--data" && i+1 < len(args) {
			return args[i+1]
		}
	}
	if dir := os.Getenv("FURROW_DATA"); dir != "" {
		return dir
	}
	if dir, ok := s.values["data"]; ok {
		return fmt.Sprint(dir)
	}
	return "./data"
}

// Validate refuses keys that no flag has, because a misspelt one would silently do nothing.
func (s *settings) Validate(app *kong.Application) error {
	var known []string
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && len(flag.Envs) > 0 && !slices.Contains(known, flag.Name) {
			known = append(known, flag.Name)
		}
		return next(nil)
	})
	slices.Sort(known)
	for key := range s.values {
		if !slices.Contains(known, key) {
			return fmt.Errorf("%s: there is no setting %q; there are %s", s.file[key], key, strings.Join(known, ", "))
		}
	}
	return nil
}

// Resolve answers for flags that neither the command line nor the environment set.
func (s *settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if len(flag.Envs) == 0 {
		return nil, nil
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if value, ok := s.values[flag.Name]; ok {
		return fmt.Sprint(value), nil
	}
	return nil, nil
}
