package views

// Zone is the page of one zone.
type Zone struct {
	Page
	Head    ZoneHead
	Devices []ZoneDevice
}

// ZoneHead is what a zone is and how it does.
type ZoneHead struct {
	Name, About, Icon string
	State             State
}

// ZoneDevice is one device of a zone with all it measures.
type ZoneDevice struct {
	ID, Name, About string
	State           Presence
	Values          []Value
}
