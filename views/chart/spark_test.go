package chart

import (
	"testing"
	"time"

	"furrow/sensors"
)

func bucket(minute int, mean float64) sensors.Bucket {
	return sensors.Bucket{From: sensors.Milli(minute * 60_000), Count: 1, Min: mean, Mean: mean, Max: mean}
}

func TestSpark(t *testing.T) {
	const hour = sensors.Milli(3_600_000)
	for name, c := range map[string]struct {
		buckets []sensors.Bucket
		want    string
	}{
		"rising":  {[]sensors.Bucket{bucket(0, 10), bucket(1, 20)}, "M2.0 30.0L3.0 2.0"},
		"steady":  {[]sensors.Bucket{bucket(10, 5), bucket(11, 5)}, "M21.0 16.0L23.0 16.0"},
		"a gap":   {[]sensors.Bucket{bucket(0, 0), bucket(1, 1), bucket(30, 1)}, "M2.0 30.0L3.0 2.0M61.0 2.0"},
		"the end": {[]sensors.Bucket{bucket(58, 0), bucket(59, 1)}, "M117.0 30.0L118.0 2.0"},
	} {
		got := NewSpark(c.buckets, 0, hour, time.Minute)
		if got == nil || got.Line != c.want {
			t.Errorf("%s: got %+v, want %s", name, got, c.want)
		}
	}
	if got := NewSpark([]sensors.Bucket{bucket(0, 1)}, 0, hour, time.Minute); got != nil {
		t.Errorf("one point: got %+v, want nothing", got)
	}
}
