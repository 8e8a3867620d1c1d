package views

// Tokens is the page on which programs are let in.
type Tokens struct {
	Page
	Rows   []TokenRow
	Scopes []Choice
	New    Fields
}

// TokenRow is one token of the list.
type TokenRow struct {
	ID, Name, Scope, Used string
	Created               Moment
}
