// Package rules decides when somebody must be told: it holds the state of every rule for every sensor and
// works out what readings, and the passing of time, do to it.
//
// An Engine does no input or output and never asks for the time. What happens is first a Plan, which changes
// nothing; once its events are stored, Apply makes it so. A plan that is not applied leaves no trace, so that a
// refused commit can be tried again. Events carry the moment at which something was so, not the one at which it
// was noticed: fed with the same readings, an engine tells the same story whatever the size of the batches and
// the beat of Tick. Replay uses that to tell a rule's past with the very code that guards the present.
//
// An Engine belongs to one goroutine, ingest's. Route, Replay, Sentence and Presets keep nothing and may be
// called from any.
package rules
