package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"furrow/sensors"
)

type importCommand struct {
	File  string `arg:"" help:"CSV file with the columns time,zone,device,metric,value; a .gz is unpacked."`
	Adopt bool   `help:"Adopt the devices of the file that are not part of the farm, and make their zones. Without it they wait in the inbox." env:"-"`
}

// Run imports the file into the data folder, through the Furrow that runs on it if one does.
func (c *importCommand) Run(ctx context.Context, g *Globals) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	lines, err := newReadingLines(file)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return withDesk(ctx, g, func(ctx context.Context, d desk) error {
		run := &importing{adopt: c.Adopt, to: d, complain: os.Stderr}
		if term.IsTerminal(int(os.Stderr.Fd())) {
			run.progress = os.Stderr
		}
		err := run.all(ctx, lines)
		fmt.Printf("%d readings stored, %d were known already, %d lines rejected\n", run.stored, run.duplicates, run.rejected)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", c.File, lines.number, err)
		}
		if run.stored+run.duplicates == 0 {
			return fmt.Errorf("%s: no reading could be imported", c.File)
		}
		return nil
	})
}

// importer takes readings by name; a desk is one.
type importer interface {
	Import(ctx context.Context, readings []sensors.Posted, adopt bool) (sensors.PostOutcome, error)
}

// importing carries an import from chunk to chunk.
type importing struct {
	to                           importer
	adopt                        bool
	complain                     io.Writer
	progress                     io.Writer // nil when nobody watches
	told                         time.Time // when progress was last told
	chunk                        []sensors.Posted
	lines                        []int // of chunk
	stored, duplicates, rejected int
}

// importChunk is how many readings are stored at once; a running Furrow has time for others in between.
const importChunk = 5000

// all stores every line it can and says which it could not. What was stored stays when it fails half-way;
// importing the file again adds nothing twice.
func (i *importing) all(ctx context.Context, from *readingLines) error {
	for {
		posted, err := from.next()
		var bad *lineError
		switch {
		case errors.Is(err, io.EOF):
			return i.flush(ctx)
		case errors.As(err, &bad):
			i.reject(from.number, bad.sentence)
		case err != nil:
			return errors.Join(err, i.flush(ctx))
		default:
			i.chunk, i.lines = append(i.chunk, posted), append(i.lines, from.number)
		}
		if len(i.chunk) == importChunk {
			if err := i.flush(ctx); err != nil {
				return err
			}
			i.report(from.number)
		}
	}
}

func (i *importing) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil || len(i.chunk) == 0 {
		return err
	}
	outcome, err := i.to.Import(ctx, i.chunk, i.adopt)
	if err != nil {
		return err
	}
	i.stored += outcome.Stored
	i.duplicates += outcome.Duplicates
	slices.SortFunc(outcome.Rejected, func(a, b sensors.Rejection) int { return a.Index - b.Index })
	for _, r := range outcome.Rejected {
		i.reject(i.lines[r.Index], r.Error)
	}
	i.chunk, i.lines = i.chunk[:0], i.lines[:0]
	return nil
}

// maxComplaints is how many rejected lines are told one by one.
const maxComplaints = 20

func (i *importing) reject(line int, sentence string) {
	i.rejected++
	switch {
	case i.rejected <= maxComplaints:
		fmt.Fprintf(i.complain, "line %d: %s\n", line, sentence)
	case i.rejected == maxComplaints+1:
		fmt.Fprintln(i.complain, "more lines are rejected; from here on they are only counted")
	}
}

// report tells how far the import is, now and then.
func (i *importing) report(line int) {
	if now := time.Now(); i.progress != nil && now.Sub(i.told) > time.Second/2 {
		i.told = now
		fmt.Fprintf(i.progress, "\r%d lines read, %d readings stored\r", line, i.stored)
	}
}
