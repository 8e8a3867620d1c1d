package sensors

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Units is the system that people read values in; storage is always in base units.
type Units string

const (
	MetricUnits   Units = "metric"
	ImperialUnits Units = "imperial"
)

// Farm is the place all the rest belongs to. There is one per data folder.
type Farm struct {
	Name      string
	TimeZone  string // IANA name, such as "Europe/Amsterdam"
	Latitude  float64
	Longitude float64 // decimal degrees, WGS 84; both zero when the place is not known
	Units     Units
	Clock12   bool // times as 3:04 pm instead of 15:04
	CreatedAt time.Time
}

// Placed reports whether the farm's coordinates are known.
func (f Farm) Placed() bool { return f.Latitude != 0 || f.Longitude != 0 }

// Location returns the farm's time zone, UTC when it has none that this machine knows.
func (f Farm) Location() *time.Location {
	loc, err := time.LoadLocation(f.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Validate returns an Invalid for what a person must correct.
func (f Farm) Validate() error {
	bad := Invalid{}
	CheckName(bad, "name", f.Name, "Give the farm a name.")
	if _, err := time.LoadLocation(f.TimeZone); err != nil || f.TimeZone == "" || f.TimeZone == "Local" {
		bad.Add("time_zone", "Choose a time zone from the list, such as Europe/Amsterdam.")
	}
	if f.Latitude < -90 || f.Latitude > 90 || f.Latitude != f.Latitude {
		bad.Add("latitude", "Latitude is a number from -90 (south) to 90 (north).")
	}
	if f.Longitude < -180 || f.Longitude > 180 || f.Longitude != f.Longitude {
		bad.Add("longitude", "Longitude is a number from -180 (west) to 180 (east).")
	}
	if f.Units != MetricUnits && f.Units != ImperialUnits {
		bad.Add("units", "Choose metric or imperial units.")
	}
	return bad.Err()
}

// MaxName is the longest name of anything, in characters.
const MaxName = 80

// CheckName notes in bad what is wrong with a name a person typed: missing, too long, or not text.
func CheckName(bad Invalid, field, name, missing string) {
	switch {
	case strings.TrimSpace(name) == "":
		bad.Add(field, missing)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, isControl):
		bad.Add(field, "Use only letters, digits and signs that can be printed.")
	case utf8.RuneCountInString(name) > MaxName:
		bad.Add(field, "Use at most 80 characters.")
	}
}

// CleanName makes a name out of foreign text: control characters and surrounding space go, and what is
// longer than MaxName is cut.
func CleanName(text string) string { return CleanText(text, MaxName) }

// CleanText is CleanName for text of at most so many characters.
func CleanText(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if isControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text))
	if utf8.RuneCountInString(text) > most {
		text = strings.TrimSpace(string([]rune(text)[:most]))
	}
	return text
}

// isControl also refuses the characters that reorder or hide text on a page.
func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
