// Package db is the data folder: one SQLite file with all that must survive, opened by one process at a
// time for serving. It is the only importer of the SQLite driver.
//
// A public method is a transaction. Methods may be called from any goroutine: one connection writes, a few
// others read at the same time. Errors speak sensors' vocabulary: ErrNotFound, ErrConflict, ErrDiskFull,
// ErrStorage.
package db
