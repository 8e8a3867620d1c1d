package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

// mixed is a file with what makes an export hard.
const mixed = `time,zone,device,metric,value,channel
2026-03-01T12:00:00Z,House 1,t1,temperature,21.5,
2026-03-01T12:00:00.25Z,House 1,t1,temperature,-3.125,
2026-03-01T12:00:01Z,House 1,t1,temperature,1e-9,
2026-03-02T00:00:00Z,House 1,t1,temperature,900,
2026-03-01T12:00:00Z,House 1,t1,soil_moisture,31,20cm
2026-03-01T12:00:00Z,House 1,t1,soil_moisture,32,40cm
2026-03-01T12:00:00Z,"Field, north",t1,humidity,55.5,
2026-03-01T12:00:00Z,"Field, north","2"" pipe",flow,0.1,
2026-03-01T12:00:00Z,"'=SUM(A1)",'@cmd,temperature,4,
2026-03-01T12:00:00Z,,lonely,temperature,5,
`

// exported imports a text into a new folder and exports it again.
func exported(t *testing.T, text string) string {
	t.Helper()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "in.csv")
	write(t, file, text)
	succeed(t, "", "import", file, "--adopt", "--data", dir)
	return succeed(t, "", "export", "--data", dir)
}

func TestExportComesBackByImport(t *testing.T) {
	t.Parallel()
	once := exported(t, mixed)
	for _, want := range []string{
		"time,zone,device,metric,value,channel\n", "2026-03-01T12:00:00Z,House 1,t1,temperature,21.5,\n", "2026-03-01T12:00:00.25Z,House 1,t1,temperature,-3.125,\n",
		"2026-03-01T12:00:01Z,House 1,t1,temperature,0.000000001,\n", ",House 1,t1,soil_moisture,32,40cm\n",
		`2026-03-01T12:00:00Z,"Field, north","2"" pipe",flow,0.1,`, "2026-03-01T12:00:00Z,'=SUM(A1),'@cmd,temperature,4,\n", "2026-03-01T12:00:00Z,,lonely,temperature,5,\n",
	} {
		if !strings.Contains(once, want) {
			t.Errorf("%q is missing in\n%s", want, once)
		}
	}
	if n := strings.Count(once, "\n"); n != 11 {
		t.Errorf("got %d lines, want 11", n)
	}
	if twice := exported(t, once); twice != once {
		t.Errorf("imported and exported again:\n%s\nwant\n%s", twice, once)
	}
}

func TestExportBesideARunningFurrow(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "--adopt", "auto")
	dial(t, s, "t1", "", "").publish("farm/house-1/t1/temperature", "21.5", 1)
	got := succeed(t, "", "export", "--data", s.dir)
	if !strings.HasPrefix(got, "time,zone,device,metric,value\n") || !strings.HasSuffix(got, ",house-1,t1,temperature,21.5\n") {
		t.Errorf("got %q", got)
	}
	if again := finish(t, command(t, "export", "--from", "2000-01-01", "--to", "2000-01-02", "--data", s.dir)); again.status != 0 || again.stdout != "time,zone,device,metric,value\n" {
		t.Errorf("of a time without readings: got %+v", again)
	}
	dial(t, s, "t2", "", "").publish("farm/house-1/t1/temperature", "22", 1) // the exports hold nothing up
}

func TestExportChooses(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "in.csv")
	write(t, file, mixed)
	succeed(t, "", "import", file, "--adopt", "--data", dir)
	for _, c := range []struct {
		name  string
		args  []string
		lines int
	}{
		{"all", nil, 10},
		{"zone", []string{"--zone", "house 1"}, 6},
		{"a day", []string{"--zone", "House 1", "--to", "2026-03-01"}, 5},
		{"another day", []string{"--from", "2026-03-02", "--to", "2026-03-02"}, 1},
		{"from a moment on", []string{"--from", "2026-03-01T12:00:00.25Z"}, 3},
		{"up to a moment", []string{"--to", "2026-03-01T12:00:00.25Z"}, 7},
		{"offset", []string{"--from", "2026-03-01T14:00:01+02:00", "--to", "2026-03-01 12:01"}, 1},
	} {
		if got := succeed(t, "", append([]string{"export", "--data", dir}, c.args...)...); strings.Count(got, "\n") != c.lines+1 {
			t.Errorf("%s: got\n%s\nwant %d lines under the first", c.name, got, c.lines)
		}
	}
	if got := furrow(t, "export", "--zone", "House 2", "--data", dir); got.status != 1 || !strings.Contains(got.stderr, "House 1") {
		t.Errorf("unknown zone: got %+v, want a sentence that names those there are", got)
	}
	for _, args := range [][]string{{"--from", "yesterday"}, {"--from", "2026-03-02", "--to", "2026-03-01"}, {"--format", "pdf"}} {
		if got := furrow(t, append([]string{"export", "--data", dir}, args...)...); got.status != 2 || got.stdout != "" {
			t.Errorf("%v: got %+v, want status 2", args, got)
		}
	}
	out := filepath.Join(t.TempDir(), "out.csv")
	if got := succeed(t, "", "export", "-o", out, "--data", dir); got != out+": 10 readings\n" {
		t.Errorf("to a file: said %q", got)
	}
	if written, err := os.ReadFile(out); err != nil || bytes.Count(written, []byte("\n")) != 11 {
		t.Errorf("to a file: %s, %v", written, err)
	}
}

// row is what is in the cells of a row.
type row struct {
	Cells []struct {
		Style  string `xml:"s,attr"`
		Value  string `xml:"v"`
		Inline string `xml:"is>t"`
	} `xml:"c"`
}

// rowsOf reads a sheet of a spreadsheet.
func rowsOf(t *testing.T, book []byte, sheet string) []row {
	t.Helper()
	all, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range all.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		var parsed struct {
			Rows []row `xml:"sheetData>row"`
		}
		if err := xml.Unmarshal(content, &parsed); err != nil {
			t.Errorf("%s is not XML: %v", part.Name, err)
		}
		if part.Name == "xl/worksheets/"+sheet+".xml" {
			return parsed.Rows
		}
	}
	t.Fatalf("there is no %s", sheet)
	return nil
}

// few are the readings of a sensor, one an hour.
type few int

func (n few) Range(_ context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	begin := sensors.MilliOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	for i := range int(n) {
		if !f(sensors.Reading{Sensor: id, At: begin + sensors.Milli(i)*3_600_000, Value: float64(i) / 2}) {
			break
		}
	}
	return nil
}

func TestASpreadsheetHoldsTimesAndNumbers(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	line := exportLine{sensor: sensors.Sensor{ID: 1, Metric: "temperature"}, zone: "House <1>", key: "t1", name: "=2+2"}
	s := &selection{from: few(3), lines: []exportLine{line}, end: math.MaxInt64, location: amsterdam}
	var book bytes.Buffer
	if n, err := s.writeTo(t.Context(), &book, "xlsx"); err != nil || n != 3 {
		t.Fatalf("got %d, %v, want 3", n, err)
	}
	rows := rowsOf(t, book.Bytes(), "sheet1")
	if len(rows) != 4 || rows[0].Cells[0].Inline != "time (Europe/Amsterdam)" || rows[0].Cells[4].Inline != "value" {
		t.Fatalf("got %+v", rows)
	}
	last := rows[3].Cells
	// 2026-03-01 15:00 on the wall, in days since 1899-12-30.
	if last[0].Value != "46082.625" || last[0].Style != "1" || last[1].Inline != "House <1>" || last[2].Inline != "=2+2" || last[2].Value != "" || last[4].Value != "1" {
		t.Errorf("got %+v", last)
	}
}

func TestASpreadsheetGoesOnOnTheNextSheet(t *testing.T) {
	var out bytes.Buffer
	book, err := newWorkbook(&out, false, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	book.limit = 3
	for i := range 5 {
		if err := book.write(exportLine{name: "t1"}, sensors.Reading{At: 1e12, Value: float64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.close(); err != nil {
		t.Fatal(err)
	}
	for sheet, want := range map[string]int{"sheet1": 3, "sheet2": 3, "sheet3": 2} {
		if got := rowsOf(t, out.Bytes(), sheet); len(got) != want || got[0].Cells[0].Inline != "time (UTC)" {
			t.Errorf("%s: got %d rows, want %d", sheet, len(got), want)
		}
	}
}

func TestGuardedIsUndone(t *testing.T) {
	for _, text := range []string{"", "t1", "=1+1", "+1", "-x", "@x", "'", "'quoted'", "'=x", "''", "a=b"} {
		guard := guarded(text)
		if guard != "" && strings.ContainsRune("=+-@", rune(guard[0])) {
			t.Errorf("%q is written as %q, which a spreadsheet runs", text, guard)
		}
		if got := unguarded(guard); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}
