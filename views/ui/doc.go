// Package ui holds the smallest parts that pages are made of.
package ui
