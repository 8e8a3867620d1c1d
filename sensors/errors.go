package sensors

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// The vocabulary of things that go wrong. Layers wrap these with what they were doing; web/errors.go turns
// them into answers for people and programs.
var (
	ErrNotFound  = errors.New("not found")
	ErrConflict  = errors.New("already exists")
	ErrForbidden = errors.New("not allowed")
	ErrBusy      = errors.New("busy")
	// ErrDiskFull and ErrStorage say that nothing was stored and that nothing may be acknowledged.
	ErrDiskFull = errors.New("the disk is full")
	ErrStorage  = errors.New("the history cannot be written")
)

// Invalid maps the name of a field to a sentence that tells its author what to do about it.
type Invalid map[string]string

// Error joins the sentences in the order of their fields.
func (v Invalid) Error() string {
	var b strings.Builder
	for i, field := range slices.Sorted(maps.Keys(v)) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v[field])
	}
	return b.String()
}

// Add notes the first thing wrong with a field; later ones are kept quiet.
func (v Invalid) Add(field, sentence string) {
	if _, taken := v[field]; !taken {
		v[field] = sentence
	}
}

// Err returns v, or nil when nothing was added.
func (v Invalid) Err() error {
	if len(v) == 0 {
		return nil
	}
	return v
}
