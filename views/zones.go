package views

// Zones is the page on which zones are set up.
type Zones struct {
	Page
	Rows  []ZoneRow
	Kinds []Choice
	New   Fields
}

// ZoneRow is one zone of the list.
type ZoneRow struct {
	ID, Name, Icon, Kind, Crop string
	Devices                    int
	First, Last                bool
	Fields                     Fields
	Open                       bool // its form is unfolded
}
