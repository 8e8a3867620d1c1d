package views

import "furrow/views/chart"

// Sensor is the page of one sensor.
type Sensor struct {
	Page
	Head    SensorHead
	History History
}

// SensorHead is what a sensor is, and what it says now.
type SensorHead struct {
	Now              Measured
	State            State
	Device, DeviceID string
	Zone, ZoneID     string // "" when it is in no zone
}

// History is how a sensor's value went over some time.
type History struct {
	SensorID string
	Ranges   []RangeLink
	Custom   CustomRange
	Chart    chart.Chart
	Element  ChartElement
	Legend   bool // there is a band between lowest and highest
	Limits   []LimitKey
	// Configure says that the viewer may make a rule about it.
	Configure bool
	Summary   string
	Stats     []Stat
	Rows      []HistoryRow
	Headings  [4]string
	CSV       string // address of the readings as a file
}

// LimitKey names a limit and the rule that it is from.
type LimitKey struct{ RuleID, Text string }

// Empty reports whether nothing was measured in this time.
func (h History) empty() bool { return h.Chart.Line == "" }

// RangeLink is one of the times that can be looked at.
type RangeLink struct {
	Href, Label, Name string
	Current           bool
}

// CustomRange is a time that somebody types in: from and to, as a browser's field for a local time has them.
type CustomRange struct {
	Fields
	Open bool
}

// ChartElement is what the script of the chart needs to know.
type ChartElement struct {
	Src, Name, Unit string
	Decimals        int
	Least, Floor    string // of the value axis; Floor "" for none
	Zone, Clock     string
	Words           string // names of 0 and 1 of a switch, with a comma between
	Fixed           bool   // the time does not go on
}

// Stat is one number about the whole time.
type Stat struct{ Label, Value, Unit, Sub string }

// HistoryRow is one line of the chart as a table.
type HistoryRow struct {
	At              Moment
	Low, Mean, High string
}
