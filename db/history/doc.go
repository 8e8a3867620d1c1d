// Package history keeps the readings: every one of them, for as long as the farm wishes, in a few tenths of
// a byte each, with charts of any length in milliseconds.
//
// A commit appends one row to the journal, whatever its size, and the same readings go into the head, which
// is columns in memory. Once a day has passed, its readings are sealed: one compressed row in raw and one
// row of sums in roll per sensor and UTC day, after which the journal forgets them. Late readings simply
// enter the head again and are merged when the day is sealed anew; until then the head wins over the row.
//
// One goroutine at a time may write (Append, Delete, Seal: the holder of the writing transaction); any
// number may read at the same time. Only db uses this package.
package history
