package web

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/web/auth"
)

// record stores a sensor's readings, minutes apart from a moment on; not a number is a gap.
func (s *stage) record(metric sensors.MetricID, from time.Time, apart time.Duration, values ...float64) live.SensorState {
	s.t.Helper()
	receipt := make(receiptChan, 1)
	d := &sensors.Delivery{Source: sensors.Source{ClientID: "test", Address: "192.168.1.50"}, Topic: "past", ReceivedAt: sensors.MilliOf(time.Now()),
		Receipt: receipt, Adopt: true, Decoded: sensors.Decoded{Dialect: "json"}}
	for i, value := range values {
		if !math.IsNaN(value) {
			d.Decoded.Observations = append(d.Decoded.Observations,
				sensors.Observation{Device: "past", Metric: metric, Value: value, At: sensors.MilliOf(from.Add(time.Duration(i) * apart))})
		}
	}
	if err := s.in.Submit(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
	if err := <-receipt; err != nil {
		s.t.Fatal(err)
	}
	for _, state := range s.board.Sensors() {
		if state.Metric == metric {
			return state
		}
	}
	s.t.Fatalf("no sensor of %s", metric)
	return live.SensorState{}
}

// at sets the clock by which pages are drawn.
func at(now time.Time) func(*Options) {
	return func(o *Options) { o.Now = func() time.Time { return now } }
}

func amsterdam(t *testing.T, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// answered is what the chart's script is sent, with null as nil.
type answered struct {
	From, To, Step, Gap, Newest float64
	Count                       int
	T                           []float64
	V, Lo, Hi                   []*float64
}

func chartOf(t *testing.T, b *browser, path string) (got answered) {
	t.Helper()
	answer := b.get(path)
	status(t, path, answer, http.StatusOK)
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v in %s", path, err, answer.Body)
	}
	if len(got.T) != len(got.V) || len(got.T) != len(got.Lo) || len(got.T) != len(got.Hi) {
		t.Errorf("%s: columns of %d, %d, %d and %d", path, len(got.T), len(got.V), len(got.Lo), len(got.Hi))
	}
	return got
}

func TestASensorsPageIsCompleteWithoutScript(t *testing.T) {
	now := amsterdam(t, "2025-06-10 12:00")
	s := newStage(t, at(now)).settled()
	values := make([]float64, 144) // a day of every ten minutes
	for i := range values {
		values[i] = 10 + 8*math.Sin(float64(i)/23)
	}
	for i := 60; i < 80; i++ {
		values[i] = math.NaN()
	}
	state := s.record("temperature", now.Add(-24*time.Hour+10*time.Minute), 10*time.Minute, values...)
	viewer := s.as(auth.RoleViewer)
	page := viewer.get("/sensors/" + state.ID.String())
	status(t, "page", page, http.StatusOK)
	contains(t, "page", page, "<h1 class=\"break\">Air temperature</h1>", `aria-current="true">24 h</a>`, `<path class="line" d="M`, `<path class="band"`,
		"over the last 24 hours: from 2.0 to 18.0 °C, on average ", "Nothing was measured from 9 Jun 22:02 to 01:32.", "Lowest</dt>", "<th scope=\"col\">Hour</th>",
		"Show as a table", `href="/sensors/1/readings.csv?range=24h"`, `data-src="/sensors/1/history.json?range=24h"`, `data-zone="Europe/Amsterdam"`)
	if lines := strings.Count(regexp.MustCompile(`class="line" d="[^"]*"`).FindString(page.Body.String()), "M"); lines != 2 {
		t.Errorf("the line has %d parts, want 2 with the gap between them", lines)
	}
	if rows := strings.Count(page.Body.String(), `<th scope="row">`); rows < 20 || rows > 25 {
		t.Errorf("the table has %d rows, want about one an hour", rows)
	}
	for _, p := range presets {
		contains(t, p.key, viewer.get("/sensors/1?range="+p.key), `aria-current="true">`+p.label+"</a>", "data-src=\"/sensors/1/history.json?range="+p.key)
	}
	contains(t, "an unknown range", viewer.get("/sensors/1?range=9w"), `aria-current="true">24 h</a>`)
	contains(t, "before anything", viewer.get("/sensors/1?from=2024-01-01T00:00&to=2024-01-02T00:00"), "Nothing was measured in this time.", `data-fixed="true"`)
	status(t, "no such sensor", viewer.get("/sensors/99"), http.StatusNotFound)
	status(t, "no number", viewer.get("/sensors/x"), http.StatusNotFound)
}

func TestChartData(t *testing.T) {
	now := amsterdam(t, "2025-06-10 12:00")
	s := newStage(t, at(now)).settled()
	nan := math.NaN()
	s.record("temperature", now.Add(-50*time.Minute), 10*time.Second, 20, 21, 22, nan, 23) // two buckets of 30 s
	s.record("temperature", now.Add(-10*time.Minute), time.Minute, 25.26)
	viewer := s.as(auth.RoleViewer)
	got := chartOf(t, viewer, "/sensors/1/history.json?range=1h")
	end := float64(now.Unix())
	if got.Step != 30 || got.To != end || got.From != end-3600 || got.Gap < 75 || got.Count != 1 || got.Newest != end-600 {
		t.Errorf("about it: got %+v", got)
	}
	begin := end - 3000
	want := []float64{begin + 15, begin + 45, 0, end - 600 + 15}
	for i, at := range want {
		if gap := i == 2; len(got.T) != 4 || (got.V[i] == nil) != gap || (got.Lo[i] == nil) != gap || !gap && got.T[i] != at {
			t.Fatalf("columns: got %v %v, want a gap between %v", got.T, got.V, want)
		}
	}
	if *got.V[0] != 21 || *got.Lo[0] != 20 || *got.Hi[0] != 22 || *got.V[3] != 25.26 {
		t.Errorf("values: got %v %v %v", *got.V[0], *got.Lo[0], *got.Hi[0])
	}
	status(t, "a part", viewer.get("/sensors/1/history.json?from=1749549000000&to=1749549600000"), http.StatusOK)
	for _, bad := range []string{"from=5&to=5", "from=9&to=3", "from=x&to=3", "from=1", "to=1", "from=-5&to=4", "from=0&to=9999999999999"} {
		status(t, bad, viewer.get("/sensors/1/history.json?"+bad), http.StatusUnprocessableEntity)
	}
}

func TestChartsAreSmallForAnyTime(t *testing.T) {
	now := amsterdam(t, "2025-06-10 12:00")
	s := newStage(t, at(now)).settled()
	values := make([]float64, 5000)
	for i := range values {
		values[i] = float64(i % 17)
	}
	s.record("temperature", now.Add(-5000*time.Hour), time.Hour, values...)
	viewer := s.as(auth.RoleViewer)
	for _, p := range presets {
		if got := chartOf(t, viewer, "/sensors/1/history.json?range="+p.key); len(got.T) > chartPoints+1 {
			t.Errorf("%s: %d points", p.key, len(got.T))
		}
	}
	got := chartOf(t, viewer, "/sensors/1/history.json?from=0&to=7258000000000")
	if len(got.T) == 0 || len(got.T) > chartPoints {
		t.Errorf("all there is: %d points", len(got.T))
	}
	contains(t, "a year by month", viewer.get("/sensors/1?range=1y"), `<th scope="col">Month</th>`, "May 2025")
	contains(t, "a month by day", viewer.get("/sensors/1?range=30d"), `<th scope="col">Day</th>`, "Tue 10 Jun")
}

func TestDaysAreTheFarms(t *testing.T) {
	for name, c := range map[string]struct {
		now, range_ string
		want        time.Duration
	}{
		"a day over which clocks go back":    {"2025-10-26 12:00", "24h", 24 * time.Hour},
		"a week over which clocks go back":   {"2025-10-28 12:00", "7d", 7*24*time.Hour + time.Hour},
		"a week over which clocks go ahead":  {"2025-04-01 12:00", "7d", 7*24*time.Hour - time.Hour},
		"a month over which clocks go ahead": {"2025-04-10 12:00", "30d", 30*24*time.Hour - time.Hour},
		"a year":                             {"2025-06-10 12:00", "1y", 365 * 24 * time.Hour},
	} {
		s := newStage(t, at(amsterdam(t, c.now))).settled()
		got := s.server.presetSpan(c.range_)
		if length := time.Duration(got.to-got.from) * time.Millisecond; length != c.want {
			t.Errorf("%s: got %v, want %v", name, length, c.want)
		}
	}
	s := newStage(t, at(amsterdam(t, "2025-10-28 12:00"))).settled()
	for name, c := range map[string]struct {
		from, to string
		want     time.Duration
	}{
		"the day that clocks go back":        {"2025-10-26T00:00", "2025-10-27T00:00", 25 * time.Hour},
		"the day that clocks go ahead":       {"2025-03-30T00:00", "2025-03-31T00:00", 23 * time.Hour},
		"the hour that comes twice":          {"2025-10-26T02:00", "2025-10-26T03:00", 2 * time.Hour},
		"within the hour that comes twice":   {"2025-10-26T02:10", "2025-10-26T02:20", time.Hour + 10*time.Minute},
		"a time that the clocks leave out":   {"2025-03-30T01:00", "2025-03-30T02:30", 90 * time.Minute},
		"with a space, and with the seconds": {"2025-06-01 10:00", "2025-06-01T10:00:30", 30 * time.Second},
		"an end that is still to come":       {"2025-10-28T11:00", "2025-10-29T11:00", time.Hour},
	} {
		got, bad := s.server.customSpan(c.from, c.to)
		if length := time.Duration(got.to-got.from) * time.Millisecond; length != c.want || len(bad) != 0 {
			t.Errorf("%s: got %v %v, want %v", name, length, bad, c.want)
		}
	}
}

func TestATableOfDaysCountsTheHourThatComesTwice(t *testing.T) {
	s := newStage(t, at(amsterdam(t, "2025-10-28 12:00"))).settled()
	values := make([]float64, 75)
	for i := range values {
		values[i] = 5
	}
	values[0], values[24], values[25+23] = 1, 9, 3 // the first hour of the 26th, its last, and the last of the 27th
	s.record("temperature", amsterdam(t, "2025-10-26 00:00"), time.Hour, values...)
	page := s.as(auth.RoleViewer).get("/sensors/1?range=7d").Body.String()
	row := regexp.MustCompile(`(?s)<th scope="row">.*?>([^<]*)</time>.*?</th>\s*<td>([^<]*)</td>\s*<td>[^<]*</td>\s*<td>([^<]*)</td>`)
	var got []string
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		got = append(got, m[1]+" "+m[2]+"–"+m[3])
	}
	if want := "Tue 28 Oct 5.0–5.0, Mon 27 Oct 3.0–5.0, Sun 26 Oct 1.0–9.0"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestACustomTimeThatCannotBeShown(t *testing.T) {
	now := amsterdam(t, "2025-06-10 12:00")
	s := newStage(t, at(now)).settled()
	s.record("temperature", now.Add(-time.Hour), time.Minute, 20, 21)
	viewer := s.as(auth.RoleViewer)
	contains(t, "the form", viewer.get("/sensors/1?range=custom"), `value="2025-06-09T12:00"`, `value="2025-06-10T12:00"`, `aria-current="true">Custom</a>`)
	for name, c := range map[string]struct{ from, to, field, sentence string }{
		"nothing":         {"", "2025-06-10T11:00", "from", "Type a date and a time to begin with"},
		"no end":          {"2025-06-10T11:00", "", "to", "Type a date and a time to end with"},
		"not a time":      {"yesterday", "2025-06-10T11:00", "from", "Type a date and a time to begin with"},
		"backwards":       {"2025-06-10T11:00", "2025-06-10T10:00", "to", "Choose an end that is after the beginning."},
		"no time at all":  {"2025-06-10T11:00", "2025-06-10T11:00", "to", "Choose an end that is after the beginning."},
		"still to come":   {"2025-06-10T13:00", "2025-06-10T14:00", "from", "This is still to come."},
		"before sensors":  {"0001-01-01T00:00", "2025-06-10T14:00", "from", "Type a date and a time to begin with"},
		"hostile":         {`"><script>alert(1)</script>`, "2025-06-10T14:00", "from", "Type a date and a time to begin with"},
		"the 30th of Feb": {"2025-02-30T00:00", "2025-06-10T14:00", "from", "Type a date and a time to begin with"},
	} {
		got := viewer.get("/sensors/1?" + url.Values{"from": {c.from}, "to": {c.to}}.Encode())
		status(t, name, got, http.StatusUnprocessableEntity)
		contains(t, name, got, c.sentence, `id="`+c.field+`-wrong"`, `aria-describedby="`+c.field+`-wrong"`, `value="`+strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;").Replace(c.from)+`"`,
			"over the last 24 hours")
	}
}

func TestUnitsAndKindsOfValues(t *testing.T) {
	now := amsterdam(t, "2025-06-10 12:00")
	s := newStage(t, at(now)).settled()
	farm, _ := s.board.Farm()
	farm.Units, farm.Clock12 = sensors.ImperialUnits, true
	if err := s.in.SetFarm(t.Context(), farm); err != nil {
		t.Fatal(err)
	}
	hour := now.Add(-time.Hour)
	path := func(state live.SensorState) string { return "/sensors/" + state.ID.String() }
	temperature := path(s.record("temperature", hour, 10*time.Minute, 20, 25))
	water := path(s.record("water_volume", hour, 10*time.Minute, 1000, 1037.85411784, 0, 3.785411784))
	door := path(s.record("contact", now.Add(-40*time.Minute), 10*time.Minute, 0, 1, 0, 0))
	viewer := s.as(auth.RoleViewer)
	contains(t, "temperature", viewer.get(temperature+"?range=1h"), "from 68.0 to 77.0 °F, on average 72.5 °F.", `data-clock="12"`, "11:10 am")
	contains(t, "a total that was set back", viewer.get(water+"?range=1h"), "11.0 gal more, 1.0 gal at the end.", "<th scope=\"col\">More</th>")
	contains(t, "a switch", viewer.get(door+"?range=1h"), `data-words="closed,open"`, "open for 25 % of the time.", "<th scope=\"col\">Open</th>", "<td>100 %</td>")
	if got := chartOf(t, viewer, temperature+"/history.json?range=1h"); *got.V[0] != 68 {
		t.Errorf("the chart's values: got %v, want °F", *got.V[0])
	}
	csv := viewer.get(temperature + "/readings.csv?range=1h")
	status(t, "csv", csv, http.StatusOK)
	want := "time,metric,value,unit,quality\n2025-06-10T11:00:00+02:00,temperature,68,°F,good\n2025-06-10T11:10:00+02:00,temperature,77,°F,good\n"
	if csv.Body.String() != want || !strings.HasPrefix(csv.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("csv: got %v\n%s", csv.Header(), csv.Body)
	}
}
