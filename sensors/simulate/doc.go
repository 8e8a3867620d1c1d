// Package simulate is a farm that does not exist, for demonstrations, load and tests: one weather over fields,
// an orchard, greenhouses, a barn, a cold store and a pump house, each a small model of heat, water and air,
// and devices that measure them and publish in the dialects that real ones speak.
//
// It is physics, not random numbers: humidity follows temperature, greenhouses follow the sun, the orchard
// collects cold air on clear calm nights. What is random (clouds, sensor noise, when somebody opens a door)
// comes from the seed and the moment alone, so that a farm with the same options always lives the same life
// and a reading of the back-filled past equals the one that would have been published then.
//
// Life is not without faults, for a monitor is made for them: a battery that nobody changes, a probe whose
// radio link breaks down for hours, vents that stay shut on a hot day, a night of frost every other week.
//
// A world advances minute by minute and knows nothing of devices (world.go and the places). A device is a plan
// of probes, made in standard.go out of parts.go, that reads the world in its own rhythm (device.go, probe.go)
// and writes what it read in its dialect (dialect.go). Farm lets devices take their turns, as messages (Next)
// or as readings of the past (Backfill).
//
// The package does no input or output and never asks for the time. A Farm belongs to one goroutine.
package simulate
