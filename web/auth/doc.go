// Package auth holds what Furrow knows about people and programs that sign in: roles and what they may do,
// passwords, sessions, API tokens, and the patience with wrong passwords. It stores nothing and imports
// nothing of Furrow; db keeps its types, web asks them.
//
// Everything is safe to use from any goroutine.
package auth
