package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

// gathered is an importer that keeps what it is given.
type gathered struct {
	readings []sensors.Posted
	refuse   string // device whose readings it rejects
	err      error
}

func (g *gathered) Import(_ context.Context, readings []sensors.Posted, _ bool) (out sensors.PostOutcome, err error) {
	if g.err != nil {
		return out, g.err
	}
	for i, r := range readings {
		if r.Device == g.refuse {
			out.Rejected = append(out.Rejected, sensors.Rejection{Index: i, Error: "not this one"})
			continue
		}
		out.Stored++
		g.readings = append(g.readings, r)
	}
	return out, nil
}

// importText imports a file's text and returns what was stored and said about it.
func importText(t *testing.T, text string, to *gathered) (run *importing, complaints string, err error) {
	t.Helper()
	lines, err := newReadingLines(strings.NewReader(text))
	if err != nil {
		return nil, "", err
	}
	var said bytes.Buffer
	run = &importing{to: to, complain: &said}
	err = run.all(t.Context(), lines)
	return run, said.String(), err
}

func TestImportReadsLines(t *testing.T) {
	noon := sensors.MilliOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	full := sensors.Posted{Zone: "House 1", Device: "t1", Metric: "temperature", Value: 21.5, At: noon}
	bare := full
	bare.Zone = ""
	for _, c := range []struct {
		name, text string
		want       sensors.Posted
	}{
		{"plain", "time,zone,device,metric,value\n2026-03-01T12:00:00Z,House 1,t1,temperature,21.5\n", full},
		{"other order, no end of line", "value,device,time,metric,zone\n21.5,t1,2026-03-01T12:00:00Z,temperature,House 1", full},
		{"Windows, byte order mark, capitals, spaces", "\ufeffTime, Zone ,Device,Metric,Value\r\n\r\n 2026-03-01T12:00:00Z , House 1,t1,temperature, 21.5\r\n", full},
		{"quotes", "\"time\",zone,device,metric,value\n\"2026-03-01T12:00:00Z\",\"House 1\",t1,temperature,\"21.5\"\n", full},
		{"no zone", "time,device,metric,value\n2026-03-01T12:00:00Z,t1,temperature,21.5\n", bare},
		{"offset", "time,device,metric,value\n2026-03-01T14:00:00+02:00,t1,temperature,21.5\n", bare},
		{"seconds", "time,device,metric,value\n1772366400,t1,temperature,21.5\n", bare},
		{"milliseconds", "time,device,metric,value\n1772366400000,t1,temperature,2.15e1\n", bare},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := &gathered{}
			_, said, err := importText(t, c.text, to)
			if err != nil || said != "" || len(to.readings) != 1 || to.readings[0] != c.want {
				t.Errorf("got %+v, %v, %q, want %+v", to.readings, err, said, c.want)
			}
		})
	}
}

func TestImportRefusesFilesThatAreNone(t *testing.T) {
	for _, text := range []string{"", "\n\n", "21.5\n", "time,zone,device,metric\n", "\x1f\x8bnot gzip", "\"time,device,metric,value\n", strings.Repeat("x", 1<<20)} {
		if _, _, err := importText(t, text, &gathered{}); err == nil {
			t.Errorf("%.20q: no error", text)
		}
	}
}

func TestImportTellsBadLinesAndGoesOn(t *testing.T) {
	text := `time,zone,device,metric,value
yesterday,z,t1,temperature,1
2026-03-01T12:00:00Z,z,t1,temperature,warm
2026-03-01T12:00:00Z,z,t1,temperature,NaN
0,z,t1,temperature,1
-5,z,t1,temperature,1
2026-03-01T12:00:00Z,z,"t1,temperature,1
2026-03-01T12:00:00Z,z,stranger,temperature,1
2026-03-01T12:00:00Z
` + strings.Repeat("x", 1<<20) + `
2026-03-01T12:00:00Z,z,t1,temperature,21.5
`
	to := &gathered{refuse: "stranger"}
	run, said, err := importText(t, text, to)
	if err != nil || len(to.readings) != 1 || run.stored != 1 || run.rejected != 9 {
		t.Fatalf("got %+v, %v, %q, want one stored and nine rejected", to.readings, err, said)
	}
	for _, want := range []string{`line 2: "yesterday" is not a time`, `line 3: "warm" is not a number`, `line 4: "NaN"`, `line 5: "0" is not a time`,
		"line 6: ", "line 7: the quotes", "line 8: not this one", "line 9: ", "line 10: the line is too long"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in\n%s", want, said)
		}
	}
	run, said, err = importText(t, "time,device,metric,value\n"+strings.Repeat("x\n", 1000), &gathered{})
	if err != nil || run.rejected != 1000 || strings.Count(said, "\n") != maxComplaints+1 {
		t.Errorf("1000 bad lines: %d rejected, %v, and said\n%s", run.rejected, err, said)
	}
}

func TestImportStopsWhenNothingCanBeStored(t *testing.T) {
	full := errors.New("the disk is full")
	text := "time,device,metric,value\n2026-03-01T12:00:00Z,t1,temperature,1\n"
	if _, _, err := importText(t, text, &gathered{err: full}); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 10_000 {
		if i == 0 {
			fmt.Fprint(z, "time,device,metric,value\n")
		}
		fmt.Fprintf(z, "%d,t1,temperature,%d\n", 1772366400+i, i%7)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	to := &gathered{}
	if _, _, err := importText(t, packed.String(), to); err != nil || len(to.readings) != 10_000 {
		t.Errorf("packed file: got %d readings, %v", len(to.readings), err)
	}
	broken := &gathered{}
	_, _, err := importText(t, packed.String()[:packed.Len()/2], broken)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(broken.readings) == 0 {
		t.Errorf("half a packed file: got %d readings, %v, want some and an unexpected end", len(broken.readings), err)
	}
}

func TestImportOfflineAndBesideARunningFurrow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "readings.csv")
	write(t, file, "time,zone,device,metric,value\n2026-03-01T12:00:00Z,House 1,t1,temperature,21.5\n2026-03-01T12:05:00Z,House 1,t1,temperature,22\nx\n")
	cmd := command(t, "import", file, "--data", dir)
	if got := finish(t, cmd); got.status != 0 || got.stdout != "2 readings stored, 0 were known already, 1 lines rejected\n" || !strings.HasPrefix(got.stderr, "line 4: ") {
		t.Errorf("offline: got %+v", got)
	}
	s := serve(t, dir)
	if got := succeed(t, "", "import", file, "--adopt", "--data", dir); got != "0 readings stored, 2 were known already, 1 lines rejected\n" {
		t.Errorf("again, beside a running furrow: got %q", got)
	}
	p := s.program("read")
	if d := listOf[apiDevice](p, "/api/v1/devices"); len(d) != 1 || d[0].Status != "adopted" || d[0].ZoneID == "" {
		t.Errorf("devices: got %+v, want one, adopted in its zone", d)
	}
	write(t, file, "time,zone,device,metric,value\n2026-03-01T12:10:00Z,House 1,t1,temperature,23\n")
	succeed(t, "", "import", file, "--data", dir)
	if got := listOf[apiSensor](p, "/api/v1/sensors"); len(got) != 1 || got[0].Last.Value != 23 {
		t.Errorf("sensors: got %+v, want one whose newest value is 23", got)
	}
	write(t, file, "time,zone,device,metric,value\nx\n")
	if got := finish(t, command(t, "import", file, "--data", dir)); got.status != 1 || !strings.Contains(got.stderr, "no reading could be imported") {
		t.Errorf("nothing to import: got %+v, want status 1", got)
	}
}

// greenhouse returns the path of the recorded greenhouse, or skips the test where it is not at hand.
func greenhouse(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data", "greenhouse.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skip("the recorded greenhouse is not on this machine: ", err)
	}
	return file
}

func TestRealGreenhouseIsAFarm(t *testing.T) {
	t.Parallel()
	file := greenhouse(t)
	s := serve(t, t.TempDir())
	ada := s.browser()
	ada.setUp()
	if got := succeed(t, "", "import", file, "--adopt", "--data", s.dir); got != "154444 readings stored, 0 were known already, 0 lines rejected\n" {
		t.Errorf("import: got %q", got)
	}
	if got := succeed(t, "", "import", file, "--adopt", "--data", s.dir); !strings.HasPrefix(got, "0 readings stored, 154444 were known already") {
		t.Errorf("import again: got %q", got)
	}
	p := s.program("read")
	zones, devices, all := listOf[apiZone](p, "/api/v1/zones"), listOf[apiDevice](p, "/api/v1/devices"), listOf[apiSensor](p, "/api/v1/sensors")
	if len(zones) != 2 || len(devices) != 9 || len(all) != 18 {
		t.Errorf("got %d zones, %d devices and %d sensors, want 2, 9 and 18", len(zones), len(devices), len(all))
	}
	readings := 0
	for _, sensor := range all {
		readings += len(p.values(sensor.ID))
		page := ada.page("/sensors/" + sensor.ID + "?range=7d")
		if !strings.Contains(page, "<h1") {
			t.Errorf("sensor %s (%s) has no page", sensor.ID, sensor.Metric)
		}
	}
	if readings != 154_444 {
		t.Errorf("stored: got %d readings, want 154444", readings)
	}
	overview := ada.page("/")
	for _, want := range []string{"greenhouse-1", "greenhouse-4", "18 sensors"} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
}
