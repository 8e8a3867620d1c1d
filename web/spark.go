package web

import (
	"context"
	"sync"
	"time"

	"furrow/sensors"
	"furrow/views/chart"
)

// sparkFresh is how long a small chart of a day is good for: a tenth of one of its points. That there is
// nothing to draw is looked at again sooner, for a first reading or an import may change it any moment.
const (
	sparkFresh = 2 * time.Minute
	emptyFresh = 2 * time.Second
)

// sparkCache keeps the small charts of the last day, which many pages show and which change slowly. Any
// goroutine may ask.
type sparkCache struct {
	mu   sync.Mutex
	kept map[sensors.SensorID]keptSpark
}

type keptSpark struct {
	spark *chart.Spark
	at    time.Time
}

func (k keptSpark) fresh(now time.Time) bool {
	if k.spark == nil {
		return now.Sub(k.at).Abs() < emptyFresh
	}
	return now.Sub(k.at).Abs() < sparkFresh
}

// of returns the small charts of sensors, nil for those with nothing to show. now is the farm's clock.
func (k *sparkCache) of(ctx context.Context, history History, now time.Time, ids []sensors.SensorID) (map[sensors.SensorID]*chart.Spark, error) {
	out := make(map[sensors.SensorID]*chart.Spark, len(ids))
	var missing []sensors.SensorID
	k.mu.Lock()
	for _, id := range ids {
		if kept, ok := k.kept[id]; ok && kept.fresh(now) {
			out[id] = kept.spark
		} else {
			missing = append(missing, id)
		}
	}
	k.mu.Unlock()
	if len(missing) == 0 {
		return out, nil
	}
	const width = 20 * time.Minute
	to := sensors.MilliOf(now) + 1
	from := sensors.BucketStart(to-sensors.Milli(sparkPast.Milliseconds()), width)
	all, err := history.Buckets(ctx, missing, from, to, width)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) > 4096 {
		k.kept = map[sensors.SensorID]keptSpark{}
	}
	for i, id := range missing {
		out[id] = chart.NewSpark(all[i], from, to, width)
		k.kept[id] = keptSpark{out[id], now}
	}
	return out, nil
}

// sparkRange writes the lowest and highest value of a small chart.
func (s *Server) sparkRange(metric sensors.MetricID, spark *chart.Spark) string {
	info := metric.Info()
	if spark == nil || info.Class == sensors.Switch {
		return ""
	}
	units := s.units()
	low, high := info.Format(units, spark.Low), info.Format(units, spark.High)
	if low == high {
		return low
	}
	return low + " to " + high
}
