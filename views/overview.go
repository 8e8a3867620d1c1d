package views

// Overview is the farm on one page.
type Overview struct {
	Page
	Attention Attention
	Cards     []ZoneCard
	Guide     *ConnectGuide // shown until the first sensor is heard
}

// Attention is the sentence above everything, and what it counts.
type Attention struct {
	Headline, Summary string
	Needs             []Need // the gravest first
}

// shownNeeds is how many needs are listed at once; the others unfold.
const shownNeeds = 5

func (a Attention) first() []Need { return a.Needs[:min(len(a.Needs), shownNeeds)] }
func (a Attention) rest() []Need  { return a.Needs[min(len(a.Needs), shownNeeds):] }

// Need is one thing that somebody should look at, and where.
type Need struct {
	Tone, Icon, Title, Text, Href string
	Answer                        string // the alert that "Got it" answers, "" for none
	Seen                          bool   // somebody knows of it
}

// ZoneCard is a zone on the overview: its state in words and the few values that matter most there.
type ZoneCard struct {
	ID               string // "0" collects what is in no zone
	Name, Crop, Icon string
	State            State
	Hero             *Measured // nil in a zone without sensors
	Minis            []Measured
}
