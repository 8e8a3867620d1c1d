package views

// AlertHistory is the page of alerts that are over.
type AlertHistory struct {
	Page
	Filter  Fields
	Rules   []Choice
	Times   []Choice
	Rows    []AlertRow
	Older   string // address of the next page, "" for none
	Counted string
}

// AlertRow is one alert of the history.
type AlertRow struct {
	ID, Tone, Icon string
	Title          string
	When           string
	Facts          []string
	By             string // who did what
}
