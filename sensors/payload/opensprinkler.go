package payload

import (
	"strings"
)

// OpenSprinkler, an irrigation controller: <base>/station/<n>, <base>/sensor/flow, <base>/sensor1.

func claimsOpenSprinkler(_ *Decoder, m *message) bool {
	if m.marks&(markState|markFlow) == 0 || len(m.path) < 2 {
		return false
	}
	state := m.root.Get("state").Exists()
	switch last := m.last(0); {
	case m.last(1) == "station" && len(m.path) > 2:
		return state && strings.Trim(last, "0123456789") == ""
	case m.last(1) == "sensor" && last == "flow" && len(m.path) > 2:
		return m.root.Get("count").Exists() || m.root.Get("volume").Exists()
	case last == "sensor1", last == "sensor2", last == "raindelay":
		return state
	}
	return false
}

func decodeOpenSprinkler(_ *Decoder, m *message) {
	m.idle = true
	switch last := m.last(0); {
	case m.last(1) == "station":
		m.take(m.owner(m.above(2)), naming{metric: "valve", channel: last}, m.root.Get("state"), moment{})
	case last == "flow": // the volume of a pulse is set in the controller
		device := m.owner(m.above(2))
		m.take(device, naming{metric: "pulse_count", channel: last}, m.root.Get("count"), moment{})
		m.take(device, naming{metric: "water_volume", channel: last}, m.root.Get("volume"), moment{})
	case last != "raindelay": // of rain or soil, as it was set
		m.take(m.owner(m.above(1)), naming{metric: "contact", channel: last}, m.root.Get("state"), moment{})
	}
}
