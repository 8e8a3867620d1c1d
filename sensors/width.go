package sensors

import (
	"slices"
	"time"
)

// widths are the bucket widths that charts use: people read them easily, and the longer ones are whole
// multiples of the hourly and daily sums that the history keeps.
var widths = []time.Duration{
	time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour, 364 * 24 * time.Hour,
}

// BucketWidth returns the smallest width of chart buckets that cuts the time from..to into at most points
// buckets, counting the one that the first bucket's rounding down may add.
func BucketWidth(from, to Milli, points int) time.Duration {
	span := time.Duration(to-from) * time.Millisecond
	i, _ := slices.BinarySearchFunc(widths, span, func(width, span time.Duration) int {
		if int64(span/width)+2 <= int64(points) {
			return 0
		}
		return -1
	})
	return widths[min(i, len(widths)-1)]
}

// BucketStart returns the beginning of the bucket that at falls into, buckets being counted from 1970 UTC.
func BucketStart(at Milli, width time.Duration) Milli {
	w := Milli(width.Milliseconds())
	start := at - at%w
	if start > at {
		start -= w
	}
	return start
}
