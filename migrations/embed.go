// Package migrations holds the steps from one schema to the next, one file each, applied in the order of
// their numbers and never changed once released. schema.sql shows where they lead; a test in db compares.
package migrations

import "embed"

// Files are the migrations, in the form that goose's Provider reads.
//
//go:embed [0-9]*.sql
var Files embed.FS
