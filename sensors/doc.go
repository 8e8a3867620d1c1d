// Package sensors is Furrow's domain: the farm and its zones, the devices in them, the quantities they
// measure and the readings that arrive. It holds types, validation and the errors that the rest of the
// program speaks in; it does no input or output and never asks for the time.
//
// Everybody may import it and it imports nobody. All of it is safe to use from any goroutine, because
// nothing in it changes after it was built.
package sensors
