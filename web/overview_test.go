package web

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/web/auth"
)

func TestTheOverviewBeginsWithTheWayToASensor(t *testing.T) {
	s := newStage(t).settled()
	got := s.as(auth.RoleOwner).get("/")
	status(t, "overview", got, http.StatusOK)
	contains(t, "overview", got, "<h1>Welcome</h1>", "mosquitto_pub -h 192.168.1.10 -p 1883", "Start the simulated farm", `<div id="guide">`)
	s.adopted("a", "Bench", "Greenhouse 1")
	got = s.as(auth.RoleViewer).get("/")
	contains(t, "with a sensor", got, "<h1>All is well</h1>", "1 sensor reports in 1 zone", `<div id="guide"></div>`, `id="hero-1"`, "All reporting", "20.0", "just now")
}

func TestZonesStandInTheManagersOrder(t *testing.T) {
	s := newStage(t).settled()
	manager := s.as(auth.RoleManager)
	for _, zone := range []string{"Barn", "Field", "Orchard"} {
		s.adopted("device in "+zone, "In "+zone, zone)
	}
	loose := s.adopted("loose", "Loose", "")
	manager.post("/settings/zones/3/move", "to", "up")
	page := manager.get("/").Body.String()
	last := -1
	for _, want := range []string{"Barn", "Orchard", "Field", "In no zone"} {
		at := strings.Index(page, ">"+want+"</a>")
		if at < last || at < 0 {
			t.Errorf("%s stands at %d, behind what should follow it", want, at)
		}
		last = at
	}
	zone := manager.get("/zones/2")
	contains(t, "zone", zone, "<h1 class=\"break\">Field</h1>", "In Field", "20.0", `id="zone-state"`)
	if strings.Contains(zone.Body.String(), deviceName(loose)) {
		t.Error("a zone shows a device of another one")
	}
	status(t, "no such zone", manager.get("/zones/9"), http.StatusNotFound)
	manager.post("/settings/zones", "name", "Empty", "kind", "store", "crop", "Apples")
	contains(t, "an empty zone", manager.get("/zones/4"), "Cold store · Apples", "Nothing reports here yet.", "No sensors")
}

// needsOf is what a scene of one device and its sensors says, in one line.
func needsOf(d sensors.Device, health ingest.Health, states ...live.SensorState) string {
	var told atomic.Pointer[ingest.Health]
	told.Store(&health)
	noon := time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	s := &Server{o: Options{Board: live.New(1), Now: func() time.Time { return noon }, Farm: healthyFarm{health: &told},
		Health: &fakeHealth{}}}
	sc := scene{s: s, heard: true, zones: []sensors.Zone{{ID: 1, Name: "East"}}, devices: map[sensors.DeviceID]sensors.Device{}}
	d.ID, d.Name, d.Zone = 1, "Bench", 1
	sc.devices[1] = d
	for i, state := range states {
		state.ID, state.Device, state.Zone = sensors.SensorID(i+1), 1, 1
		sc.sensors = append(sc.sensors, state)
	}
	a := sc.attention(true)
	lines := []string{a.Headline}
	for _, n := range a.Needs {
		lines = append(lines, n.Tone+": "+n.Title+" "+n.Text)
	}
	return strings.Join(append(lines, sc.zoneState(1).Tone+": "+sc.zoneState(1).Word), " | ")
}

func TestWhatNeedsSomebody(t *testing.T) {
	noon := time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	reading := func(metric sensors.MetricID, value float64, more ...func(*live.SensorState)) live.SensorState {
		state := live.SensorState{Sensor: sensors.Sensor{Metric: metric}, Has: true, Last: sensors.Reading{Value: value, At: sensors.MilliOf(noon.Add(-3 * time.Hour))}}
		for _, f := range more {
			f(&state)
		}
		return state
	}
	stale := func(state *live.SensorState) { state.Stale = true }
	suspect := func(state *live.SensorState) { state.Last.Quality = sensors.Suspect }
	none := func(state *live.SensorState) { state.Has, state.Last = false, sensors.Reading{} }
	seen := sensors.MilliOf(noon.Add(-2 * time.Hour))
	well := ingest.Health{}
	for name, c := range map[string]struct {
		got, want string
	}{
		"nothing":           {needsOf(sensors.Device{}, well, reading("temperature", 20)), "All is well | ok: All reporting"},
		"no sensor":         {needsOf(sensors.Device{}, well), "All is well | stale: No sensors"},
		"not a reading yet": {needsOf(sensors.Device{}, well, reading("temperature", 0, none)), "All is well | stale: Nothing yet"},
		"silent": {needsOf(sensors.Device{}, well, reading("temperature", 20, stale)),
			"One thing needs you | watch: Bench in East is silent since 09:00 | stale: Silent since 09:00"},
		"one value silent": {needsOf(sensors.Device{}, well, reading("temperature", 20, stale), reading("humidity", 60)),
			"One thing needs you | watch: Bench in East sends no Air temperature since 09:00 | watch: 1 silent"},
		"some values silent": {needsOf(sensors.Device{}, well, reading("temperature", 20, stale), reading("humidity", 60, stale), reading("co2", 600)),
			"One thing needs you | watch: Bench in East lacks 2 of its 3 values since 09:00 | watch: 2 silent"},
		"offline": {needsOf(sensors.Device{OnlineSure: true, LastSeen: seen}, well, reading("temperature", 20, stale)),
			"One thing needs you | watch: Bench in East is offline since 10:00 | stale: Silent since 09:00"},
		"doubtful": {needsOf(sensors.Device{}, well, reading("temperature", 88, suspect)),
			"One thing needs you | watch: Bench in East Air temperature reads 88.0 °C, which is hard to believe | watch: 1 doubtful"},
		"battery": {needsOf(sensors.Device{}, well, reading("battery", 12)),
			"One thing needs you | watch: Bench in East has 12 % left in its battery | ok: All reporting"},
		"battery by its own word": {needsOf(sensors.Device{}, well, reading("battery_low", 1)),
			"One thing needs you | watch: Bench in East says that its battery is low | ok: All reporting"},
		"the disk, before all else": {needsOf(sensors.Device{}, ingest.Health{Err: sensors.ErrDiskFull, Since: noon.Add(-time.Hour)}, reading("battery", 12)),
			"2 things need you | alert: The disk is full Nothing is stored since 11:00. Free some space on Furrow's computer. | watch: Bench in East has 12 % left in its battery | ok: All reporting"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, c.got, c.want)
		}
	}
}

func TestWhatStandsOnACard(t *testing.T) {
	sensor := func(id sensors.SensorID, metric sensors.MetricID) live.SensorState {
		return live.SensorState{Sensor: sensors.Sensor{ID: id, Metric: metric}}
	}
	for name, c := range map[string]struct {
		kind   sensors.ZoneKind
		states []live.SensorState
		want   []sensors.SensorID
	}{
		"what leads in a greenhouse":     {"greenhouse", []live.SensorState{sensor(1, "co2"), sensor(2, "humidity"), sensor(3, "temperature")}, []sensors.SensorID{3, 2, 1}},
		"what leads in a field":          {"field", []live.SensorState{sensor(1, "temperature"), sensor(2, "soil_moisture")}, []sensors.SensorID{2, 1}},
		"one of each before a second":    {"barn", []live.SensorState{sensor(1, "temperature"), sensor(2, "temperature"), sensor(3, "nh3")}, []sensors.SensorID{1, 3, 2}},
		"what tells of the device last":  {"other", []live.SensorState{sensor(1, "battery"), sensor(2, "rssi"), sensor(3, "wind_speed")}, []sensors.SensorID{3, 1, 2}},
		"no more than there is room for": {"other", []live.SensorState{sensor(1, "temperature"), sensor(2, "humidity"), sensor(3, "co2"), sensor(4, "vpd"), sensor(5, "light")}, nil},
		"a quantity that nobody foresaw": {"other", []live.SensorState{sensor(1, "sap_flow"), sensor(2, "temperature")}, []sensors.SensorID{2, 1}},
		"a zone where nothing reports":   {"store", nil, nil},
	} {
		got := chosen(c.kind, c.states)
		if c.want == nil {
			if len(got) != min(len(c.states), 4) {
				t.Errorf("%s: got %d values", name, len(got))
			}
			continue
		}
		for i, want := range c.want {
			if got[i].ID != want {
				t.Errorf("%s: place %d: got sensor %d, want %d", name, i, got[i].ID, want)
			}
		}
	}
}

func TestAges(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "just now", -time.Minute: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago",
		59*time.Minute + 59*time.Second: "59 min ago", time.Hour: "1 h ago", 47 * time.Hour: "47 h ago", 48 * time.Hour: "2 days ago"} {
		if got := ago(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}
