// Package agro is agronomy as pure functions: what air, soil, sun and season mean for plants and animals.
// Units stand in the names, and each function says whose formula it is and where it holds.
//
// Nothing here does input or output, keeps state or asks for the time; everything may be called from any
// goroutine.
package agro
