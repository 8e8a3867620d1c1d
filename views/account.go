package views

// Account is a person's own page.
type Account struct {
	Page
	Name, Email, Role, RoleHint string
	Password                    Fields
	Sessions                    []SessionRow
}

// SessionRow is one browser that a person is signed in with.
type SessionRow struct {
	ID, Browser, Address string
	Begun, Seen          Moment
	Current              bool
}
