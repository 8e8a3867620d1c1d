package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/ingest"
)

func TestPostedReadingsAreOnTheDiskWhenAnswered(t *testing.T) {
	f := newFarm(t)
	at := noon().Format(time.RFC3339)
	body := []object{
		{"zone": "House 1", "device": "t1", "metric": "temperature", "value": 21.4, "at": at},
		{"zone": "House 1", "device": "t1", "metric": "humidity", "value": 55, "at": at},
		{"device": "t2", "metric": "soil_moisture", "channel": "deep", "value": 31, "at": noon().Add(time.Second).In(time.FixedZone("", -3600)).Format(time.RFC3339)},
		{"device": "t3", "metric": "temperature", "value": 21.4},
	}
	if got := f.post(body); got.Stored != 4 || got.Duplicates != 0 || len(got.Rejected) != 0 {
		t.Errorf("posted: %+v", got)
	}
	if again := f.post(body[:3]); again.Stored != 0 || again.Duplicates != 3 {
		t.Errorf("posted again: %+v, want three duplicates", again)
	}
	if again := f.post(body[3:]); again.Stored != 1 {
		t.Errorf("without a time of its own: %+v, want it kept", again)
	}
	keys := map[any]bool{}
	for _, d := range f.items("/api/v1/devices?status=new") {
		keys[d["key"]] = true
	}
	if len(keys) != 3 || !keys["House 1/t1"] || !keys["t2"] || !keys["t3"] {
		t.Errorf("the inbox holds %v", keys)
	}
	deep := f.items("/api/v1/sensors?metric=soil_moisture")
	if len(deep) != 1 || deep[0]["channel"] != "deep" || deep[0]["last"].(object)["at"] != noon().Add(time.Second).Format(time.RFC3339) {
		t.Errorf("soil moisture: %v", deep)
	}
}

func TestACorrectedReadingReplacesTheFirst(t *testing.T) {
	f := newFarm(t)
	at := noon().Format(time.RFC3339)
	first := f.post([]object{{"device": "a", "metric": "weight", "value": 1, "at": at}})
	second := f.post([]object{{"device": "a", "metric": "weight", "value": 2, "at": at}})
	got := f.query(f.items("/api/v1/sensors")[0]["id"].(string), "step", "raw", "from", at)
	if first.Stored != 1 || second.Duplicates != 1 || len(got.Points) != 1 || *got.Points[0].Value != 2 {
		t.Errorf("%+v, %+v, then %+v", first, second, got)
	}
}

// TestEachReadingIsJudgedByItself posts good readings between all kinds of bad ones.
func TestEachReadingIsJudgedByItself(t *testing.T) {
	f := newFarm(t)
	bad := []string{
		`null`, `7`, `"x"`, `[]`, `{}`, `{"device":"a","metric":"temperature"}`, `{"metric":"temperature","value":1}`, `{"device":"a","value":1}`,
		`{"device":"a","metric":"temperature","value":null}`, `{"device":"a","metric":"temperature","value":"NaN"}`, `{"device":"a","metric":"temperature","value":"21.4"}`,
		`{"device":"a","metric":"temperature","value":true}`, `{"device":"a","metric":"temperature","value":1e400}`, `{"device":"a","metric":"temperature","value":[1]}`,
		`{"device":7,"metric":"temperature","value":1}`, `{"device":"a","metric":{},"value":1}`, `{"device":"a","metric":"Bad Metric","value":1}`,
		`{"device":"a\u0000","metric":"temperature","value":1}`, `{"device":"a","zone":"\u202e","metric":"temperature","value":1}`,
		`{"device":"` + strings.Repeat("x", 300) + `","metric":"temperature","value":1}`,
		`{"device":"a","metric":"temperature","value":1,"at":1795514400}`, `{"device":"a","metric":"temperature","value":1,"at":"yesterday"}`,
		`{"device":"a","metric":"temperature","value":1,"at":""}`, `{"device":"a","metric":"temperature","value":1,"at":"2026-01-01"}`,
		`{"device":"a","metric":"temperature","value":1,"at":"1970-01-01T00:00:00Z"}`, `{"device":"a","metric":"temperature","value":1,"at":"1969-12-31T00:00:00Z"}`,
		`{"device":"a","metric":"temperature","value":1,"at":"1970-01-01T00:20:34Z"}`, `{"device":"a","metric":"temperature","value":1,"at":"0001-01-01T00:00:00Z"}`,
		`{"device":"a","metric":"temperature","value":1,"at":"9999-12-31T23:59:59Z"}`,
		`{"device":"a","metric":"temperature","value":` + strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000) + `}`,
	}
	var body []string
	for i, item := range bad {
		body = append(body, item, fmt.Sprintf(`{"device":"good","metric":"temperature","value":%d}`, i%50))
	}
	got := f.post("[" + strings.Join(body, ",") + "]")
	if got.Stored != len(bad) || got.Duplicates != 0 || len(got.Rejected) != len(bad) {
		t.Fatalf("stored %d and rejected %d, want %d of each: %+v", got.Stored, len(got.Rejected), len(bad), got.Rejected)
	}
	for i, r := range got.Rejected {
		if r.Index != 2*i || r.Error == "" {
			t.Errorf("rejection %d: %+v, want the index %d and a sentence", i, r, 2*i)
		}
	}
	if devices := f.items("/api/v1/devices"); len(devices) != 1 {
		t.Errorf("bad readings made devices: %v", devices)
	}
}

func TestBodiesThatAreNoReadings(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct {
		body   string
		status int
	}{
		{``, 400}, {`[`, 400}, {`[{"device":"a","metric":"temperature","value":NaN}]`, 400}, {`[1,]`, 400}, {`[1] x`, 400}, {"\x00", 400},
		{strings.Repeat("[", 200_000), 400}, {strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), 400},
		{`{}`, 422}, {`{"device":"a","metric":"temperature","value":1}`, 422}, {`null`, 422}, {`"x"`, 422}, {`1`, 422},
		{`[` + strings.Repeat(`0,`, maxPosted) + `0]`, 413}, {`["` + strings.Repeat("x", maxPostBytes) + `"]`, 413},
	} {
		checkProblem(t, fmt.Sprintf("%.30s", c.body), f.ask("POST", "/api/v1/readings", c.body, c.status, nil), c.status)
	}
	if got := f.post(`[]`); got.Stored != 0 || got.Rejected == nil {
		t.Errorf("an empty list: %+v, want nothing stored and an empty list", got)
	}
}

func TestABacklogIsTakenWhole(t *testing.T) {
	f := newFarm(t)
	begin := noon().Add(-240 * time.Hour)
	body := make([]object, 10_000)
	for i := range body {
		body[i] = object{"device": "logger", "metric": "temperature", "value": float64(i%300) / 10, "at": begin.Add(time.Duration(i) * 30 * time.Second).Format(time.RFC3339)}
	}
	if got := f.post(body); got.Stored != len(body) {
		t.Fatalf("stored %d and rejected %d of %d", got.Stored, len(got.Rejected), len(body))
	}
	if got := f.post(body); got.Duplicates != len(body) || got.Stored != 0 {
		t.Errorf("again: %d stored, %d duplicates", got.Stored, got.Duplicates)
	}
	id := f.items("/api/v1/sensors")[0]["id"].(string)
	if got := f.query(id, "step", "raw", "from", begin.Format(time.RFC3339)); len(got.Points) != len(body) {
		t.Errorf("%d readings came back, want %d", len(got.Points), len(body))
	}
}

// failing is a farm that cannot store.
type failing struct {
	Poster
	err error
}

func (p failing) Post(context.Context, []sensors.Posted) (sensors.PostOutcome, error) {
	return sensors.PostOutcome{}, p.err
}

func (p failing) Health() ingest.Health { return ingest.Health{Err: p.err} }

func TestWhatIsNotStoredIsNotCalledStored(t *testing.T) {
	for err, status := range map[error]int{sensors.ErrDiskFull: 507, sensors.ErrStorage: 503, sensors.ErrBusy: 503, fmt.Errorf("odd"): 500} {
		f := newFarm(t, func(o *Options) { o.Poster = failing{err: err}; o.Health = failing{err: err} })
		got := f.ask("POST", "/api/v1/readings", `[{"device":"a","metric":"temperature","value":1}]`, status, nil)
		checkProblem(t, err.Error(), got, status)
		if ready := f.send("", "GET", "/readyz", nil); ready.status != 503 || strings.Contains(string(ready.body), "odd") {
			t.Errorf("%v: ready answers %d %s", err, ready.status, ready.body)
		}
	}
}

func FuzzPostedReadings(f *testing.F) {
	for _, seed := range []string{`[{"device":"a","metric":"temperature","value":1,"at":"2026-01-01T00:00:00Z"}]`, `[{"value":"x"},null,[]]`, `{}`, `[1e999]`, `[{"at":7}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := elements(body)
		if err == nil && !json.Valid(body) {
			t.Error("broken JSON was taken")
		}
		for _, item := range items {
			p, err := parsePosted(item)
			if err != nil && err.Error() == "" {
				t.Errorf("%s is refused without a word", item)
			}
			if err == nil && (p.Device == "" || p.Metric == "" || math.IsNaN(p.Value) || math.IsInf(p.Value, 0) || p.At < 0) {
				t.Errorf("%s was read as %+v", item, p)
			}
		}
	})
}
