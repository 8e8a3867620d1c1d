package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
)

// ranges gives the readings of one sensor after the other; a db.Reader is one.
type ranges interface {
	Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error
}

// selection is what of a farm is written out.
type selection struct {
	from       ranges
	lines      []exportLine
	begin, end sensors.Milli
	location   *time.Location
}

// exportLine is what the lines of one sensor have in common.
type exportLine struct {
	sensor sensors.Sensor
	zone   string
	key    string // of the device, for programs
	name   string // of the device, for people
}

// sheet takes readings as lines.
type sheet interface {
	write(of exportLine, r sensors.Reading) error
	close() error
}

// writeTo writes the readings sensor by sensor, oldest first, and returns how many there were. Nothing is
// gathered, so any number of years fits.
func (s *selection) writeTo(ctx context.Context, w io.Writer, format string) (written int, err error) {
	channels := slices.ContainsFunc(s.lines, func(l exportLine) bool { return l.sensor.Channel != "" })
	var to sheet
	if format == "xlsx" {
		to, err = newWorkbook(w, channels, s.location)
	} else {
		to, err = newLongCSV(w, channels)
	}
	if err != nil {
		return 0, err
	}
	for _, line := range s.lines {
		var failed error
		err := s.from.Range(ctx, line.sensor.ID, s.begin, s.end, func(r sensors.Reading) bool {
			failed = to.write(line, r)
			written++
			return failed == nil
		})
		if failed != nil {
			err = failed
		}
		if err != nil {
			return written, err
		}
	}
	return written, to.close()
}

// exportColumns are those that an import reads; channel follows only where a sensor has one.
func exportColumns(channels bool) []string {
	columns := []string{"time", "zone", "device", "metric", "value"}
	if channels {
		columns = append(columns, "channel")
	}
	return columns
}

// longCSV writes lines that an import reads.
type longCSV struct {
	buffer   *bufio.Writer
	out      *csv.Writer
	record   []string
	channels bool
}

func newLongCSV(w io.Writer, channels bool) (*longCSV, error) {
	buffer := bufio.NewWriterSize(w, 64<<10)
	c := &longCSV{buffer: buffer, out: csv.NewWriter(buffer), channels: channels}
	return c, c.out.Write(exportColumns(channels))
}

func (c *longCSV) write(of exportLine, r sensors.Reading) error {
	c.record = append(c.record[:0], r.At.Time().Format("2006-01-02T15:04:05.999Z07:00"), guarded(of.zone), guarded(of.key),
		guarded(string(of.sensor.Metric)), strconv.FormatFloat(r.Value, 'f', -1, 64))
	if c.channels {
		c.record = append(c.record, guarded(of.sensor.Channel))
	}
	return c.out.Write(c.record)
}

func (c *longCSV) close() error {
	c.out.Flush()
	if err := c.out.Error(); err != nil {
		return err
	}
	return c.buffer.Flush()
}

// formulaSigns begin what a spreadsheet takes for a formula. The apostrophe is what keeps it from doing so,
// and is itself guarded, so that an import can undo it.
const formulaSigns = "=+-@\t\r'"

// guarded keeps a spreadsheet from running what a device calls itself.
func guarded(text string) string {
	if text != "" && strings.ContainsRune(formulaSigns, rune(text[0])) {
		return "'" + text
	}
	return text
}

// unguarded undoes guarded.
func unguarded(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune(formulaSigns, rune(text[1])) {
		return text[1:]
	}
	return text
}
