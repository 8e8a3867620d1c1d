//go:build !linux

package main

// onFlashCard cannot tell on this system.
func onFlashCard(string) bool { return false }
