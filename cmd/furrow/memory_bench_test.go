package main

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// BenchmarkIdleMemory reports how much memory is in use while nothing happens: with nobody connected, with a
// thousand sensors that have published, and with ten thousand clients that have not. The yardstick is bare
// mochi with the same clients.
func BenchmarkIdleMemory(b *testing.B) {
	program := build(b)
	for _, clients := range []int{0, 1_000, 10_000} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			var ours, bare float64
			for b.Loop() {
				ours = idle(b, launch(b, "", shipped(b, program, b.TempDir(), "--adopt", "auto")), clients)
				bare = idle(b, yardstick(b, "mochi"), clients)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ours, "MB")
			b.ReportMetric(bare, "yardstick-MB")
			b.ReportMetric(ours/bare, "x-yardstick")
		})
	}
}

// idle connects clients and returns the memory that the server uses some seconds later.
func idle(b *testing.B, s *server, clients int) float64 {
	b.Helper()
	conns := make([]net.Conn, clients)
	var all sync.WaitGroup
	places := make(chan struct{}, 50)
	for i := range conns {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			conn, err := connectMQTT(s.mqtt, fmt.Sprint("sensor-", i), "", "", true)
			if err != nil {
				b.Error(err)
				return
			}
			if conns[i] = conn; clients > 1_000 {
				return
			}
			if _, err := conn.Write(encoded(newPublish(fmt.Sprintf("farm/z/s%d/temperature", i), "21.5", 1, 1))); err != nil {
				b.Error(err)
			}
			if _, err := packets.ReadPacket(conn); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	time.Sleep(3 * time.Second)
	used := s.residentMB()
	for _, conn := range conns {
		if conn != nil {
			_ = conn.Close()
		}
	}
	s.kill()
	return used
}
