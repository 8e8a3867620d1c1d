// Package web is what people see: every page, the forms on them and the socket that keeps them current.
// routes.go is the product on one screen: each address with who may use it.
//
// Handlers run on their request's goroutine. They read from the board and the history, which any goroutine
// may do, and change the farm only through ingest's edits. Server.Run owns the rendering of live fragments.
// Only cmd/furrow makes a Server.
package web
