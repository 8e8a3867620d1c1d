package main

import (
	"testing"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/notify"
)

func TestKeysOfMessagesOutliveTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := runWithin(t, dir)
	grant := notify.Grant{Action: notify.Acknowledge, Alerts: []sensors.AlertID{1}, Recipient: 1, Until: time.Now().Add(time.Hour)}
	token, vapid := w.messages.signer.Sign(grant), w.messages.sender.VAPID
	w.end()
	again := runWithin(t, dir, func(a *app) { a.flags.PublicURL = "https://farm.example/" })
	if _, err := again.messages.signer.Check(token, time.Now()); err != nil {
		t.Errorf("a link from before the restart: %v", err)
	}
	if got := again.messages.sender.VAPID; got != vapid || got.Private == "" {
		t.Error("browsers' subscriptions are void after a restart")
	}
	if got := w.links().Base; got != "" {
		t.Errorf("links of pages that answer this computer only: got %q, want none", got)
	}
	if got := again.links().Base; got != "https://farm.example" {
		t.Errorf("links: got %q, want the public address", got)
	}
}

func TestHeartbeatFollowsItsSetting(t *testing.T) {
	t.Parallel()
	w := runWithin(t, t.TempDir())
	h := w.heartbeat()
	if got := h.Setting(); got.URL != "" || got.Interval() != time.Minute {
		t.Errorf("not set: got %+v", got)
	}
	w.set(notify.SettingHeartbeat, notify.HeartbeatSetting{URL: "https://hc.example/x", Every: 30})
	if got := h.Setting(); got.URL != "https://hc.example/x" || got.Interval() != 30*time.Second {
		t.Errorf("set: got %+v", got)
	}
	if err := h.Healthy(time.Now()); err != nil {
		t.Errorf("with nothing to store: got %v, want healthy", err)
	}
}

func TestMessagesNameThePlace(t *testing.T) {
	board := live.New(1)
	board.Apply(live.Change{Zones: []sensors.Zone{{ID: 2, Name: "Barn 2"}}, ZonesChanged: true,
		Devices: []sensors.Device{{ID: 5, Key: "gw", Name: "Gateway Barn 2"}, {ID: 6, Key: "t", Name: "Probe 3", Zone: 2}},
		Sensors: []sensors.Sensor{{ID: 7, Device: 6, Metric: "temperature"}}})
	d := directory{board}
	for name, c := range map[string]struct {
		alert sensors.Alert
		want  notify.Place
	}{
		"a sensor":        {sensors.Alert{Sensor: 7, Device: 6}, notify.Place{Zone: "Barn 2", Device: "Probe 3", Sensor: "Air temperature", Metric: "temperature"}},
		"a device":        {sensors.Alert{Device: 6}, notify.Place{Zone: "Barn 2", Device: "Probe 3"}},
		"a gateway":       {sensors.Alert{Device: 5}, notify.Place{Device: "Gateway Barn 2"}},
		"what is gone":    {sensors.Alert{Sensor: 70, Device: 60}, notify.Place{}},
		"a missed drill":  {sensors.Alert{}, notify.Place{}},
		"an unknown zone": {sensors.Alert{Sensor: 7}, notify.Place{Sensor: "Air temperature", Metric: "temperature"}},
	} {
		if got := d.Place(c.alert); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
