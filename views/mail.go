package views

// MailForm is the page of the mail server.
type MailForm struct {
	Page
	Edit       Fields
	Securities []Choice
	Set, Known bool // a server is set, and its password is kept
}
