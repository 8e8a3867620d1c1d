package views

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"furrow/sensors"
	"furrow/views/chart"
)

var update = flag.Bool("update", false, "write testdata anew instead of comparing with it")

// hash is what the bundler adds to the names of files.
var hash = regexp.MustCompile(`(/static/icons)-[0-9a-f]+`)

// between is where elements begin, so that each stands on a line of its own.
var between = regexp.MustCompile(`>\s*<`)

// TestFragments holds what pages are made of, and what is pushed into them, to its exact form.
func TestFragments(t *testing.T) {
	nasty := `</span><script>alert("1")</script>`
	age := Age{Moment{"09:12", "2025-06-01T07:12:00Z"}, "3 min ago"}
	buckets := []sensors.Bucket{{From: 0, Count: 1, Min: 1, Mean: 2, Max: 3}, {From: 60_000, Count: 1, Min: 2, Mean: 3, Max: 4}}
	spark := chart.NewSpark(buckets, 0, 120_000, time.Minute)
	well := Measured{SensorID: "7", Label: "Air temperature", Icon: "temperature", Value: "21.5", Unit: "°C", Tone: "ok", Age: age, Spark: spark, Range: "18.0 to 24.1"}
	silent := Measured{SensorID: "8", Label: nasty, Icon: "door", Value: "open", Word: true, Tone: "stale", Note: "Silent since 09:12", Age: age}
	series := chart.NewSeries(buckets, chart.Window{To: 120_000, Step: time.Minute, Gap: time.Hour})
	head := SensorHead{Now: well, State: State{Tone: "ok"}, Device: nasty, DeviceID: "3", Zone: "East", ZoneID: "1"}
	history := History{SensorID: "7", Summary: "Steady.", Chart: chart.New(series, chart.Scale{Least: 1}, chart.Calendar{Zone: time.UTC}),
		Element: ChartElement{Src: "/sensors/7/history.json?range=1h", Name: nasty, Unit: "°C", Decimals: 1, Least: "1", Zone: "UTC", Clock: "24"}}
	watched := series
	watched.Guide = chart.Guide{Stretches: []chart.Stretch{{To: 120_000, Low: 1.5, High: 2.5}}, Alerts: []chart.Span{{From: 60_000, To: 90_000, Label: nasty}}}
	hot := AlarmLine{ID: "7", Tone: "alert", Icon: "alert", Title: nasty, Text: "31.1 °C, limit 30", Since: Moment{"07:59", "2025-06-01T05:59:00Z"}, Operate: true}
	seen := AlertCard{AlarmLine: hot, State: State{"watch", "Seen by Ann"}, Severity: "Critical", Ago: age, Worst: "33.0 °C", Told: "Told Ann at 08:09.", Note: nasty,
		Earlier: "Last time, 3 Jun, Ann: opened the vents", Answers: []string{"On my way", nasty}, Rule: "Too hot", RuleID: "3", Sentence: "Tell me when", DeviceID: "3", Device: nasty, Open: true}
	seen.Seen, seen.SeenBy = true, "Ann"
	var b bytes.Buffer
	for _, part := range []templ.Component{
		Clock(Moment{"09:12:30", "2025-06-01T07:12:30Z"}, 42), NewCount(0), NewCount(3), GoneView(""), GoneView("This zone was deleted."),
		HeroView(well), HeroView(silent), MiniView(well), MiniView(silent),
		StateBadge("zone-state-1", State{Tone: "watch", Word: "1 silent"}),
		AttentionView(Attention{Headline: "One thing needs you", Summary: "5 of 6 sensors report", Needs: []Need{{Tone: "watch", Icon: "clock", Title: nasty, Text: "is silent since 09:12", Href: "/devices/3"},
			{Tone: "alert", Icon: "alert", Title: nasty, Text: "31.1 °C, limit 30, since 09:12", Href: "/alerts/7", Answer: "7"}, {Tone: "watch", Icon: "alert", Title: "East is too hot", Href: "/alerts/8", Seen: true}}}),
		ZoneHeadView(ZoneHead{Name: nasty, About: "Barn · Cows", Icon: "barn", State: State{Tone: "ok", Word: "All reporting"}}),
		AlertCount(Bell{}), AlertCount(Bell{Firing: 1200, Newest: "7"}), AlarmBar(Bell{}), AlarmBar(Bell{Firing: 3, Newest: "7", Top: &hot}),
		AlertsNowView(AlertsNow{Watching: "3 rules watch the farm."}), AlertsNowView(AlertsNow{Seen: []AlertCard{seen}, Pending: []AlarmLine{hot}, More: 2, Operate: true}),
		AlertHead(seen), AlertLife(Alert{Life: []LifeStep{{"alert", "alert", hot.Since, "It fired"}}, Messages: []Notice{{Tone: "ok", Icon: "check", Name: nasty, Text: "told by ntfy", At: hot.Since, Error: nasty}}}),
		RulePreviewView(RulePreview{Missing: "Type a limit."}),
		RulePreviewView(RulePreview{Sentence: "Tell me when it is hot.", Headline: "It would have fired once.", Calmer: "With all clear at 1 °C it would have been 0.",
			Charts: []PreviewChart{{Name: nasty, Summary: "Rising.", Chart: chart.New(watched, chart.Scale{Least: 1}, chart.Calendar{Zone: time.UTC})}}}),
		SensorHeadView(head), ChartView(history), ChartView(History{SensorID: "8"}), pushed("chart-7", "beforeend", ChartPoint("1748761950", "21.5")),
	} {
		if err := part.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n\n")
	}
	got := between.ReplaceAll(hash.ReplaceAll(b.Bytes(), []byte("$1")), []byte(">\n<"))
	const golden = "testdata/fragments.html"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(gotLines), len(wantLines)) {
		if i >= len(gotLines) || i >= len(wantLines) || !bytes.Equal(gotLines[i], wantLines[i]) {
			t.Fatalf("line %d of %s differs (run with -update if it should):\n got %s\nwant %s", i+1, golden, line(gotLines, i), line(wantLines, i))
		}
	}
}

func line(lines [][]byte, i int) []byte {
	if i >= len(lines) {
		return []byte("nothing")
	}
	return lines[i]
}

func pushed(id, swap string, part templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Push(id, swap).Render(templ.WithChildren(ctx, part), w)
	})
}
