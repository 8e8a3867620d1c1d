package notify

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"furrow/sensors"
)

// oneLineFacts are about one alert: 34.2 °C in Greenhouse 2 since 02:14, and it is 02:37.
func oneLineFacts() Facts {
	since := time.Date(2026, 1, 10, 1, 14, 0, 0, time.UTC)
	return Facts{Farm: sensors.Farm{Name: "Hill Farm", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits}, Event: sensors.EventFiring,
		Now: since.Add(23 * time.Minute), Firing: 1, Lines: []Line{{Rule: heatRule,
			Alert: sensors.Alert{ID: 7, Rule: 1, Sensor: 1, Severity: sensors.Warning, State: sensors.AlertFiring,
				Since: sensors.MilliOf(since), StartedAt: sensors.MilliOf(since), Value: 34.2, Peak: 34.8},
			Place: Place{Zone: "Greenhouse 2", Device: "Probe 3", Sensor: "Air temperature", Metric: "temperature"}}}}
}

func TestWordsOfOneAlert(t *testing.T) {
	for _, tc := range []struct {
		name        string
		change      func(*Facts, *Line)
		title, text string
	}{
		{"too high", func(*Facts, *Line) {}, "Greenhouse 2: Air temperature too high, 34.2 °C (limit 32.0 °C)", "At Probe 3.\nSince 02:14 (23 min).\nAt worst 34.8 °C."},
		{"other units and clock", func(f *Facts, _ *Line) { f.Farm.Units, f.Farm.Clock12 = sensors.ImperialUnits, true },
			"Greenhouse 2: Air temperature too high, 93.6 °F (limit 89.6 °F)", "Since 2:14 am (23 min)."},
		{"critical", func(_ *Facts, l *Line) { l.Alert.Severity = sensors.Critical }, "Critical! Greenhouse 2: Air temperature", ""},
		{"night limits", func(_ *Facts, l *Line) { l.Rule.NightWhen = sensors.NightBySun }, "Greenhouse 2: Air temperature too high, 34.2 °C", ""},
		{"outside", func(_ *Facts, l *Line) {
			l.Rule.Condition, l.Rule.Limits = sensors.Outside, sensors.Limits{Low: 18, High: 32}
		},
			"Greenhouse 2: Air temperature out of range, 34.2 °C (limit 18.0 °C to 32.0 °C)", ""},
		{"rate in Fahrenheit", func(f *Facts, l *Line) {
			f.Farm.Units, l.Rule.Condition, l.Rule.Limit = sensors.ImperialUnits, sensors.Rate, 5
		},
			"Greenhouse 2: Air temperature changing too fast (limit 9.0 °F an hour)", ""},
		{"a switch", func(_ *Facts, l *Line) {
			l.Place.Metric, l.Place.Sensor, l.Alert.Value, l.Alert.Peak = "leak", "Leak", 1, 1
		}, "Greenhouse 2: Leak is on", ""},
		{"a gateway is silent", func(_ *Facts, l *Line) {
			l.Rule = sensors.Rule{Condition: sensors.Silent, Watch: true}
			l.Alert.Sensor, l.Alert.Behind, l.Alert.Value, l.Alert.Peak = 0, 14, nan, nan
			l.Place = Place{Device: "Gateway Barn 2", Zone: "Barn 2"}
		}, "Gateway Barn 2 has been silent since 02:14; 14 sensors behind it", "Since 02:14 (23 min)."},
		{"back again", func(_ *Facts, l *Line) {
			l.Rule = sensors.Rule{Condition: sensors.Silent, Watch: true}
			l.Alert.Sensor, l.Alert.State, l.Alert.ResolvedAt = 0, sensors.AlertResolved, l.Alert.Since+5_160_000
			l.Alert.Value, l.Alert.Peak = nan, nan
			l.Place = Place{Device: "Gateway Barn 2"}
		}, "Back again: Gateway Barn 2", "It was so from 02:14 to 03:40 (1 h 26 min)."},
		{"all clear", func(f *Facts, l *Line) {
			f.Firing, f.Resolved = 0, 1
			l.Alert.State, l.Alert.Value, l.Alert.ResolvedAt = sensors.AlertResolved, 29.9, l.Alert.Since+60_000
			l.Alert.AckBy, l.Alert.Note = "Bea", "opened the vents"
		}, "All clear: Greenhouse 2: Air temperature 29.9 °C", "Bea noted: opened the vents"},
		{"ended by an edit", func(_ *Facts, l *Line) {
			l.Alert.State, l.Alert.ResolvedAt, l.Alert.Why = sensors.AlertResolved, l.Alert.Since+60_000, "The rule was switched off."
		}, "All clear: Greenhouse 2: Air temperature", "The rule was switched off."},
		{"acknowledged", func(f *Facts, l *Line) {
			f.Firing, f.Acknowledged, l.Alert.State, l.Alert.AckBy = 0, 1, sensors.AlertAcknowledged, "Bea"
		},
			"Bea is on it: Greenhouse 2: Air temperature too high", ""},
		{"a reminder", func(_ *Facts, l *Line) { l.Told = true }, "Still: Greenhouse 2: Air temperature too high", ""},
		{"last time", func(_ *Facts, l *Line) {
			l.Last = sensors.EarlierNote{Note: "opened the vents", By: "Ann", At: sensors.MilliOf(time.Date(2025, 12, 3, 9, 0, 0, 0, time.UTC))}
		}, "", "Last time, on 3 December 2025, Ann noted: opened the vents"},
		{"a drill", func(f *Facts, _ *Line) { f.Drill, f.Event = true, sensors.EventDrill }, "DRILL: Greenhouse 2: Air", "This is a drill: nothing is wrong."},
		{"the rule is gone", func(_ *Facts, l *Line) { l.Rule = sensors.Rule{} }, "Greenhouse 2: Air temperature needs a look", ""},
		{"nothing has a name", func(_ *Facts, l *Line) { l.Place = Place{} }, "The farm: A device too high, 34.20 (limit 32.00)", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := oneLineFacts()
			tc.change(&f, &f.Lines[0])
			m := Compose(f)
			if !strings.HasPrefix(m.Title, tc.title) {
				t.Errorf("title %q, want %q", m.Title, tc.title)
			}
			if !strings.Contains(m.Text, tc.text) {
				t.Errorf("text %q, want %q in it", m.Text, tc.text)
			}
		})
	}
}

func TestWordsOfManyAlerts(t *testing.T) {
	f := oneLineFacts()
	l := f.Lines[0]
	for len(f.Lines) < maxListed {
		f.Lines = append(f.Lines, l)
	}
	f.Firing, f.Acknowledged, f.Resolved = 9_998, 1, 1
	f.Places, f.MorePlaces = []string{"Greenhouse 2", "Barn"}, 2
	m := Compose(f)
	if want := "9,998 alerts, 1 taken care of, 1 all clear in Greenhouse 2, Barn and 2 more places"; m.Title != want {
		t.Errorf("title %q, want %q", m.Title, want)
	}
	if n := strings.Count(m.Text, "\n"); n != maxLines || !strings.HasSuffix(m.Text, "…and 9,990 more") {
		t.Errorf("%d lines end in %q", n, m.Text)
	}
}

func TestHostileNamesStayBounded(t *testing.T) {
	for _, name := range []string{strings.Repeat("W", 10_000), "a\r\nb\x00c\u202ed\u2028e", "\xff\xfe", strings.Repeat("💥", 500), "<b>&amp;{{.}}%s%n*_`@everyone"} {
		f := oneLineFacts()
		f.Farm.Name, f.Places = name, []string{name, name, name}
		l := &f.Lines[0]
		l.Place = Place{name, name, name, "temperature"}
		l.Rule.Name, l.Alert.AckBy, l.Alert.Note, l.Alert.Why, l.Last = name, name, name, name, sensors.EarlierNote{Note: name, By: name, At: 1}
		for _, total := range []int{1, 500} {
			f.Firing = total
			m := Compose(f)
			for what, text := range map[string]string{"title": m.Title, "footer": m.Footer, "text": strings.ReplaceAll(m.Text, "\n", "")} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return isControl(r) || r == 0x202e || r == 0x2028 }) {
					t.Errorf("%s has what cannot be printed: %q", what, text)
				}
				if n := utf8.RuneCountInString(text); n > maxText {
					t.Errorf("%s has %d characters", what, n)
				}
			}
			if n := utf8.RuneCountInString(m.Title); n > maxTitle {
				t.Errorf("title has %d characters", n)
			}
		}
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 86 * time.Minute: "1 h 26 min",
		2 * time.Hour: "2 h", 49 * time.Hour: "2 d 1 h", -time.Hour: "0 s"} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}
