// Package chart works out where the lines of a chart go: pure geometry, drawn by views as SVG. Every
// function may be called from any goroutine.
package chart
