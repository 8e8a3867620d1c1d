// Package broker is the MQTT side: it listens, lets clients in, decodes what they publish and hands it to
// ingest, and acknowledges only what ingest has put on the disk. It is the only importer of mochi, whose
// faults it mends from outside: a listener and connections of its own, sessions that change hands one
// connection after the other, and one hook. Each mend says what mochi does without it.
//
// The inbound half of QoS 1 and 2 is this package's, not mochi's: publishes are taken out of the packet
// stream before mochi sees them, so that its acknowledgement before the commit and its packet ids shared by
// both directions are out of the game. What arrives is fanned out to MQTT subscribers after the commit and
// before the acknowledgement.
//
// A connection's packets are read on a goroutine of its own. Settle runs on ingest's goroutine and only
// notes; Flush hands what was noted to the fan, one goroutine that passes messages on, acknowledges them in
// order, and never waits for a client.
package broker
