package views

// Alert is the page of one alert: its whole life.
type Alert struct {
	Page
	Card     AlertCard
	Life     []LifeStep
	Messages []Notice
	History  *History // how the sensor went around it, nil when it is about none
}

// LifeStep is one thing that happened to an alert.
type LifeStep struct {
	Tone, Icon string
	At         Moment
	Text       string
}

// Notice is a message about an alert, sent or on its way.
type Notice struct {
	Tone, Icon string
	Name       string // who it is for
	Text       string // what it says and how that went
	At         Moment
	Error      string
}
