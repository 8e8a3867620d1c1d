package history

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"furrow/sensors"
)

// model is what the history must hold.
type model map[sensors.SensorID]map[sensors.Milli]sensors.Reading

// sorted returns the readings of a sensor in the order of time.
func (m model) sorted(id sensors.SensorID) []sensors.Reading {
	out := make([]sensors.Reading, 0, len(m[id]))
	for _, r := range m[id] {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b sensors.Reading) int { return cmp.Compare(a.At, b.At) })
	return out
}

// within returns the part of sorted readings with from <= At < to.
func within(sorted []sensors.Reading, from, to sensors.Milli) []sensors.Reading {
	before := func(at sensors.Milli) int {
		i, _ := slices.BinarySearchFunc(sorted, at, func(r sensors.Reading, at sensors.Milli) int { return cmp.Compare(r.At, at) })
		return i
	}
	return sorted[before(from):max(before(from), before(to))]
}

// sums returns the buckets of sorted readings.
func sums(sorted []sensors.Reading, from, to, step sensors.Milli) []sensors.Bucket {
	var out []sensors.Bucket
	var open sum
	start := sensors.Milli(-1)
	flush := func() {
		if open.n > 0 {
			out = append(out, open.bucket(start))
		}
		open = sum{}
	}
	for _, r := range within(sorted, from, to) {
		if s := from + (r.At-from)/step*step; s != start {
			flush()
			start = s
		}
		if r.Quality == sensors.Good {
			open.add(r.Value)
		}
	}
	flush()
	return out
}

// TestHistoryEqualsAMap drives the engine with random batches (shuffled, late, duplicate, corrected, suspect,
// stamped on arrival), seals and re-openings, and compares everything it answers with a plain map.
func TestHistoryEqualsAMap(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			compareWithMap(t, seed)
		})
	}
}

func compareWithMap(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	f := newFarm(t)
	ids := []sensors.SensorID{1, 2, 3}
	f.sensors(ids...)
	want := model{1: {}, 2: {}, 3: {}}
	clock := day0
	for round := range 60 {
		rs := randomBatch(rnd, ids, &clock)
		stamped := make([]bool, len(rs))
		for i := range stamped {
			stamped[i] = rnd.IntN(8) == 0
		}
		wantRs, wantDup := want.add(rs, stamped)
		if dup := f.appendStamped(rs, stamped); !slices.Equal(dup, wantDup) || !slices.Equal(rs, wantRs) {
			t.Fatalf("round %d: duplicates %v, want %v; readings %v, want %v", round, dup, wantDup, rs, wantRs)
		}
		switch rnd.IntN(6) {
		case 0:
			if err := f.Seal(context.Background(), (clock - sensors.Milli(rnd.Int64N(2*dayMillis))).Time()); err != nil {
				t.Fatal(err)
			}
		case 1:
			f = openFarm(t, f.file) // as after a kill: nothing was closed
		}
		f.compare(want, rnd, clock)
	}
}

// add returns where the readings of a batch go, and which of them replace others.
func (m model) add(rs []sensors.Reading, stamped []bool) (placed []sensors.Reading, dup []bool) {
	placed, dup = slices.Clone(rs), make([]bool, len(rs))
	for i := range placed {
		r := &placed[i]
		_, taken := m[r.Sensor][r.At]
		for ; taken && stamped[i]; _, taken = m[r.Sensor][r.At] {
			r.At++
		}
		dup[i] = taken
		m[r.Sensor][r.At] = *r
	}
	return placed, dup
}

func randomBatch(rnd *rand.Rand, ids []sensors.SensorID, clock *sensors.Milli) []sensors.Reading {
	var rs []sensors.Reading
	for range 1 + rnd.IntN(400) {
		*clock += sensors.Milli(rnd.Int64N(120_000))
		at := *clock
		switch rnd.IntN(20) {
		case 0:
			at -= sensors.Milli(rnd.Int64N(3 * dayMillis)) // late
		case 1:
			if len(rs) > 0 {
				at = rs[rnd.IntN(len(rs))].At // again
			}
		}
		if rnd.IntN(3) > 0 {
			at -= at % 1000
		}
		r := sensors.Reading{Sensor: ids[rnd.IntN(len(ids))], At: max(at, day0), Value: float64(rnd.IntN(4000)-1000) / 10}
		if rnd.IntN(50) == 0 {
			r.Value = rnd.NormFloat64() * 1e9
		}
		if rnd.IntN(15) == 0 {
			r.Quality = sensors.Suspect
		}
		rs = append(rs, r)
	}
	if rnd.IntN(4) == 0 {
		rnd.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
	}
	return rs
}

func (f *farm) compare(want model, rnd *rand.Rand, clock sensors.Milli) {
	f.t.Helper()
	for id := range want {
		from := day0 + sensors.Milli(rnd.Int64N(int64(clock-day0)+1))
		to := from + sensors.Milli(rnd.Int64N(2*dayMillis))
		all := want.sorted(id)
		if got, want := f.all(id, from, to), within(all, from, to); !slices.Equal(got, want) {
			f.t.Fatalf("sensor %d, %v to %v: got %d readings, want %d", id, from.Time(), to.Time(), len(got), len(want))
		}
		for _, width := range []sensors.Milli{60_000, 7 * 60_000, hourMillis, 6 * hourMillis, dayMillis, 2 * dayMillis} {
			begin := sensors.BucketStart(from, time.Duration(width)*time.Millisecond)
			got, err := f.Buckets(context.Background(), []sensors.SensorID{id}, begin, clock+1, time.Duration(width)*time.Millisecond)
			if err != nil {
				f.t.Fatal(err)
			}
			f.sameBuckets(got[0], sums(all, begin, clock+1, width))
		}
		last, err := f.Last(context.Background(), []sensors.SensorID{id})
		if err != nil {
			f.t.Fatal(err)
		}
		if len(all) > 0 && (len(last) != 1 || last[0] != all[len(all)-1]) {
			f.t.Fatalf("last of sensor %d: got %v, want %v", id, last, all[len(all)-1])
		}
	}
}

func (f *farm) sameBuckets(got, want []sensors.Bucket) {
	f.t.Helper()
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }
	same := slices.EqualFunc(got, want, func(a, b sensors.Bucket) bool {
		return a.From == b.From && a.Count == b.Count && a.Min == b.Min && a.Max == b.Max && near(a.Mean, b.Mean)
	})
	if !same {
		f.t.Fatalf("buckets:\n got %v\nwant %v", got, want)
	}
}
