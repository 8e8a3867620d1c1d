package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// parse reads a command line as run does, in a folder of its own.
func parse(t *testing.T, args ...string) (commands, error) {
	t.Helper()
	var cli commands
	parser, err := newParser(&cli, args)
	if err == nil {
		_, err = parser.Parse(args)
	}
	return cli, err
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSettingsComeFromFlagThenVariableThenFileThenDefault(t *testing.T) {
	for _, c := range []struct {
		name, flag, variable, data, here, want string
	}{
		{"nothing", "", "", "", "", ":8080"},
		{"file here", "", "", "", ":4", ":4"},
		{"file in the data folder", "", "", ":3", "", ":3"},
		{"data folder wins over here", "", "", ":3", ":4", ":3"},
		{"variable wins over files", "", ":2", ":3", ":4", ":2"},
		{"flag wins over all", ":1", ":2", ":3", ":4", ":1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			args := []string{"serve", "--data", "farm"}
			if c.flag != "" {
				args = append(args, "--http", c.flag)
			}
			if c.variable != "" {
				t.Setenv("FURROW_HTTP", c.variable)
			}
			if c.data != "" {
				write(t, "farm/furrow.yaml", "http: \""+c.data+"\"\n")
			}
			if c.here != "" {
				write(t, "furrow.yaml", "http: \""+c.here+"\"\n")
			}
			cli, err := parse(t, args...)
			if err != nil || cli.Serve.HTTP != c.want {
				t.Errorf("got %q, %v, want %q", cli.Serve.HTTP, err, c.want)
			}
		})
	}
}

func TestEveryFlagCanStandInTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "furrow.yaml", `
data: farm
http: 127.0.0.1:8080
mqtt: off
adopt: never
commit-every: 2s
public-url: https://farm.example.com
log-level: debug
log-format: json
speed: 60
`)
	cli, err := parse(t, "serve")
	if err != nil {
		t.Fatal(err)
	}
	want := serving{HTTP: "127.0.0.1:8080", MQTT: "off", Adopt: "never", PublicURL: "https://farm.example.com"}
	got := cli.Serve.serving
	if got.CommitEvery == nil || *got.CommitEvery != 2*time.Second {
		t.Errorf("commit-every: got %v, want 2s", got.CommitEvery)
	}
	if got.CommitEvery = nil; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if g := (Globals{"farm", "debug", "json"}); cli.Globals != g {
		t.Errorf("got %+v, want %+v", cli.Globals, g)
	}
	if demo, err := parse(t, "demo"); err != nil || demo.Demo.Speed != 60 {
		t.Errorf("speed: got %v, %v, want 60", demo.Demo.Speed, err)
	}
}

func TestDataFolderIsFoundForItsFile(t *testing.T) {
	for _, c := range []struct {
		name, here string
		args       []string
		variable   string
	}{
		{"flag", "", []string{"--data", "farm"}, "elsewhere"},
		{"flag with =", "data: elsewhere", []string{"--data=farm"}, ""},
		{"variable", "data: elsewhere", nil, "farm"},
		{"file", "data: farm", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "furrow.yaml", c.here)
			write(t, "farm/furrow.yaml", "adopt: never")
			if c.variable != "" {
				t.Setenv("FURROW_DATA", c.variable)
			}
			cli, err := parse(t, append([]string{"serve"}, c.args...)...)
			if err != nil || cli.Data != "farm" || cli.Serve.Adopt != "never" {
				t.Errorf("got data %q and adopt %q, %v, want farm and never", cli.Data, cli.Serve.Adopt, err)
			}
		})
	}
}

func TestImportIsNotToldToAdoptByThePolicyForNewDevices(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "furrow.yaml", "adopt: auto")
	t.Setenv("FURROW_ADOPT", "auto")
	cli, err := parse(t, "import", "readings.csv")
	if err != nil || cli.Import.Adopt {
		t.Errorf("got %v, %v, want false", cli.Import.Adopt, err)
	}
}

func TestWrongSettingsAreExplained(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown key", "htpp: \":8080\"", `there is no setting "htpp"; there are adopt, allow-private-targets, broker,`},
		{"not YAML", "http: [", "furrow.yaml: "},
		{"a list", "http: [1, 2]", "http needs one value"},
		{"empty", "http:", "http needs one value"},
		{"no such choice", "adopt: maybe", `--adopt must be one of "ask","auto","never" but got "maybe"`},
		{"no duration", "commit-every: soon", "commit-every"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "furrow.yaml", c.yaml)
			if _, err := parse(t, "serve"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
	t.Chdir(t.TempDir())
	write(t, "data/furrow.yaml", "data: elsewhere")
	if _, err := parse(t, "serve"); err == nil || !strings.Contains(err.Error(), "cannot be set in the data folder") {
		t.Errorf("data in the data folder: got %v", err)
	}
}

func TestServingFlagsAreChecked(t *testing.T) {
	long, negative := 2*time.Minute, -time.Second
	for _, c := range []struct {
		flags serving
		want  []string // nil: nothing is wrong
	}{
		{serving{HTTP: ":8080", MQTT: ":1883"}, nil},
		{serving{HTTP: "[::1]:0", MQTT: "off", PublicURL: "https://farm.example.com"}, nil},
		{serving{HTTP: "8080", MQTT: "off"}, []string{"--http"}},
		{serving{HTTP: "off", MQTT: ":99999"}, []string{"--http", "--mqtt"}},
		{serving{HTTP: ":1", MQTT: ":"}, []string{"--mqtt"}},
		{serving{HTTP: ":1", MQTT: ":2", CommitEvery: &long}, []string{"--commit-every"}},
		{serving{HTTP: ":1", MQTT: ":2", CommitEvery: &negative, PublicURL: "farm"}, []string{"--commit-every", "--public-url"}},
	} {
		err := c.flags.check()
		if (err == nil) != (c.want == nil) {
			t.Errorf("%+v: got %v, want %v", c.flags, err, c.want)
		}
		for _, want := range c.want {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: got %v, want %s in it", c.flags, err, want)
			}
		}
	}
}

func TestClockThatWasNeverSetIsRefused(t *testing.T) {
	if err := checkClock(time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC)); err == nil || !strings.Contains(err.Error(), "31 December 2023") {
		t.Errorf("got %v, want a sentence with the date", err)
	}
	if err := checkClock(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
}
