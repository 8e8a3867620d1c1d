package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
)

// lowBattery is the charge, in percent, at which somebody should bring a new battery.
const lowBattery = 20

// mostNeeds is how many alerts the overview lists; the page of alerts has them all.
const mostNeeds = 30

// attention is the sentence that the overview begins with: what needs somebody, the gravest first, or that
// all is well. Who may operate gets buttons.
func (sc *scene) attention(operate bool) views.Attention {
	storage, others := sc.storageNeeds(), sc.otherNeeds()
	news := len(storage) + len(sc.firing) + len(others)
	a := views.Attention{Needs: slices.Concat(storage, sc.alertNeeds(sc.firing, operate), others, sc.alertNeeds(sc.seen, false))}
	grave := map[string]int{"alert": 0, "watch": 1, "stale": 2, "ok": 3}
	rank := func(n views.Need) int {
		if n.Seen {
			return 10 + grave[n.Tone]
		}
		return grave[n.Tone]
	}
	slices.SortStableFunc(a.Needs, func(x, y views.Need) int { return cmp.Compare(rank(x), rank(y)) })
	a.Headline, a.Summary = headline(news, len(sc.seen)), sc.summary()
	if !sc.heard && len(a.Needs) == 0 {
		a.Headline, a.Summary = "Welcome", "Connect the first sensor, and this page shows how the farm does."
	}
	return a
}

// alertNeeds are open alerts as things to look at. Of a storm the gravest are listed, and how many there are.
func (sc *scene) alertNeeds(open []sensors.Alert, operate bool) []views.Need {
	var needs []views.Need
	for _, m := range sc.s.alarmsOf(open[:min(len(open), mostNeeds)]) {
		line := m.line()
		need := views.Need{Tone: line.Tone, Icon: line.Icon, Title: line.Title, Text: line.Facts(), Href: "/alerts/" + line.ID, Seen: line.Seen}
		if operate {
			need.Answer = line.ID
		}
		needs = append(needs, need)
	}
	if more := len(open) - len(needs); more > 0 {
		needs = append(needs, views.Need{Tone: "alert", Icon: "bell", Title: plural(more, "more alert", "more alerts"), Text: "All of them stand on the page of alerts.",
			Href: "/alerts", Seen: open[0].State != sensors.AlertFiring})
	}
	return needs
}

// otherNeeds is what somebody should look at that no alert says.
func (sc *scene) otherNeeds() []views.Need {
	needs := sc.channelNeeds()
	byDevice := map[sensors.DeviceID][]live.SensorState{}
	for _, state := range sc.sensors {
		byDevice[state.Device] = append(byDevice[state.Device], state)
	}
	ids := make([]sensors.DeviceID, 0, len(sc.devices))
	for id := range sc.devices {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		needs = append(needs, sc.deviceNeeds(sc.devices[id], byDevice[id])...)
	}
	if sc.fresh > 0 {
		needs = append(needs, views.Need{Tone: "ok", Icon: "devices", Title: plural(sc.fresh, "new device waits", "new devices wait"),
			Text: "Make it part of the farm, or ignore it.", Href: "/devices"})
	}
	return needs
}

// headline counts what is new; what somebody has seen is not solved by that.
func headline(news, seen int) string {
	switch {
	case news == 0 && seen > 0:
		return "Nothing new"
	case news == 0:
		return "All is well"
	case news == 1:
		return "One thing needs you"
	}
	return fmt.Sprintf("%d things need you", news)
}

// summary counts what reports.
func (sc *scene) summary() string {
	reporting := 0
	for _, state := range sc.sensors {
		if state.Has && !state.Stale {
			reporting++
		}
	}
	if reporting == len(sc.sensors) {
		return plural(reporting, "sensor reports", "sensors report") + " in " + plural(len(sc.zones), "zone", "zones")
	}
	return fmt.Sprintf("%d of %s", reporting, plural(len(sc.sensors), "sensor reports", "sensors report"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// storageNeeds says that readings cannot be stored.
func (sc *scene) storageNeeds() []views.Need {
	health := sc.s.o.Farm.Health()
	if health.Err == nil {
		return nil
	}
	need := views.Need{Tone: "alert", Icon: "disk", Title: "Readings cannot be stored", Href: "/settings",
		Text: "The data folder cannot be written since " + sc.s.moment(health.Since).Text + ". Devices keep what they have and send it again."}
	if errors.Is(health.Err, sensors.ErrDiskFull) {
		need.Title, need.Text = "The disk is full", "Nothing is stored since "+sc.s.moment(health.Since).Text+". Free some space on Furrow's computer."
	}
	return []views.Need{need}
}

// deviceNeeds is what somebody should know of a device: what of it is doubtful or running out of battery and,
// where the silence watch is off, that it is away or silent.
func (sc *scene) deviceNeeds(d sensors.Device, states []live.SensorState) []views.Need {
	place := deviceName(d)
	if zone := sc.zoneName(d.Zone); zone != "" {
		place += " in " + zone
	}
	href := "/devices/" + d.ID.String()
	var silent, doubtful []live.SensorState
	for _, state := range states {
		switch {
		case state.Stale:
			silent = append(silent, state)
		case state.Has && state.Last.Quality == sensors.Suspect:
			doubtful = append(doubtful, state)
		}
	}
	var needs []views.Need
	switch {
	case sc.guarded: // the silence watch knows better who sleeps and who is gone
	case d.OnlineSure && !d.Online && d.LastSeen != 0:
		needs = append(needs, views.Need{Tone: "watch", Icon: "offline", Title: place, Text: "is offline since " + sc.s.moment(d.LastSeen.Time()).Text, Href: href})
	case len(silent) > 0:
		needs = append(needs, views.Need{Tone: "watch", Icon: "clock", Title: place, Text: sc.silence(silent, len(states)), Href: href})
	}
	for _, state := range doubtful {
		v := sc.s.shown(state)
		needs = append(needs, views.Need{Tone: "watch", Icon: "alert", Title: place, Text: fmt.Sprintf("%s reads %s, which is hard to believe",
			v.Label, joinUnit(v.Value, v.Unit)), Href: "/sensors/" + state.ID.String()})
	}
	if text := sc.batteryLow(states); text != "" {
		needs = append(needs, views.Need{Tone: "watch", Icon: "battery", Title: place, Text: text, Href: href})
	}
	return needs
}

func (sc *scene) silence(silent []live.SensorState, all int) string {
	last := sensors.Milli(0)
	for _, state := range silent {
		last = max(last, state.Last.At)
	}
	since := " since " + sc.s.moment(last.Time()).Text
	switch {
	case len(silent) == all:
		return "is silent" + since
	case len(silent) == 1:
		return "sends no " + silent[0].Label() + since
	}
	return fmt.Sprintf("lacks %d of its %d values%s", len(silent), all, since)
}

func (sc *scene) batteryLow(states []live.SensorState) string {
	for _, state := range states {
		switch {
		case !state.Has || state.Stale || state.Last.Quality == sensors.Suspect || sc.alarmed(state.ID):
		case state.Metric == "battery" && state.Last.Value < lowBattery:
			return fmt.Sprintf("has %.0f %% left in its battery", state.Last.Value)
		case state.Metric == "battery_low" && state.Last.Value >= .5:
			return "says that its battery is low"
		}
	}
	return ""
}

// alarmed reports whether an alert about the sensor is open, which then says what there is to say.
func (sc *scene) alarmed(id sensors.SensorID) bool {
	_, is := sc.alarms[id]
	return is
}

func (sc *scene) zoneName(id sensors.ZoneID) string {
	for _, z := range sc.zones {
		if z.ID == id {
			return z.Name
		}
	}
	return ""
}

// joinUnit writes a value with its unit.
func joinUnit(value, unit string) string {
	if unit == "" {
		return value
	}
	return value + " " + unit
}
