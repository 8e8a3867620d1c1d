package ingest

import (
	"context"
	"math"
	"strings"
	"time"

	"furrow/sensors"
)

// post is a set of readings that came by name.
type post struct {
	readings []sensors.Posted
	adopt    bool  // adopts the devices that are not part of the farm
	index    []int // which of readings each observation is
	outcome  sensors.PostOutcome
	done     chan error
}

func (p *post) reject(observation int, sentence string) {
	p.outcome.Rejected = append(p.outcome.Rejected, sensors.Rejection{Index: p.index[observation], Error: sentence})
}

// Post stores readings that came by name, over REST or from a file, and returns when they are on the disk.
// What cannot be stored is told reading by reading; the rest is stored.
func (in *Ingest) Post(ctx context.Context, readings []sensors.Posted) (sensors.PostOutcome, error) {
	return in.store(ctx, &post{readings: readings, done: make(chan error, 1)})
}

// Import is Post for somebody who may also adopt the readings' devices, whatever the farm's policy is.
func (in *Ingest) Import(ctx context.Context, readings []sensors.Posted, adopt bool) (sensors.PostOutcome, error) {
	return in.store(ctx, &post{readings: readings, adopt: adopt, done: make(chan error, 1)})
}

func (in *Ingest) store(ctx context.Context, p *post) (sensors.PostOutcome, error) {
	if err := in.submit(ctx, job{post: p}); err != nil {
		return sensors.PostOutcome{}, err
	}
	select {
	case err := <-p.done:
		if err != nil {
			return sensors.PostOutcome{}, err
		}
		return p.outcome, nil
	case <-in.stopped:
		return sensors.PostOutcome{}, errClosing
	}
}

// planPost makes a delivery of posted readings.
func (in *Ingest) planPost(_ context.Context, p *post) *sensors.Delivery {
	now := in.Now()
	d := &sensors.Delivery{ReceivedAt: sensors.MilliOf(now), Adopt: p.adopt}
	d.Decoded.Dialect = "posted"
	p.index, p.outcome = p.index[:0], sensors.PostOutcome{}
	described := map[string]bool{}
	for i, r := range p.readings {
		if sentence := checkPosted(r, now); sentence != "" {
			p.outcome.Rejected = append(p.outcome.Rejected, sensors.Rejection{Index: i, Error: sentence})
			continue
		}
		key := in.catalog.keyOf(r.Device, r.Zone)
		if r.Zone != "" && !described[key] {
			described[key] = true
			d.Decoded.Descriptions = append(d.Decoded.Descriptions, sensors.Description{Device: key, Zone: r.Zone, Name: r.Device})
		}
		quality := sensors.Good
		if !r.Metric.Info().Plausible(r.Value) {
			quality = sensors.Suspect
		}
		p.index = append(p.index, i)
		d.Decoded.Observations = append(d.Decoded.Observations,
			sensors.Observation{Device: key, Metric: r.Metric, Channel: r.Channel, Value: r.Value, At: r.At, Quality: quality})
	}
	return d
}

// firstPosted is the first time that is believed: clocks that were never set count from 1970.
const firstPosted = sensors.Milli(365 * 86_400_000)

// checkPosted says what is wrong with a reading, "" when nothing is.
func checkPosted(r sensors.Posted, now time.Time) string {
	switch {
	case strings.TrimSpace(r.Device) == "" || sensors.CleanName(r.Device) != strings.TrimSpace(r.Device):
		return "device must be a name of at most 80 characters that can be printed"
	case r.Zone != "" && sensors.CleanName(r.Zone) != strings.TrimSpace(r.Zone):
		return "zone must be a name of at most 80 characters that can be printed"
	case !validMetric(r.Metric):
		return "metric must be a name like soil_moisture: lower-case letters, digits and underscores"
	case math.IsNaN(r.Value) || math.IsInf(r.Value, 0):
		return "value must be a number"
	case r.At != 0 && r.At < firstPosted:
		return "the time must not be before 1971; is the device's clock set?"
	case r.At > sensors.MilliOf(now.Add(24*time.Hour)):
		return "the time is more than a day in the future"
	}
	return ""
}

// validMetric accepts known metrics and names of the same form.
func validMetric(m sensors.MetricID) bool {
	if m.Known() {
		return true
	}
	if len(m) == 0 || len(m) > 64 {
		return false
	}
	for i := range len(m) {
		if c := m[i]; !(c >= 'a' && c <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}

// keyOf finds the device that somebody means: by its key, within the zone first, else by its name if only
// one has that. An unknown one gets the key it would have under Furrow's own topics.
func (c *catalog) keyOf(device, zone string) string {
	device = strings.TrimSpace(device)
	full := device
	if zone = strings.TrimSpace(zone); zone != "" {
		full = zone + "/" + device
	}
	if c.devices[full] != nil {
		return full
	}
	if c.devices[device] != nil {
		return device
	}
	found, n := full, 0
	for _, d := range c.byID {
		if d.Name != device || d.Status == sensors.DeviceRemoved {
			continue
		}
		if z, ok := c.zone(d.Zone); zone == "" || ok && strings.EqualFold(z.Name, zone) {
			found = d.Key
			n++
		}
	}
	if n == 1 {
		return found
	}
	return full
}
