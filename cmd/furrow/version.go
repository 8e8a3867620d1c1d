package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints one line.
func (versionCommand) Run() error {
	v := readVersion()
	fmt.Printf("furrow %s, commit %s, %s\n", v.Version, v.Commit, v.Go)
	return nil
}

// buildVersion tells which program this is, as the Go toolchain stamped it.
type buildVersion struct{ Version, Commit, Go string }

func readVersion() buildVersion {
	v := buildVersion{Version: "unknown", Commit: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version, v.Go = info.Main.Version, info.GoVersion
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if changed {
		v.Commit += " with changes"
	}
	return v
}
