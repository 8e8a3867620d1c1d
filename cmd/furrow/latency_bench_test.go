package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// BenchmarkPublishToAPI measures from a publish to the answer of the API that holds it, by way of the disk.
// The yardstick is bare mochi passing a message from one client to another, which stores nothing.
func BenchmarkPublishToAPI(b *testing.B) {
	s := launch(b, "", shipped(b, build(b), b.TempDir()))
	s.dir = s.cmd.Args[3]
	p := s.program("read")
	device := dial(b, s, "probe", "", "")
	bare := yardstick(b, "mochi")
	from, to := dial(b, bare, "from", "", ""), dial(b, bare, "to", "", "")
	to.subscribe("probe")
	device.publish("farm/z/probe/co2", "1", 1)
	sensor := listOf[apiSensor](p, "/api/v1/sensors")[0].ID

	var ours, passed []time.Duration
	for n := 2; b.Loop(); n++ {
		begun := time.Now()
		device.publish("farm/z/probe/co2", fmt.Sprint(n), 1)
		for p.newest(sensor) != float64(n) {
		}
		ours = append(ours, time.Since(begun))

		begun = time.Now()
		from.publish("probe", fmt.Sprint(n), 1)
		to.receive()
		passed = append(passed, time.Since(begun))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(ours, 0.5), "ms-p50")
	b.ReportMetric(quantile(ours, 0.99), "ms-p99")
	b.ReportMetric(quantile(passed, 0.5), "yardstick-ms-p50")
	b.ReportMetric(quantile(ours, 0.5)/quantile(passed, 0.5), "x-yardstick")
}

// newest asks the API for a sensor's newest value.
func (p *program) newest(sensor string) float64 {
	p.t.Helper()
	var list struct{ Items []apiSensor }
	p.get("/api/v1/sensors?limit=1", &list)
	if len(list.Items) != 1 || list.Items[0].ID != sensor {
		p.t.Fatalf("sensors: got %+v", list.Items)
	}
	return list.Items[0].Last.Value
}

func (c *mqttClient) subscribe(filter string) {
	c.t.Helper()
	s := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	s.MessageID, s.Topics, s.Qoss = 1, []string{filter}, []byte{0}
	if err := s.Write(c.conn); err != nil {
		c.t.Fatal(err)
	}
	c.receive()
}

// receive returns when a packet has come.
func (c *mqttClient) receive() {
	c.t.Helper()
	if _, err := packets.ReadPacket(c.conn); err != nil {
		c.t.Fatal(err)
	}
}

// BenchmarkPublishToFrame measures from a publish to the WebSocket frame that shows it on an open overview:
// the first change after a quiet second, and under load. What one frame for each reading would cost is
// measured with a hundred viewers and reckoned up to as many as there are.
func BenchmarkPublishToFrame(b *testing.B) {
	program := build(b)
	b.Run("quiet", func(b *testing.B) { quietFrames(b, program) })
	for _, load := range []struct{ rate, viewers int }{{100, 100}, {1000, 100}, {1000, 1000}} {
		b.Run(fmt.Sprintf("%d-readings-%d-viewers", load.rate, load.viewers), func(b *testing.B) {
			for b.Loop() {
				loadedFrames(b, program, load.rate, load.viewers)
			}
		})
	}
}

func quietFrames(b *testing.B, program string) {
	s, ada := watchedFarm(b, program, 1)
	probe := dial(b, s, "probe", "", "")
	v := ada.look()
	v.latest(probe, 0)
	var all []time.Duration
	for n := 1; b.Loop(); n++ {
		time.Sleep(1100 * time.Millisecond)
		all = append(all, v.latest(probe, n))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(all, 0.5), "ms-p50")
	b.ReportMetric(quantile(all, 0.99), "ms-p99")
}

const loadTime = 5 * time.Second

func loadedFrames(b *testing.B, program string, rate, viewers int) {
	s, ada := watchedFarm(b, program, 10)
	probe := dial(b, s, "probe", "", "")
	v := ada.look()
	v.latest(probe, 0)
	var frames atomic.Int64
	for range viewers - 1 {
		other := ada.look()
		go other.count(&frames)
	}
	stop := publishing50(b, s.mqtt, rate)
	before, begun := s.busy(), time.Now()
	var all []time.Duration
	for n := 1; time.Since(begun) < loadTime; n++ {
		time.Sleep(rand.N(300 * time.Millisecond)) // so that it does not keep step with the pages
		all = append(all, v.latest(probe, n))
	}
	cores := (s.busy() - before).Seconds() / time.Since(begun).Seconds()
	stop()
	s.kill()

	each := oneFrameAReading(b, rate)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(all, 0.5), "ms-p50")
	b.ReportMetric(quantile(all, 0.99), "ms-p99")
	b.ReportMetric(cores, "cores")
	b.ReportMetric(each*float64(rate*viewers), "yardstick-cores")
	b.ReportMetric(cores/(each*float64(rate*viewers)), "x-yardstick")
	b.ReportMetric(float64(frames.Load())/float64(viewers-1)/loadTime.Seconds(), "frames/s/viewer")
}

// oneFrameAReading is the processor time in seconds that the frames yardstick takes for a frame, its broker's
// share included.
func oneFrameAReading(b *testing.B, rate int) float64 {
	b.Helper()
	s := yardstick(b, "frames")
	var frames atomic.Int64
	for range 100 {
		go open(b, "ws://"+s.http, http.DefaultClient, nil).count(&frames)
	}
	stop := publishing50(b, s.mqtt, rate)
	before, already := s.busy(), frames.Load()
	time.Sleep(loadTime)
	used, sent := s.busy()-before, frames.Load()-already
	stop()
	s.kill()
	return used.Seconds() / float64(sent)
}

// watchedFarm starts furrow with sensors that have been adopted in so many zones, besides the probe's.
func watchedFarm(b *testing.B, program string, zones int) (*server, *browser) {
	b.Helper()
	s := launch(b, "", shipped(b, program, b.TempDir(), "--adopt", "auto"))
	ada := s.browser()
	ada.setUp()
	c := dial(b, s, "first", "", "")
	c.publish("farm/probe/p/temperature", "1.0", 1)
	for i := range 50 {
		c.publish(loadTopic(i, zones), "400", 1)
	}
	return s, ada
}

func loadTopic(sensor, zones int) string {
	return fmt.Sprintf("farm/zone-%d/s%d/co2", sensor%zones, sensor)
}

// publishing50 publishes at a rate as fifty sensors on ten connections until stop is called.
func publishing50(b *testing.B, address string, rate int) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	var all sync.WaitGroup
	for c := range 10 {
		conn, err := connectMQTT(address, fmt.Sprint("load-", c), "", "", true)
		if err != nil {
			b.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, conn) }() // acknowledgements, until it is closed
		all.Go(func() { publishAt(ctx, conn, c, rate/10) })
	}
	return func() { cancel(); all.Wait() }
}

// publishAt publishes so many messages a second, spread evenly, and closes the connection in the end.
func publishAt(ctx context.Context, conn net.Conn, client, rate int) {
	defer conn.Close()
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		m := newPublish(loadTopic(client*5+n%5, 10), fmt.Sprint(400+n%500), 1, uint16(n%60_000+1))
		if _, err := conn.Write(encoded(m)); err != nil {
			return
		}
	}
}

// look opens the overview's socket.
func (b *browser) look() *socket {
	b.t.Helper()
	return b.watch("/")
}

// latest publishes the probe's n-th value and returns how long it takes until a frame shows it.
func (s *socket) latest(probe *mqttClient, n int) time.Duration {
	s.t.Helper()
	value := fmt.Sprintf("%d.%d", 10+n/10%50, n%10)
	begun := time.Now()
	probe.publish("farm/probe/p/temperature", value, 1)
	for {
		_, body, err := s.conn.Read(s.ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if strings.Contains(string(body), ">"+value) {
			return time.Since(begun)
		}
	}
}

// count reads frames until the socket ends.
func (s *socket) count(frames *atomic.Int64) {
	for {
		if _, _, err := s.conn.Read(s.ctx); err != nil {
			return
		}
		frames.Add(1)
	}
}
