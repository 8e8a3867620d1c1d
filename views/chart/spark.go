package chart

import (
	"strconv"
	"time"

	"furrow/sensors"
)

// The drawing area of a small chart, in units that stretch with the page.
const (
	SparkWidth  = 120
	SparkHeight = 32
	sparkMargin = 2 // keeps a thick line inside
)

// Spark is a small chart of how a value went, without axes.
type Spark struct {
	Line string // SVG path; broken where nothing was measured
	End  string // path of the newest point
}

// NewSpark draws the means of buckets of the given width over the time from..to. It returns nil when there
// is nothing to see yet: fewer than two points.
func NewSpark(buckets []sensors.Bucket, from, to sensors.Milli, width time.Duration) *Spark {
	if len(buckets) < 2 || to <= from {
		return nil
	}
	low, high := buckets[0].Mean, buckets[0].Mean
	for _, b := range buckets {
		low, high = min(low, b.Mean), max(high, b.Mean)
	}
	span := high - low
	if span == 0 {
		low, span = low-1, 2 // a value that stays runs through the middle
	}
	step := sensors.Milli(width.Milliseconds())
	var line []byte
	var x, y float64
	for i, b := range buckets {
		x = float64(b.From+step/2-from) / float64(to-from) * SparkWidth
		x = min(max(x, sparkMargin), SparkWidth-sparkMargin)
		y = SparkHeight - sparkMargin - (b.Mean-low)/span*(SparkHeight-2*sparkMargin)
		command := byte('L')
		if i == 0 || b.From-buckets[i-1].From > gapAfter*step {
			command = 'M'
		}
		line = point(append(line, command), x, y)
	}
	return &Spark{Line: string(line), End: string(point([]byte{'M'}, x, y)) + "h0"}
}

// gapAfter is how many buckets may be empty in a row before the line is broken: slow sensors skip some.
const gapAfter = 6

func point(to []byte, x, y float64) []byte {
	to = strconv.AppendFloat(to, x, 'f', 1, 64)
	return strconv.AppendFloat(append(to, ' '), y, 'f', 1, 64)
}
