// Package payload turns what devices publish, topic and bytes, into observations in base units. One file
// holds one dialect; the order in which they are asked whether a message is theirs is a table in decoder.go.
// A new dialect is a file with its functions, a row in that table and cases in its test.
//
// Decoding does no input or output, never blocks and never panics, whatever it is given; broker calls it on
// each connection's own goroutine.
package payload
