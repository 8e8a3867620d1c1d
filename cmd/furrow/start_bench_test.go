package main

import (
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// BenchmarkColdStart measures from the start of the process to the first page: on an empty folder, with a
// million readings, and with a million of which none is packed away yet. The yardstick opens SQLite, listens
// on two ports and answers with one query.
func BenchmarkColdStart(b *testing.B) {
	program := build(b)
	plain := func(b *testing.B) *exec.Cmd { return yardstickCommand(b, "sqlite", b.TempDir()) }
	empty := func(b *testing.B) *exec.Cmd { return shipped(b, program, b.TempDir()) }
	b.Run("empty", func(b *testing.B) { compareStarts(b, empty, plain) })

	dir := b.TempDir()
	million(b, dir)
	full := func(b *testing.B) *exec.Cmd { return shipped(b, program, dir) }
	b.Run("million-unpacked", func(b *testing.B) {
		compareStarts(b, func(b *testing.B) *exec.Cmd {
			copied := b.TempDir()
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				b.Fatal(err)
			}
			return shipped(b, program, copied)
		}, plain)
	})
	s := launch(b, dir, full(b))
	time.Sleep(5 * time.Second) // it packs what is older than a day
	s.stop()
	b.Run("million", func(b *testing.B) { compareStarts(b, full, plain) })
}

// compareStarts starts both in turn and reports the medians.
func compareStarts(b *testing.B, ours, plain func(*testing.B) *exec.Cmd) {
	b.Helper()
	var our, other []time.Duration
	for b.Loop() {
		our = append(our, firstPage(b, ours(b)))
		other = append(other, firstPage(b, plain(b)))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(quantile(our, 0.5), "ms-p50")
	b.ReportMetric(quantile(our, 0.95), "ms-p95")
	b.ReportMetric(quantile(other, 0.5), "yardstick-ms-p50")
	b.ReportMetric(quantile(our, 0.5)/quantile(other, 0.5), "x-yardstick")
}

// firstPage is the time from the start of a process to its first answer.
func firstPage(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	begun := time.Now()
	s := launch(b, "", cmd)
	response, err := http.Get("http://" + s.http + "/")
	if err != nil {
		b.Fatal(err)
	}
	took := time.Since(begun)
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK && response.StatusCode != http.StatusUnauthorized {
		b.Fatalf("the first page: %s, %v", response.Status, err)
	}
	s.kill()
	return took
}

// BenchmarkBinarySize reports the size of the program as it is handed out.
func BenchmarkBinarySize(b *testing.B) {
	info, err := os.Stat(build(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}
