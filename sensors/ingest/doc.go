// Package ingest is the single writer. Everything that changes what the farm knows passes through one
// goroutine, Run: messages from the broker, readings that come by name, edits of zones, devices and sensors,
// and the passing of time.
//
// Run takes everything that is queued, finds out whose it is, stamps and judges it, commits it in one
// transaction, shows it on the board, and only then settles each delivery, in the order in which they came.
// When the commit fails nothing is shown and nobody gets a yes. Submit, Connection, Post and the edits may be
// called from any goroutine.
package ingest
