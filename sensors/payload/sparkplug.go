package payload

import (
	"slices"
	"strings"
	"sync"

	"furrow/sensors"
)

// Sparkplug B: <namespace>/<group>/<kind>/<edge>[/<device>] with a protobuf. Births name all metrics and may
// give them numbers (aliases), which is all that later messages carry.

// births holds what births taught, by <group>/<edge>.
type births struct {
	mu    sync.Mutex
	edges map[string]*edge
	names int // of all edges
}

// edge is one gateway: aliases are unique within it.
type edge struct {
	names   map[uint64]told
	devices []string
}

// told is what a birth said about a metric.
type told struct{ name, unit string }

// Limits of what births may teach.
const (
	maxEdges     = 1000
	maxEdgeNames = 5000
	maxAllNames  = 100_000
)

// sparkKind returns the kind of message if the topic has one, and where in it that stands.
func (m *message) sparkKind() (kind string, at int) {
	if len(m.path) < 4 {
		return "", 0
	}
	switch kind := m.last(1); kind {
	case "NBIRTH", "NDATA", "NDEATH", "NCMD":
		return kind, len(m.path) - 2
	}
	switch kind := m.last(2); kind {
	case "DBIRTH", "DDATA", "DDEATH", "DCMD":
		if len(m.path) > 4 {
			return kind, len(m.path) - 3
		}
	}
	return "", 0
}

func claimsSparkplug(_ *Decoder, m *message) bool {
	kind, _ := m.sparkKind()
	return kind != ""
}

func decodeSparkplug(d *Decoder, m *message) {
	kind, at := m.sparkKind()
	gateway := m.path[at-1] + "/" + m.path[at+1]
	device := strings.Join(append([]string{m.path[at-1]}, m.path[at+1:]...), "/")
	m.idle = true
	switch kind[1:] {
	case "CMD":
		return
	case "DEATH":
		m.present(device, false)
		for _, behind := range d.births.behind(gateway) {
			if kind == "NDEATH" {
				m.present(behind, false)
			}
		}
		return
	}
	metrics, moments, ok := sparkPayload(m.Payload)
	if !ok {
		m.out.Problem = "This is no Sparkplug payload, or a broken one."
		return
	}
	born := kind[1:] == "BIRTH"
	if born {
		m.present(device, true)
		about := sensors.Description{Device: device, Name: m.path[len(m.path)-1]}
		if device != gateway {
			about.Gateway = gateway
		}
		m.describe(about)
	}
	unknown := d.births.resolve(gateway, device, metrics, born, kind == "NBIRTH")
	for _, metric := range metrics {
		m.sparkMetric(device, metric, moments)
	}
	if unknown > 0 {
		m.out.Problem = "The gateway sends numbers whose names it told before Furrow listened; it must send a birth message again (Node Control/Rebirth)."
	}
}

// sparkMetric adds one metric. The segments of its name that do not name a quantity tell several apart.
func (m *message) sparkMetric(device string, metric sparkMetric, at uint64) {
	lower := strings.ToLower(metric.name)
	if metric.name == "" || !metric.numeric || lower == "bdseq" || strings.HasPrefix(lower, "node control/") ||
		strings.HasPrefix(lower, "device control/") || strings.HasPrefix(lower, "properties/") {
		return
	}
	if metric.at > 0 {
		at = metric.at
	}
	when := moment{}
	if at > 0 {
		when = m.clock.epoch(float64(at))
	}
	n, ok := m.names.named(strings.ReplaceAll(metric.name, "/", " "))
	if !ok {
		if n.metric = ownMetric(strings.ReplaceAll(metric.name, "/", " ")); n.metric == "" || metric.boolean {
			return
		}
		n.channel = ""
	}
	if metric.boolean && n.metric.Info().Class != sensors.Switch && n.metric != "battery_low" {
		return
	}
	unit := metric.unit
	if unit == "" {
		unit = n.unit
	}
	m.amount(device, n, metric.value, unit, when)
}

// behind returns the devices of an edge.
func (b *births) behind(gateway string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.edges[gateway]; e != nil {
		return slices.Clone(e.devices)
	}
	return nil
}

// resolve learns the names that a birth tells and fills in those of numbers. It returns how many numbers
// nobody has named.
func (b *births) resolve(gateway, device string, metrics []sparkMetric, born, fresh bool) (unknown int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.edges[gateway]
	if e != nil && fresh {
		b.names -= len(e.names)
		e = nil
	}
	if e == nil {
		if e = (&edge{names: map[uint64]told{}}); born && (len(b.edges) < maxEdges || b.edges[gateway] != nil) {
			b.edges[strings.Clone(gateway)] = e
		}
	}
	if born && device != gateway && len(e.devices) < maxEdges && !slices.Contains(e.devices, device) {
		e.devices = append(e.devices, strings.Clone(device))
	}
	for i := range metrics {
		metric := &metrics[i]
		switch known, ok := e.names[metric.alias]; {
		case metric.name != "":
			if born && metric.hasAlias && (ok || len(e.names) < maxEdgeNames && b.names < maxAllNames) {
				if !ok {
					b.names++
				}
				e.names[metric.alias] = told{metric.name, metric.unit}
			}
		case ok && metric.hasAlias:
			metric.name, metric.unit = known.name, known.unit
		default:
			unknown++
		}
	}
	return unknown
}
