package web

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
)

// saysOf is what pages say of an alert: a sensor in a zone has the value, and the alert is of the rule. A sensor
// below zero stands for the whole device.
func saysOf(r sensors.Rule, metric sensors.MetricID, a sensors.Alert, value float64) string {
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	board := live.New(1)
	r.ID, a.Rule, a.ID, a.Since, a.Severity = 1, 1, 1, sensors.MilliOf(noon.Add(-time.Hour)), sensors.Warning
	if a.State == "" {
		a.State = sensors.AlertFiring
	}
	sensor := sensors.SensorID(1)
	if a.Sensor < 0 {
		a.Sensor, sensor = 0, 0
	} else {
		a.Sensor = sensor
	}
	a.Device = 1
	board.Apply(live.Change{Farm: &sensors.Farm{Name: "Hillside", TimeZone: "UTC", Units: sensors.MetricUnits}, ZonesChanged: true, RulesChanged: true,
		Zones:   []sensors.Zone{{ID: 1, Name: "East", Kind: "greenhouse"}},
		Devices: []sensors.Device{{ID: 1, Key: "a", Name: "Bench", Status: sensors.DeviceAdopted, Zone: 1}},
		Sensors: []sensors.Sensor{{ID: 1, Device: 1, Metric: metric}}, Rules: []sensors.Rule{r},
		Readings: []sensors.Reading{{Sensor: 1, At: sensors.MilliOf(noon), Value: value}}})
	s := &Server{o: Options{Board: board, Now: func() time.Time { return noon }}}
	m := s.alarmOf(a)
	return strings.TrimSpace(m.title() + " | " + m.facts() + " | " + m.word() + " | " + m.beyond())
}

func TestAlertsSpeakLikeFarmers(t *testing.T) {
	above, below := sensors.Rule{Condition: sensors.Above, Limits: sensors.Limits{Limit: 30}}, sensors.Rule{Condition: sensors.Below, Limits: sensors.Limits{Limit: 30}}
	band := sensors.Rule{Condition: sensors.Outside, Limits: sensors.Limits{Low: .2, High: 1.4}}
	night := sensors.Rule{Condition: sensors.Above, Limits: sensors.Limits{Limit: 30}, Night: sensors.Limits{Limit: 25}, NightWhen: sensors.NightByClock, NightFrom: 11 * 60, NightTo: 13 * 60}
	silent := sensors.Rule{Condition: sensors.Silent, Watch: true}
	over := sensors.Alert{State: sensors.AlertResolved, ResolvedAt: sensors.MilliOf(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)), Value: 29, Peak: 33}
	for name, c := range map[string]struct{ got, want string }{
		"heat":           {saysOf(above, "temperature", sensors.Alert{Peak: 31.1}, 31.1), "East is too hot | 31.1 °C, limit 30 | too hot | 1.1 °C above 30"},
		"cold":           {saysOf(below, "temperature", sensors.Alert{Peak: 28}, 28), "East is too cold | 28.0 °C, limit 30 | too cold | 2.0 °C below 30"},
		"on its way":     {saysOf(above, "temperature", sensors.Alert{Peak: 31}, 29.8), "East is too hot | 29.8 °C, limit 30 | too hot |"},
		"over":           {saysOf(above, "temperature", over, 20), "East was too hot | 29.0 °C, limit 30 | too hot |"},
		"a night limit":  {saysOf(night, "temperature", sensors.Alert{Peak: 26}, 26), "East is too hot | 26.0 °C, limit 25 | too hot | 1.0 °C above 25"},
		"soil":           {saysOf(below, "soil_moisture", sensors.Alert{Peak: 22}, 22), "Soil moisture in East is too dry | 22 %, limit 30 | too dry | 8 % below 30"},
		"a band, below":  {saysOf(band, "vpd", sensors.Alert{Peak: .1}, .12), "Vapour-pressure deficit in East is too damp for the leaves | 0.12 kPa, limit 0.2 | too damp for the leaves | 0.08 kPa below 0.2"},
		"a band, above":  {saysOf(band, "vpd", sensors.Alert{Peak: 2}, 1.8), "Vapour-pressure deficit in East is too dry for the leaves | 1.80 kPa, limit 1.4 | too dry for the leaves | 0.40 kPa above 1.4"},
		"no usual words": {saysOf(above, "sap_flow", sensors.Alert{Peak: 40}, 40), "Sap flow in East is too high | 40.00, limit 30 | too high | 10.00 above 30"},
		"battery":        {saysOf(below, "battery", sensors.Alert{Peak: 12}, 12), "Battery of Bench is running low | 12 %, limit 30 | running low | 18 % below 30"},
		"a door":         {saysOf(sensors.Rule{Condition: sensors.Above, Limits: sensors.Limits{Limit: .5}}, "contact", sensors.Alert{Peak: 1}, 1), "Contact in East is open |  | open |"},
		"a leak":         {saysOf(sensors.Rule{Condition: sensors.Above, Limits: sensors.Limits{Limit: .5}}, "leak", sensors.Alert{Peak: 1}, 1), "Leak in East |  | yes |"},
		"a rate": {saysOf(sensors.Rule{Condition: sensors.Rate, Limits: sensors.Limits{Limit: 2}}, "temperature", sensors.Alert{Value: 3.2, Peak: 3.2}, 20),
			"Air temperature in East is changing fast | 3.2 °C an hour, limit 2 | changing fast |"},
		"a difference": {saysOf(sensors.Rule{Condition: sensors.Difference, Limits: sensors.Limits{Limit: 2}}, "temperature", sensors.Alert{Value: 3.2, Peak: 3.2}, 20),
			"Air temperature in East is unlike its neighbour | 3.2 °C apart, limit 2 | unlike its neighbour |"},
		"a silent device": {saysOf(silent, "temperature", sensors.Alert{Sensor: -1, Behind: 14, Value: math.NaN(), Peak: math.NaN()}, 20), "Bench in East is silent | 14 sensors with it | silent |"},
		"a silent sensor": {saysOf(silent, "humidity", sensors.Alert{Value: math.NaN(), Peak: math.NaN()}, 20), "Humidity of Bench in East is silent |  | silent |"},
		"a drill":         {saysOf(above, "temperature", sensors.Alert{Drill: true, Peak: 31}, 31), "Drill: please answer as if it were real | 31.0 °C, limit 30 | too hot | 1.0 °C above 30"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, c.got, c.want)
		}
	}
}

func TestTheSilenceWatchJudgesWhoIsAway(t *testing.T) {
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	away := sensors.Device{ID: 1, Name: "Bench", OnlineSure: true, LastSeen: sensors.MilliOf(noon.Add(-time.Hour))}
	s := &Server{o: Options{Board: live.New(1), Now: func() time.Time { return noon }, Health: &fakeHealth{}}}
	for guarded, want := range map[bool]int{true: 0, false: 1} {
		sc := scene{s: s, guarded: guarded, devices: map[sensors.DeviceID]sensors.Device{1: away}}
		if got := sc.deviceNeeds(away, nil); len(got) != want {
			t.Errorf("guarded %v: got %v", guarded, got)
		}
	}
}

func TestAStormOfAlertsStaysShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, "zone/1", b.board.Version())
		overview := b.follow(&reader{}, overviewKey+operating, b.board.Version())
		list := b.follow(&reader{}, alertsKey+operating, b.board.Version())
		b.sleep(time.Second)
		r.take()
		overview.take()
		list.take()
		change := live.Change{RulesChanged: true, Rules: []sensors.Rule{{ID: 1, Enabled: true, Metric: "temperature", Condition: sensors.Above, Limits: sensors.Limits{Limit: 30}}}}
		for i := range 10_000 {
			change.Alerts = append(change.Alerts, sensors.Alert{ID: sensors.AlertID(i + 1), Rule: 1, Sensor: 1, Device: 1, State: sensors.AlertFiring, Severity: sensors.Warning,
				Since: sensors.MilliOf(time.Now()), StartedAt: sensors.MilliOf(time.Now()), Peak: 31})
		}
		b.board.Apply(change)
		synctest.Wait()
		if got := r.take(); !strings.Contains(got, "and 9 k more") || len(got) > 4000 {
			t.Errorf("the banner: %d bytes: %.1500q", len(got), got)
		}
		if got := overview.take(); !strings.Contains(got, "10000 things need you") || !strings.Contains(got, "9970 more alerts") || len(got) > 64<<10 {
			t.Errorf("the overview: %d bytes: %.1500q", len(got), got)
		}
		if got := list.take(); !strings.Contains(got, fmt.Sprintf("%d more fire", 10_000-mostAlerts)) || len(got) > 256<<10 {
			t.Errorf("the list: %d bytes: %.1500q", len(got), got)
		}
	})
}

func TestPendingAlertsAreShownAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooth(t)
		r := b.follow(&reader{}, alertsKey, b.board.Version())
		b.sleep(time.Second)
		r.take()
		rule := sensors.Rule{ID: 1, Enabled: true, Metric: "temperature", Condition: sensors.Above, Limits: sensors.Limits{Limit: 30}, Hold: 10 * time.Minute}
		b.board.Apply(live.Change{RulesChanged: true, Rules: []sensors.Rule{rule}, Alerts: []sensors.Alert{{ID: 1, Rule: 1, Sensor: 1, Device: 1, State: sensors.AlertPending,
			Severity: sensors.Warning, Since: sensors.MilliOf(time.Now()), Value: 31, Peak: 31}}})
		synctest.Wait()
		if got := r.take(); !strings.Contains(got, "May fire soon") || !strings.Contains(got, "East is too hot") || !strings.Contains(got, "31.0 °C, limit 30, if it lasts 10 min") {
			t.Errorf("pending: got %q", got)
		}
		b.sleep(time.Second)
		b.board.Apply(live.Change{GoneAlerts: []sensors.AlertID{1}})
		synctest.Wait()
		if got := r.take(); !strings.Contains(got, "Nothing fires") || strings.Contains(got, "May fire soon") {
			t.Errorf("dropped: got %q", got)
		}
	})
}
