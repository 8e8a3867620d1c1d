// Package static holds what browsers load beside the pages: styles, scripts, icons and the font, bundled
// into dist with a hash in each name, and compiled into the program.
//
// It may be used from any goroutine; nothing in it changes after the program has started.
package static
