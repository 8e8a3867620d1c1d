package views

// People is the page on which the owner lets others in.
type People struct {
	Page
	Rows  []PersonRow
	Roles []Choice
	New   Fields
}

// PersonRow is one person of the list.
type PersonRow struct {
	ID, Name, Email, Role string
	Self                  bool // it is the viewer
	Fields                Fields
	Open                  bool
}
