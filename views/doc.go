// Package views draws the pages: a templ component for each page and for each part of one that is kept
// current, and the view models they are drawn from. A view model is shaped like its page, with every text,
// unit and tone decided already, so that views know neither the board nor the database.
//
// Everything here is a function of its arguments; any goroutine may draw. web calls it, nobody else.
package views
