package simulate

import (
	"time"

	"furrow/sensors"
)

// chunk is about how many readings Backfill hands over at once.
const chunk = 20_000

// The end of a back-fill is what people look at first, and closely.
const (
	recentDay  = 25 * 3600 * 1000 // ms that are told five times as finely
	recentHour = 65 * 60 * 1000   // ms that are told in full
)

// Backfill computes what the farm's devices sent after from and until to, at most one message of a device in
// every (finer in the last day, all of them in the last hour), and hands it to submit in chunks, the oldest
// first and the devices of a chunk one after the other. A chunk may be kept only until submit returns; its
// error ends the back-fill. Messages go on where it ended: Next begins after to.
//
// The readings are those that the messages of that time hold, under the names that the payload decoder gives
// them, with the zone that the device stands in.
func (f *Farm) Backfill(from, to time.Time, every time.Duration, submit func([]sensors.Posted) error) error {
	begin, end, pace := from.UnixMilli(), to.UnixMilli(), every.Milliseconds()
	f.begin(min(f.start, begin+warmUp/2*1000))
	f.expect(begin)
	p := past{by: make([][]sensors.Posted, len(f.devices)), submit: submit}
	for f.queue[0].due <= end {
		d := f.queue[0]
		if values, speaks := f.measure(d); speaks {
			p.add(d, values)
		}
		switch left := end - d.due; {
		case left < recentHour:
			d.skip(0)
		case left < recentDay:
			d.skip(pace / 5)
		default:
			d.skip(pace)
		}
		f.postpone(d)
		if p.held >= chunk {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	f.expect(max(end, f.start))
	return p.flush()
}

// skip goes to the device's next turn that comes in a step of at least every milliseconds. What is sent
// because something changed is not skipped.
func (d *device) skip(every int64) {
	stride := int64(1)
	if !d.plan.onChange {
		stride = max(1, (every+d.every-1)/d.every)
	}
	d.turn += stride - d.turn%stride
}

// past gathers readings by device until there are enough for a chunk.
type past struct {
	by     [][]sensors.Posted
	held   int
	chunk  []sensors.Posted
	submit func([]sensors.Posted) error
}

// add keeps what a device measured in its turn.
func (p *past) add(d *device, values []float64) {
	at := sensors.Milli(d.due - d.due%1000)
	mine := p.by[d.number]
	for i := range d.plan.probes {
		of := &d.plan.probes[i]
		mine = append(mine, sensors.Posted{Zone: d.zone, Device: d.key, Metric: of.metric, Channel: of.channel, Value: values[i], At: at})
	}
	p.by[d.number] = mine
	p.held += len(values)
}

func (p *past) flush() error {
	p.chunk, p.held = p.chunk[:0], 0
	for i, mine := range p.by {
		p.chunk = append(p.chunk, mine...)
		p.by[i] = mine[:0]
	}
	if len(p.chunk) == 0 {
		return nil
	}
	return p.submit(p.chunk)
}
