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
	Line      string // SVG path; broken where nothing was measured
	Area      string // path of what lies below the line
	End       string // path of the newest point
	Low, High float64
}

// NewSpark draws the means of buckets of the given width over the time from..to. It returns nil when there
// is nothing to see yet: fewer than two points.
func NewSpark(buckets []sensors.Bucket, from, to sensors.Milli, width time.Duration) *Spark {
	if len(buckets) < 2 || to <= from {
		return nil
	}
	low, high := buckets[0].Mean, buckets[0].Mean
	spark := &Spark{Low: buckets[0].Min, High: buckets[0].Max}
	for _, b := range buckets {
		low, high = min(low, b.Mean), max(high, b.Mean)
		spark.Low, spark.High = min(spark.Low, b.Min), max(spark.High, b.Max)
	}
	span := high - low
	if span == 0 {
		low, span = low-1, 2 // a value that stays runs through the middle
	}
	step := sensors.Milli(width.Milliseconds())
	var line, area []byte
	var x, y float64
	for i, b := range buckets {
		x = float64(b.From+step/2-from) / float64(to-from) * SparkWidth
		x = min(max(x, sparkMargin), SparkWidth-sparkMargin)
		y = SparkHeight - sparkMargin - (b.Mean-low)/span*(SparkHeight-2*sparkMargin)
		command := byte('L')
		if i == 0 || b.From-buckets[i-1].From > gapAfter*step {
			command = 'M'
			area = drop(area)
			area = point(append(area, 'M'), x, SparkHeight)
		}
		line = point(append(line, command), x, y)
		area = point(append(area, 'L'), x, y)
	}
	spark.Line, spark.Area = string(line), string(drop(area))
	spark.End = string(point([]byte{'M'}, x, y)) + "h0"
	return spark
}

// drop closes the shape under a line that ends here.
func drop(area []byte) []byte {
	if len(area) == 0 {
		return area
	}
	return append(strconv.AppendInt(append(area, 'V'), SparkHeight, 10), 'Z')
}

// gapAfter is how many buckets may be empty in a row before the line is broken: slow sensors skip some.
const gapAfter = 6

func point(to []byte, x, y float64) []byte {
	to = strconv.AppendFloat(to, x, 'f', 1, 64)
	return strconv.AppendFloat(append(to, ' '), y, 'f', 1, 64)
}
