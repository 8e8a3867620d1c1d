package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

// query asks for readings.
func (f *farm) query(id string, parameters ...string) readings {
	f.t.Helper()
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	var out readings
	f.ask("GET", "/api/v1/sensors/"+id+"/readings?"+values.Encode(), nil, 200, &out)
	return out
}

// noon is the last noon that is some time ago.
func noon() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) }

func TestRawReadings(t *testing.T) {
	f := newFarm(t)
	id := f.sensor("a", "temperature", noon(), 1500*time.Millisecond, 21.4, -0.05, 400)
	got := f.query(id, "step", "raw", "from", noon().Format(time.RFC3339), "to", noon().Add(time.Hour).In(time.FixedZone("", 7200)).Format(time.RFC3339))
	if got.Sensor != id || got.Metric != "temperature" || got.Unit != "°C" || got.Step != "raw" || len(got.Points) != 3 {
		t.Fatalf("got %+v", got)
	}
	for i, want := range []string{"21.4 good 0s", "-0.05 good 1.5s", "400 suspect 3s"} {
		at, err := time.Parse(time.RFC3339, got.Points[i].At)
		if err != nil || !strings.HasSuffix(got.Points[i].At, "Z") {
			t.Errorf("the time %q is not in UTC", got.Points[i].At)
		}
		if got := fmt.Sprint(*got.Points[i].Value, " ", got.Points[i].Quality, " ", at.Sub(noon())); got != want {
			t.Errorf("point %d: got %s, want %s", i, got, want)
		}
	}
	for step, want := range map[string][]string{"raw": {"at", "quality", "value"}, "1h": {"at", "count", "max", "mean", "min"}} {
		var members struct{ Points []object }
		f.ask("GET", "/api/v1/sensors/"+id+"/readings?step="+step+"&from="+noon().Format(time.RFC3339), nil, 200, &members)
		if got := slices.Sorted(maps.Keys(members.Points[0])); !slices.Equal(got, want) {
			t.Errorf("%s: a point has the members %v, want %v", step, got, want)
		}
	}
}

// TestStepsSumUpExactlyWhatIsAskedFor compares the points of a step with the readings themselves, also where
// the time that is asked for begins and ends within a step.
func TestStepsSumUpExactlyWhatIsAskedFor(t *testing.T) {
	f := newFarm(t)
	values := make([]float64, 3000)
	for i := range values {
		values[i] = math.Round(200*math.Sin(float64(i)/50)) / 10
	}
	id := f.sensor("a", "temperature", noon(), 7*time.Second, values...)
	for _, step := range []string{"10s", "1m", "15m", "1h", "1h30m", "24h", "auto"} {
		for _, begin := range []time.Duration{0, 17 * time.Minute, -time.Hour, 90*time.Minute + 3*time.Second} {
			from, to := noon().Add(begin), noon().Add(4*time.Hour+11*time.Second)
			got := f.query(id, "step", step, "from", from.Format(time.RFC3339), "to", to.Format(time.RFC3339))
			if step != "auto" && got.Step != step {
				t.Errorf("the step %s is answered as %s", step, got.Step)
			}
			n, low, high, total := 0, math.Inf(1), math.Inf(-1), 0.0
			for _, p := range got.Points {
				if at, err := time.Parse(time.RFC3339, p.At); err != nil || at.Before(from) || !at.Before(to) {
					t.Errorf("%s from %v: a point at %s", step, begin, p.At)
				}
				n, low, high, total = n+p.Count, min(low, *p.Min), max(high, *p.Max), total+*p.Mean*float64(p.Count)
			}
			wantN, wantLow, wantHigh, wantTotal := 0, math.Inf(1), math.Inf(-1), 0.0
			for i, v := range values {
				if at := noon().Add(time.Duration(i) * 7 * time.Second); !at.Before(from) && at.Before(to) {
					wantN, wantLow, wantHigh, wantTotal = wantN+1, min(wantLow, v), max(wantHigh, v), wantTotal+v
				}
			}
			if n != wantN || low != wantLow || high != wantHigh || math.Abs(total-wantTotal) > 1e-6 {
				t.Errorf("%s from %v: %d readings %g to %g, sum %g; want %d, %g to %g, sum %g", step, begin, n, low, high, total, wantN, wantLow, wantHigh, wantTotal)
			}
		}
	}
}

func TestAutoNeverGivesMoreThanAThousandPoints(t *testing.T) {
	f := newFarm(t)
	var ids []string
	for name, step := range map[string]time.Duration{"a": time.Second, "b": 11 * time.Minute, "c": 53 * time.Hour} {
		values := make([]float64, 4000)
		ids = append(ids, f.sensor(name, "temperature", noon().Add(-3999*step), step, values...))
	}
	for _, id := range ids {
		for _, from := range []string{"0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2001-02-03T04:05:06.789Z", noon().Add(-time.Hour).Format(time.RFC3339)} {
			for _, to := range []string{"", "9999-12-31T23:59:59Z", noon().Add(time.Second).Format(time.RFC3339)} {
				got := f.query(id, "from", from, "to", to)
				if n := len(got.Points); n > autoPoints || n == 0 {
					t.Errorf("%s to %q: %d points of %s", from, to, n, got.Step)
				}
			}
		}
	}
	if got := f.query(ids[0], "from", "3000-01-01T00:00:00Z", "to", "4000-01-01T00:00:00Z"); len(got.Points) != 0 {
		t.Errorf("in a thousand years: %+v", got)
	}
	if got := f.query(ids[0], "from", "1000-01-01T00:00:00Z", "to", "1100-01-01T00:00:00Z", "step", "24h"); got.Points == nil || len(got.Points) != 0 {
		t.Errorf("a thousand years ago: %+v, want an empty list", got)
	}
}

func TestQueriesThatCannotBeAnswered(t *testing.T) {
	f := newFarm(t)
	id := f.sensor("a", "temperature", noon(), time.Second, 1)
	for _, query := range []string{"step=0s", "step=-1h", "step=1", "step=1d", "step=1us", "step=x", "from=x", "to=2026-13-01T00:00:00Z", "from=2026-01-01",
		"from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "from=1970-01-01T00:00:00Z&step=1s"} {
		checkProblem(t, query, f.ask("GET", "/api/v1/sensors/"+id+"/readings?"+query, nil, 422, nil), 422)
	}
	for _, path := range []string{"999/readings", "x/readings", "999/readings.csv", "-1/readings.csv"} {
		checkProblem(t, path, f.ask("GET", "/api/v1/sensors/"+path, nil, 404, nil), 404)
	}
	checkProblem(t, "csv", f.ask("GET", "/api/v1/sensors/"+id+"/readings.csv?from=yesterday", nil, 422, nil), 422)
}

// TestManyReadingsAreStreamed asks for more than is written at once.
func TestManyReadingsAreStreamed(t *testing.T) {
	f := newFarm(t)
	values := make([]float64, 2*chunk+3)
	for i := range values {
		values[i] = float64(i) / 10
	}
	begin := time.Now().UTC().Truncate(time.Hour).Add(-48 * time.Hour)
	id := f.sensor("a", "weight", begin, time.Second, values...)
	got := f.query(id, "step", "raw", "from", begin.Format(time.RFC3339))
	lines := strings.Split(strings.TrimSpace(string(f.ask("GET", "/api/v1/sensors/"+id+"/readings.csv?from="+begin.Format(time.RFC3339), nil, 200, nil).body)), "\n")
	if len(got.Points) != len(values) || len(lines) != len(values)+1 || lines[0] != "time,value,quality,metric,unit" {
		t.Fatalf("%d points, %d lines from %q on, want %d readings", len(got.Points), len(lines), lines[0], len(values))
	}
	for i, v := range values {
		at := begin.Add(time.Duration(i) * time.Second).Format(time.RFC3339)
		if p := got.Points[i]; *p.Value != v || p.At != at {
			t.Fatalf("point %d: %+v, want %g at %s", i, p, v, at)
		}
		if want := fmt.Sprintf("%s,%g,good,weight,kg", at, v); lines[i+1] != want {
			t.Fatalf("line %d: %s, want %s", i+1, lines[i+1], want)
		}
	}
	if steps := f.query(id, "step", "1s", "from", begin.Format(time.RFC3339)); len(steps.Points) != len(values) {
		t.Errorf("by the second: %d points, want %d", len(steps.Points), len(values))
	}
}

func TestDownloadSaysWhatItIs(t *testing.T) {
	f := newFarm(t)
	id := f.sensor("a", "temperature", noon(), time.Second, 21.5)
	got := f.ask("GET", "/api/v1/sensors/"+id+"/readings.csv?to=2001-01-01T00:00:00Z", nil, 200, nil)
	if kind := got.header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || string(got.body) != "time,value,quality,metric,unit\n" {
		t.Errorf("got %q %q, want the header line alone", kind, got.body)
	}
}

// breaking is a history that fails after some calls.
type breaking struct {
	History
	calls atomic.Int64
	err   error
}

func (b *breaking) Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error {
	if b.calls.Add(-1) < 0 {
		return b.err
	}
	return b.History.Range(ctx, id, from, to, f)
}

func TestAHistoryThatFails(t *testing.T) {
	past := &breaking{err: sensors.ErrStorage}
	f := newFarm(t, func(o *Options) { past.History, o.History = o.History, past })
	begin := noon().Add(-12 * time.Hour)
	id := f.sensor("a", "temperature", begin, time.Second, make([]float64, chunk+1)...)
	for _, path := range []string{"/readings?step=raw&from=", "/readings.csv?from="} {
		path = "/api/v1/sensors/" + id + path + begin.Format(time.RFC3339)
		past.calls.Store(0)
		checkProblem(t, path, f.ask("GET", path, nil, 503, nil), 503)
		past.calls.Store(1) // the answer has begun when it fails: what came must not look whole
		r, err := http.NewRequest("GET", f.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.tokens[auth.ScopeRead])
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(answer.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %v, want an answer that breaks off", path, err)
		}
		answer.Body.Close()
	}
}

// TestASlowReaderHoldsNothingOpen lets more downloads begin than the history has connections, reads none of
// them, and asks for something else.
func TestASlowReaderHoldsNothingOpen(t *testing.T) {
	f := newFarm(t)
	begin := noon().Add(-96 * time.Hour)
	id := f.sensor("a", "temperature", begin, time.Second, make([]float64, 90_000)...)
	for range 8 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", f.url+"/api/v1/sensors/"+id+"/readings.csv?from="+begin.Format(time.RFC3339), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.tokens[auth.ScopeRead])
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
	}
	if got := f.query(id, "from", begin.Format(time.RFC3339)); len(got.Points) == 0 {
		t.Error("the history did not answer")
	}
}

func TestStepName(t *testing.T) {
	for width, want := range map[time.Duration]string{time.Hour: "1h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s", time.Minute: "1m",
		24 * time.Hour: "24h", 500 * time.Millisecond: "500ms", time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m", 100 * time.Hour: "100h"} {
		if got := stepName(width); got != want {
			t.Errorf("%v: got %s, want %s", width, got, want)
		}
		if again, err := time.ParseDuration(stepName(width)); err != nil || again != width {
			t.Errorf("%v is read back as %v, %v", width, again, err)
		}
	}
}
