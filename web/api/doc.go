// Package api is Furrow for programs: REST under /api/v1 with problem details for errors and an OpenAPI 3.1
// document made from the handlers themselves, the WebSocket stream of changes, and the health, version and
// metrics endpoints beside it.
//
// web mounts it on the same echo; every handler runs on its request's goroutine. It reads from the board, the
// history and the alerts' log, and changes the farm only through ingest. Previewer, which tells what a rule would
// have done, serves the rule form too.
package api
