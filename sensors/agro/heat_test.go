package agro

import (
	"math"
	"testing"
	"time"
)

// The printed chart of the US National Weather Service, °F.
func TestHeatIndexOfNWSChart(t *testing.T) {
	for _, c := range []struct{ f, rhPct, want float64 }{
		{84, 50, 85}, {86, 90, 105}, {90, 60, 100}, {90, 75, 109}, {94, 65, 114}, {100, 40, 109}, {110, 40, 136},
	} {
		got, err := HeatIndexC((c.f-32)/1.8, c.rhPct)
		holds(t, "heat index", 1.8*got+32, err, c.want, 1.3)
	}
}

func TestStressClasses(t *testing.T) {
	for thi, want := range map[float64]Stress{67.9: "none", 68: "mild", 71.9: "mild", 72: "moderate", 80: "severe", 89.9: "severe", 90: "emergency"} {
		if got := DairyStressOf(thi); got != want {
			t.Errorf("dairy, THI %g: got %s, want %s", thi, got, want)
		}
	}
	for thi, want := range map[float64]Stress{73.9: "none", 74: "alert", 79: "danger", 84: "emergency"} {
		if got := FeedlotStressOf(thi); got != want {
			t.Errorf("feedlot, THI %g: got %s, want %s", thi, got, want)
		}
	}
	for heatC, want := range map[float64]Stress{26: "none", (80 - 32) / 1.8: "caution", 33: "extreme caution", 40: "danger", 52: "extreme danger"} {
		if got := HeatIndexClass(heatC); got != want {
			t.Errorf("heat index %g °C: got %s, want %s", heatC, got, want)
		}
	}
}

func TestOtherIndices(t *testing.T) {
	got, err := THIMader(32, 22)
	holds(t, "THI of Mader", got, err, 75.9, 0.05)
	got, err = WBGTSunlitC(25, 32, 20)
	holds(t, "WBGT in the sun", got, err, 25.9, 0.06)
	got, err = WBGTIndoorC(30, 20)
	holds(t, "WBGT indoors", got, err, 23.3, 0.001)
	still, _ := BroilerTHIC(35, 28)
	got, err = BroilerTHVIC(35, 28, 1)
	holds(t, "broilers in wind of 1 m/s", got, err, still, 1e-9)
	if _, err := BroilerTHVIC(35, 28, 3); err == nil {
		t.Error("broilers in wind of 3 m/s: want an error")
	}
}

func TestHeatLoadSkipsGaps(t *testing.T) {
	nan := math.NaN()
	s := AirSeries{Step: 30 * time.Minute, TempC: []float64{30, nan, 30, 20, 30}, RHPct: []float64{70, 70, nan, 50, 103}}
	got, err := SumHeatLoad(s)
	if err != nil {
		t.Fatal(err)
	}
	if got.ObservedH != 1.5 || got.ExpectedH != 2.5 || got.HoursFrom72 != 1 || got.HoursFrom80 != 1 {
		t.Errorf("got %+v", got)
	}
	holds(t, "at 103 % as at 100 %", got.MaxTHI, nil, thiNRC(30, 100), 0)
	holds(t, "coolest", got.MinTHI, nil, thiNRC(20, 50), 0)
	holds(t, "index hours", got.IndexHoursAbove72, nil, (thiNRC(30, 70)+thiNRC(30, 100)-144)/2, 1e-9)
}
