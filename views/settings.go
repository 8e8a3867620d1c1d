package views

// Settings is the list of what can be set up.
type Settings struct {
	Page
	Person, Role      string
	Configure, Manage bool
	Connect           Connection
	Simulated         Simulated
	Version, Commit   string
	Go                string
	Told              string // who is told about alerts, and what fails; "" for nobody
}
