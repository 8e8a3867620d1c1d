package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/alecthomas/kong"
)

// commands is the command line. A flag wins over its FURROW_… variable, that over furrow.yaml, and that over
// the default.
type commands struct {
	Globals
	Serve    serveCommand    `cmd:"" help:"Run everything: MQTT broker, history, dashboard and API."`
	Demo     demoCommand     `cmd:"" help:"Serve a simulated farm on a throw-away data folder, signed in as its owner."`
	Simulate simulateCommand `cmd:"" help:"Publish a simulated farm to any MQTT broker."`
	User     struct {
		Add userAddCommand `cmd:"" help:"Add a person who may sign in."`
	} `cmd:"" help:"People who may sign in."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Make an API token and print it, once."`
	} `cmd:"" help:"Tokens for programs."`
	Device struct {
		Add deviceAddCommand `cmd:"" help:"Adopt a device by hand and print its MQTT user name and password, once."`
	} `cmd:"" help:"Devices with credentials of their own."`
	Agro    agroCommand    `cmd:"" help:"Work out what climate means for crops, animals and stores: JSON lines in, JSON lines out."`
	Import  importCommand  `cmd:"" help:"Read a CSV file of time,zone,device,metric,value into the history."`
	Export  exportCommand  `cmd:"" help:"Write readings as CSV of time,zone,device,metric,value, or as a spreadsheet."`
	Backup  backupCommand  `cmd:"" help:"Write a verified copy of the database, also while Furrow runs."`
	Restore restoreCommand `cmd:"" help:"Put a copy back."`
	Check   checkCommand   `cmd:"" help:"Read the whole data folder and say what is wrong with it."`
	Version versionCommand `cmd:"" help:"Print version, commit and Go version."`
}

// Globals are the flags that every command takes.
type Globals struct {
	Data      string `help:"Folder that everything lives in (${default})." default:"./data" placeholder:"FOLDER"`
	LogLevel  string `help:"What is worth a log line: debug, info, warn or error (${default})." enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL"`
	LogFormat string `help:"How log lines look: text or json (${default})." enum:"text,json" default:"text" placeholder:"FORMAT"`
}

// logger writes to w as the flags say.
func (g *Globals) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(g.LogLevel)) // the parser allows only what this knows
	options := &slog.HandlerOptions{Level: level}
	if g.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// quiet is for commands that end by themselves: asked for nothing more, they log only what goes wrong.
func (g *Globals) quiet() *Globals {
	q := *g
	if q.LogLevel == "info" {
		q.LogLevel = "warn"
	}
	return &q
}

// usageError is a command line that parses but makes no sense: exit status 2.
type usageError struct{ error }

// newParser describes the command line. It never ends the process by itself except for --help.
func newParser(cli *commands, args []string) (*kong.Kong, error) {
	settings, err := readSettings(args)
	if err != nil {
		return nil, err
	}
	return kong.New(cli,
		kong.Name("furrow"),
		kong.Description("Furrow watches the farm: sensors publish to it over MQTT, people look at it in a browser.\n\n"+
			"`furrow serve` starts it, `furrow demo` shows it with a simulated farm.\n\n"+
			"Every flag can also be set as a FURROW_ variable (--http is FURROW_HTTP) or in a file furrow.yaml in the "+
			"current folder or in the data folder (http: \":8080\"). A flag wins over a variable, and that over the file."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.DefaultEnvars("FURROW"),
		kong.Resolvers(settings),
	)
}

// serving are the flags of a running Furrow.
type serving struct {
	HTTP        string         `name:"http" help:"Address of dashboard and API (${default})." default:":8080" placeholder:"ADDR"`
	MQTT        string         `name:"mqtt" help:"Address of the MQTT broker (${default}), or off." default:":1883" placeholder:"ADDR"`
	Adopt       string         `help:"New devices: ask puts them in the inbox, auto adopts them at once, never refuses them (${default})." enum:"ask,auto,never" default:"ask" placeholder:"HOW"`
	CommitEvery *time.Duration `help:"How long readings gather before they are written to disk, and devices wait for their acknowledgement (0s, or 1s where the data folder lies on an SD card)." placeholder:"TIME"`
	PublicURL   string         `name:"public-url" help:"Address under which people reach the dashboard from outside, such as https://farm.example.com." placeholder:"URL"`

	AllowPrivateTargets bool `help:"Let messages about alerts go to this computer and local networks, such as a webhook of your own; whoever manages alerts can then reach what only this computer can."`
}

// check joins everything that is wrong with the flags.
func (s serving) check() error {
	wrong := []error{checkAddress("--http", s.HTTP, false), checkAddress("--mqtt", s.MQTT, true)}
	if s.CommitEvery != nil && (*s.CommitEvery < 0 || *s.CommitEvery > time.Minute) {
		wrong = append(wrong, errors.New("--commit-every must be from 0s to 1m: devices wait that long for their acknowledgement"))
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		wrong = append(wrong, fmt.Errorf("--public-url %q is not an address; write https://farm.example.com", s.PublicURL))
	}
	if err := errors.Join(wrong...); err != nil {
		return usageError{err}
	}
	return nil
}

// checkAddress accepts host:port, :port, and "off" where that makes sense.
func checkAddress(flag, addr string, off bool) error {
	if off && addr == "off" {
		return nil
	}
	if _, port, err := net.SplitHostPort(addr); err == nil {
		if _, err := net.LookupPort("tcp", port); err == nil && port != "" {
			return nil
		}
	}
	return fmt.Errorf("%s %q is not an address; write :8080 or 192.168.1.10:8080", flag, addr)
}
