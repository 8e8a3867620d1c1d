package sensors

import (
	"testing"
	"time"
)

func TestBucketWidthKeepsToThePoints(t *testing.T) {
	at := MilliOf(time.Date(2026, 3, 1, 7, 13, 11, 0, time.UTC))
	for span := Milli(1000); span < 40*365*86_400_000; span = span*13/10 + 7 {
		width := BucketWidth(at, at+span, 300)
		from := BucketStart(at, width)
		if n := (at + span - from + Milli(width.Milliseconds()) - 1) / Milli(width.Milliseconds()); n > 300 {
			t.Errorf("%v in buckets of %v: %d buckets, want at most 300", time.Duration(span)*time.Millisecond, width, n)
		}
	}
	if got, want := BucketWidth(at, at+86_400_000, 300), 5*time.Minute; got != want {
		t.Errorf("a day: got %v, want %v", got, want)
	}
}
