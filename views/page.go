package views

// Page is what stands around every page.
type Page struct {
	Title string
	Nav   string // the tab it belongs to: overview, alerts, devices or settings; "" for a page without tabs
	Farm  string
	Live  string // address of the socket that keeps it current, "" for a page that stays as it is
	Clock Moment // when it was drawn
	New   int    // devices in the inbox
	Note  Note
	Lean  bool // it does without forms and guides, and loads nothing for them
	Chart bool // it has the large chart
	Drawn bool // it has a chart that only the server draws
	Watch bool // it is about alerts and rules
	Bell  Bell
}
