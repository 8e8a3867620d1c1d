package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
)

// maxLine is the longest line of a CSV file that is read, in bytes.
const maxLine = 64 << 10

// readingLines reads a long CSV. Each line stands by itself, so that a stray quote spoils one line and not
// the rest of the file.
type readingLines struct {
	in      *bufio.Reader
	number  int // of the line read last
	columns map[string]int
}

// lineError says what is wrong with one line.
type lineError struct{ sentence string }

func (e *lineError) Error() string { return e.sentence }

const wantedHeader = "the first line must name the columns: time,zone,device,metric,value"

// newReadingLines reads the header line of a CSV file that may be compressed, whatever its name.
func newReadingLines(r io.Reader) (*readingLines, error) {
	in := bufio.NewReaderSize(r, maxLine)
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		in = bufio.NewReaderSize(unpacked, maxLine)
	}
	l := &readingLines{in: in, columns: map[string]int{}}
	head, err := l.record()
	var bad *lineError
	if errors.Is(err, io.EOF) || errors.As(err, &bad) {
		return nil, errors.New(wantedHeader)
	}
	if err != nil {
		return nil, err
	}
	for i, name := range head {
		l.columns[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range []string{"time", "device", "metric", "value"} {
		if _, ok := l.columns[name]; !ok {
			return nil, fmt.Errorf("there is no column %q; %s", name, wantedHeader)
		}
	}
	return l, nil
}

// next returns the next reading, io.EOF after the last, or a *lineError for a line that cannot be used.
func (l *readingLines) next() (sensors.Posted, error) {
	record, err := l.record()
	if err != nil {
		return sensors.Posted{}, err
	}
	field := func(name string) string {
		if i, ok := l.columns[name]; ok && i < len(record) {
			return unguarded(strings.TrimSpace(record[i]))
		}
		return ""
	}
	at, ok := parseTime(field("time"))
	if !ok {
		return sensors.Posted{}, &lineError{fmt.Sprintf("%.40q is not a time like 2026-03-01T12:00:00Z, nor seconds or milliseconds since 1970", field("time"))}
	}
	value, err := strconv.ParseFloat(field("value"), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return sensors.Posted{}, &lineError{fmt.Sprintf("%.40q is not a number", field("value"))}
	}
	return sensors.Posted{Zone: field("zone"), Device: field("device"), Channel: field("channel"),
		Metric: sensors.MetricID(field("metric")), Value: value, At: at}, nil
}

// record returns the fields of the next line that is not empty.
func (l *readingLines) record() ([]string, error) {
	for {
		line, err := l.line()
		if err != nil {
			return nil, err
		}
		switch {
		case len(line) == 0:
			continue
		case bytes.IndexByte(line, '"') < 0:
			return strings.Split(string(line), ","), nil
		}
		record, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err != nil {
			return nil, &lineError{"the quotes do not match"}
		}
		return record, nil
	}
}

// line returns the next line without its end; it is valid until the next call. A last line without an end
// counts too.
func (l *readingLines) line() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	l.number++
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.in.ReadSlice('\n')
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = &lineError{"the line is too long"}
		}
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// parseTime reads RFC 3339, or seconds or milliseconds since 1970, which their size tells apart.
func parseTime(text string) (sensors.Milli, bool) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return sensors.MilliOf(at), at.UnixMilli() > 0
	}
	epoch, err := strconv.ParseFloat(text, 64)
	if err != nil || !(epoch > 0 && epoch < 1e14) {
		return 0, false
	}
	if epoch < 1e11 {
		epoch *= 1000
	}
	return sensors.Milli(epoch), epoch >= 1
}
