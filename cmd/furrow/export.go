package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"furrow/db"
	"furrow/sensors"
)

type exportCommand struct {
	From   string `help:"First moment, such as 2026-03-01 or 2026-03-01T12:00:00Z (the oldest reading)." placeholder:"TIME" env:"-"`
	To     string `help:"End, not included; a date includes its day (the newest reading)." placeholder:"TIME" env:"-"`
	Zone   string `help:"Only the devices of this zone." placeholder:"ZONE" env:"-"`
	Format string `help:"csv or xlsx (${default})." enum:"csv,xlsx" default:"csv" placeholder:"FORMAT" env:"-"`
	Output string `short:"o" help:"File to write to (standard output)." placeholder:"FILE" env:"-"`
}

// Run writes readings out. It reads the database beside the Furrow that runs on it, as SQLite allows.
func (c *exportCommand) Run(ctx context.Context, g *Globals) error {
	if _, _, err := c.span(time.UTC); err != nil {
		return usageError{err}
	}
	if c.Format == "xlsx" && c.Output == "" && term.IsTerminal(int(os.Stdout.Fd())) {
		return usageError{errors.New("a spreadsheet cannot be shown in a terminal; name a file with -o")}
	}
	from, err := db.OpenReader(ctx, g.Data, g.quiet().logger(os.Stderr))
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // nothing was written
	selection, err := c.choose(ctx, from)
	if err != nil {
		return err
	}
	if c.Output == "" {
		_, err := selection.writeTo(ctx, os.Stdout, c.Format)
		return err
	}
	var written int
	err = writeWhole(c.Output, func(w io.Writer) (err error) { written, err = selection.writeTo(ctx, w, c.Format); return err })
	if err == nil {
		fmt.Printf("%s: %d readings\n", c.Output, written)
	}
	return err
}

// choose finds what is asked for.
func (c *exportCommand) choose(ctx context.Context, from *db.Reader) (*selection, error) {
	start, err := from.Start(ctx)
	if err != nil {
		return nil, err
	}
	s := &selection{from: from, location: start.Farm.Location()}
	if s.begin, s.end, err = c.span(s.location); err != nil {
		return nil, err
	}
	if s.lines, err = linesOf(start, c.Zone); err != nil {
		return nil, err
	}
	return s, nil
}

// span reads the flags; moments without an offset are the farm's.
func (c *exportCommand) span(at *time.Location) (from, to sensors.Milli, err error) {
	from, to = 0, math.MaxInt64
	if c.From != "" {
		if from, err = parseMoment("--from", c.From, at, false); err != nil {
			return from, to, err
		}
	}
	if c.To != "" {
		if to, err = parseMoment("--to", c.To, at, true); err != nil {
			return from, to, err
		}
	}
	if from >= to {
		return from, to, fmt.Errorf("--from %s is not before --to %s", c.From, c.To)
	}
	return from, to, nil
}

// parseMoment reads a date, a local time or one with its offset. As an end, a date is the end of its day.
func parseMoment(flag, text string, at *time.Location, end bool) (sensors.Milli, error) {
	if day, err := time.ParseInLocation(time.DateOnly, text, at); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return sensors.MilliOf(day), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if moment, err := time.ParseInLocation(layout, text, at); err == nil {
			return sensors.MilliOf(moment), nil
		}
	}
	return 0, fmt.Errorf("%s %q is not a time; write 2026-03-01 or 2026-03-01T12:00:00Z", flag, text)
}

// linesOf returns a line for each sensor of the farm, or of one zone, in the order of its pages.
func linesOf(start sensors.Start, zone string) (lines []exportLine, err error) {
	zones := append(start.Zones[:len(start.Zones):len(start.Zones)], sensors.Zone{}) // the last for devices in none
	if zone = strings.TrimSpace(zone); zone != "" {
		var names []string
		found := false
		for _, z := range start.Zones {
			names = append(names, z.Name)
			if strings.EqualFold(z.Name, zone) {
				zones, found = []sensors.Zone{z}, true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no zone %q; there are: %s", zone, strings.Join(names, ", "))
		}
	}
	for _, z := range zones {
		for _, d := range start.Devices {
			for _, s := range start.Sensors {
				if d.Zone == z.ID && s.Device == d.ID {
					lines = append(lines, exportLine{sensor: s, zone: z.Name, key: keyWithin(d.Key, z.Name), name: d.Name})
				}
			}
		}
	}
	return lines, nil
}

// keyWithin returns how a device is called in a file that names its zone too, so that an import finds it or
// makes it anew under the same key.
func keyWithin(key, zone string) string {
	if rest, ok := strings.CutPrefix(key, zone+"/"); ok && zone != "" && rest != "" {
		return rest
	}
	return key
}

// writeWhole writes a file under another name and gives it its own when it is whole.
func writeWhole(name string, write func(io.Writer) error) error {
	draft := name + ".part"
	file, err := os.Create(draft)
	if err != nil {
		return err
	}
	defer os.Remove(draft) //nolint:errcheck // it has its own name by then
	if err := errors.Join(write(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(draft, name)
}
