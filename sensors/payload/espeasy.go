package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// ESPEasy: <unit>/<task>/<value> with one value a topic, where <unit>/LWT said "Connected", and the form of
// Domoticz, which many small devices can publish: a number instead of a name, and values without names.

func claimsESPEasy(d *Decoder, m *message) bool {
	if m.json {
		return m.has(markIndex) && m.root.Get("idx").Exists()
	}
	return len(m.path) > 2 && d.stations.get(m.above(2)) == "espeasy"
}

func decodeESPEasy(d *Decoder, m *message) {
	if !m.json {
		decodePlain(d, m)
		return
	}
	device := m.owner("domoticz-" + m.root.Get("idx").String())
	var metrics []sensors.MetricID
	values := strings.Split(m.root.Get("svalue").String(), ";")
	switch len(values) { // the types of Domoticz that have several values
	case 3:
		metrics = []sensors.MetricID{"temperature", "humidity"}
	case 5:
		metrics = []sensors.MetricID{"temperature", "humidity", "", "pressure"}
	default:
		m.out.Problem = "Domoticz's number does not tell what is measured."
	}
	for i, metric := range metrics {
		if metric != "" {
			m.takeText(device, naming{metric: metric}, values[i], moment{})
		}
	}
	if charge := m.root.Get("Battery"); charge.Type == gjson.Number && charge.Num <= 100 {
		m.take(device, naming{metric: "battery"}, charge, moment{})
	}
}
