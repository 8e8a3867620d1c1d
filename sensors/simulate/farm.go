package simulate

import (
	"container/heap"
	"math"
	"time"
)

// Options say where and when a simulated farm lives, and how large it is.
type Options struct {
	Start               time.Time
	Latitude, Longitude float64        // degrees
	Location            *time.Location // of the clock on the farm's walls; nil is UTC
	// Seed makes clouds, noise and people: farms with the same options live the same life.
	Seed    uint64
	Devices int // how many; 0 is the standard farm
}

// Farm is a simulated farm: a world and the devices that measure it.
type Farm struct {
	place    place
	location *time.Location
	start    int64 // of the life that Next tells, ms
	world    *world
	devices  []*device
	queue    queue // the devices, by what is due next
	ready    bool  // queue is ordered, world exists

	measured measuring
	batch    []Message
}

// Message is what a device publishes. Nothing is retained, for a simulated farm leaves nothing behind on the
// broker that it talks to.
type Message struct {
	Topic   string
	Payload []byte
	Retain  bool
	At      time.Time
}

// New returns a farm whose first message comes after o.Start. It costs little; the weeks of weather that
// soils and stores need to be what they are then are computed by Backfill or the first Next.
func New(o Options) *Farm {
	if o.Location == nil {
		o.Location = time.UTC
	}
	f := &Farm{place: place{seed: seed(o.Seed), latitude: o.Latitude, longitude: o.Longitude}, location: o.Location, start: o.Start.UnixMilli()}
	f.devices = install(standard(), o.Devices, f.place.seed, f.start)
	f.queue = append(f.queue, f.devices...)
	return f
}

// Next returns the next moment at which devices send, and what they send then, in order. The slice, but not
// what it holds, is used again by the next call.
func (f *Farm) Next() (at time.Time, batch []Message) {
	if !f.ready {
		f.begin(f.start)
		f.expect(f.start)
	}
	f.batch = f.batch[:0]
	due := int64(math.MinInt64)
	for len(f.batch) == 0 || f.queue[0].due == due {
		d := f.queue[0]
		due = d.due
		if values, speaks := f.measure(d); speaks {
			f.batch = d.plan.dialect.write(d, values, time.UnixMilli(due).In(f.location), f.batch)
		}
		d.turn++
		f.postpone(d)
	}
	return time.UnixMilli(due), f.batch
}

// begin makes a world that has lived for long enough before a moment in milliseconds.
func (f *Farm) begin(milli int64) {
	f.world = newWorld(f.place, f.location, anchor(milli/1000))
	f.measured.world = f.world
}

// expect orders the queue by what comes after a moment in milliseconds.
func (f *Farm) expect(milli int64) {
	for _, d := range f.devices {
		d.seek(milli)
	}
	heap.Init(&f.queue)
	f.ready = true
}

// postpone puts the first device of the queue where its next turn belongs.
func (f *Farm) postpone(d *device) {
	d.due = d.moment(d.turn)
	heap.Fix(&f.queue, 0)
}

// measure returns what a device measures in its turn, valid until the next call, and whether it sends that.
func (f *Farm) measure(d *device) (values []float64, speaks bool) {
	if d.silent(d.due) {
		return nil, false
	}
	f.world.reach(d.due / 1000)
	return f.measured.take(d)
}

// Worlds begin at moments that all farms of a place share, so that a farm that starts again finds the world
// it left.
const (
	epoch  = 28 * 86400 // s
	warmUp = 42 * 86400 // s that a world lives at the least before the farm starts; the past may want half
)

func anchor(unix int64) int64 {
	unix -= warmUp
	return unix - unix%epoch
}

// queue is a heap of devices, the next one to send first.
type queue []*device

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].due < q[j].due || q[i].due == q[j].due && q[i].number < q[j].number
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*device)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
