package main

import (
	"net/http"
	"testing"
	"time"
)

// BenchmarkPublishToWebhook measures from a publish that breaks a rule to the request that tells of it, by way of
// the disk, while fifty sensors with rules of their own publish a thousand readings a second. The yardstick is the
// same publish to its acknowledgement, which is when the alert and what is owed for it are on the disk.
func BenchmarkPublishToWebhook(b *testing.B) {
	h := newHooks(b)
	s := launch(b, "", shipped(b, build(b), b.TempDir(), "--adopt", "auto", "--allow-private-targets"))
	s.dir = s.cmd.Args[3]
	p := s.program("admin")
	p.told("Me", h.url)
	p.watch(tooHot())
	for _, limit := range []float64{5000, 6000, 7000} {
		p.watch(map[string]any{"metric": "co2", "condition": "above", "limit": limit})
	}
	stop := publishing50(b, s.mqtt, 1000)
	defer stop()
	probe := dial(b, s, "probe", "", "")
	probe.publish("farm/z/probe/temperature", "20", 1)
	var all, stored []time.Duration
	for b.Loop() {
		begun := time.Now()
		probe.publish("farm/z/probe/temperature", "35", 1)
		stored = append(stored, time.Since(begun))
		h.next("firing")
		all = append(all, time.Since(begun))
		probe.publish("farm/z/probe/temperature", "20", 1)
		h.next("resolved")
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(all, 0.5), "ms-p50")
	b.ReportMetric(quantile(all, 0.99), "ms-p99")
	b.ReportMetric(quantile(stored, 0.5), "yardstick-ms-p50")
	b.ReportMetric(quantile(all, 0.5)/quantile(stored, 0.5), "x-yardstick")
}

// BenchmarkPreview measures the answer to what a rule would have done in 30 days of a reading a minute.
func BenchmarkPreview(b *testing.B) {
	s := launch(b, "", shipped(b, build(b), b.TempDir(), "--adopt", "auto"))
	s.dir = s.cmd.Args[3]
	p := s.program("admin")
	p.month()
	var all []time.Duration
	rule := map[string]any{"rule": map[string]any{"metric": "temperature", "condition": "above", "limit": 24}}
	for b.Loop() {
		begun := time.Now()
		var out struct{ Count int }
		if status := p.call(http.MethodPost, "/api/v1/rules/preview", rule, &out); status != http.StatusOK || out.Count < 20 {
			b.Fatalf("preview: got %d, %+v", status, out)
		}
		all = append(all, time.Since(begun))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(all, 0.5), "ms-p50")
	b.ReportMetric(quantile(all, 0.99), "ms-p99")
}

// month posts 30 days of a thermometer that reports each minute, warm by day.
func (p *program) month() {
	p.t.Helper()
	const minutes, together = 30 * 24 * 60, 10_000
	at := time.Now().Add(-minutes * time.Minute).Truncate(time.Minute).UTC()
	var batch []map[string]any
	for n := range minutes {
		warmth := float64((n % 1440) * (1440 - n%1440)) // a parabola a day
		batch = append(batch, map[string]any{"device": "t1", "metric": "temperature", "value": 10 + warmth/25920,
			"at": at.Add(time.Duration(n) * time.Minute).Format(time.RFC3339)})
		if len(batch) == together || n == minutes-1 {
			if status := p.call(http.MethodPost, "/api/v1/readings", batch, nil); status != http.StatusOK {
				p.t.Fatalf("posting: got %d", status)
			}
			batch = batch[:0]
		}
	}
}
