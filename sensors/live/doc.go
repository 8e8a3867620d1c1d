// Package live is what is true now: the farm, its zones, devices and sensors with their newest values, in
// memory, each with the version at which it last changed.
//
// Ingest alone writes, on its own goroutine. Any number of readers ask, on theirs, for what is newer than the
// version they have seen: a reader is a cursor, not a queue, so a slow one costs nothing and a sleeping one
// misses nothing but what was overtaken. What readers get are copies.
package live
