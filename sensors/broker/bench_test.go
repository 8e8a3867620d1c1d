package broker_test

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The benchmarks drive brokers in processes of their own, so that their CPU time can be told from the
// generator's: Furrow's with a real database and ingest, the same blocking in the publish hook, and
// mosquitto as the yardstick. They run in interleaved rounds; medians count.
const rounds = 5

func BenchmarkDurableIngest(b *testing.B) {
	for _, clients := range []int{1, 50, 1000} {
		for _, window := range []int{1, 20, 200} {
			b.Run(fmt.Sprintf("clients=%d/window=%d", clients, window), func(b *testing.B) {
				l := load{clients: clients, window: window, warmUp: time.Second, measure: 2 * time.Second}
				if clients == 1 {
					l.topics = 200 // a gateway with its sensors
				}
				for range b.N {
					results := compare(b, l, furrow, mosquitto)
					report(b, results[furrow], results[mosquitto])
				}
			})
		}
	}
}

func BenchmarkGateway(b *testing.B) {
	for range b.N {
		results := compare(b, load{clients: 1, window: 200, topics: 200, warmUp: time.Second, measure: 2 * time.Second}, furrow, blocking)
		report(b, results[furrow], result{})
		b.ReportMetric(results[furrow].perSec/results[blocking].perSec, "x-blocking")
	}
}

func BenchmarkOpenLoop(b *testing.B) {
	for range b.N {
		sync := fdatasync(b)
		results := compare(b, load{clients: 50, rate: 2000, warmUp: time.Second, measure: 3 * time.Second}, furrow, mosquitto)
		report(b, results[furrow], result{})
		b.ReportMetric(float64(sync.Microseconds())/1000, "fdatasync-p50-ms")
		if yard := results[mosquitto].p50; yard > 0 {
			b.ReportMetric(float64(results[furrow].p50)/float64(yard+3*sync), "x-yardstick-p50")
		}
	}
}

// BenchmarkIdleClients reports the memory of a broker with connected clients that say nothing.
func BenchmarkIdleClients(b *testing.B) {
	for _, clients := range []int{0, 1000, 8000} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			for range b.N {
				p := start(b, furrow)
				for n := range clients {
					defer newLoadClient(b, load{}, p.addr, n).conn.Close()
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(p.residentMB(b), "MB")
				p.stop(b, 0)
			}
		})
	}
}

// compare runs the load against each kind of broker in turn and returns the medians.
func compare(b *testing.B, l load, kinds ...kind) map[kind]result {
	all := map[kind][]result{}
	for range rounds {
		for _, k := range kinds {
			p := start(b, k)
			if p == nil {
				continue
			}
			r := l.run(b, p.addr, p.cpu)
			p.stop(b, r.acked)
			all[k] = append(all[k], r)
		}
	}
	medians := map[kind]result{}
	for k, list := range all {
		pick := func(value func(result) float64) float64 {
			slices.SortFunc(list, func(x, y result) int { return cmp.Compare(value(x), value(y)) })
			return value(list[len(list)/2])
		}
		m := result{perSec: pick(func(r result) float64 { return r.perSec }), cpu: pick(func(r result) float64 { return r.cpu })}
		m.p50 = time.Duration(pick(func(r result) float64 { return float64(r.p50) }))
		m.p99 = time.Duration(pick(func(r result) float64 { return float64(r.p99) }))
		medians[k] = m
		b.Logf("%-10s %8.0f msgs/s  %6.2f CPU-s/M  p50 %v  p99 %v", k, m.perSec, m.cpu, m.p50.Round(10*time.Microsecond), m.p99.Round(10*time.Microsecond))
	}
	return medians
}

func report(b *testing.B, ours, yardstick result) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours.perSec, "msgs/s")
	b.ReportMetric(ours.cpu, "CPU-s/M")
	b.ReportMetric(float64(ours.p50.Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(ours.p99.Microseconds())/1000, "p99-ms")
	if yardstick.perSec > 0 {
		b.ReportMetric(ours.perSec/yardstick.perSec, "x-mosquitto")
		b.ReportMetric(ours.cpu/yardstick.cpu, "x-mosquitto-CPU")
	}
}

// fdatasync returns the median time of overwriting and syncing a block, as a log that has its size does.
func fdatasync(b *testing.B) time.Duration {
	f, err := os.Create(filepath.Join(b.TempDir(), "sync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	var took []time.Duration
	for range 200 {
		begun := time.Now()
		if _, err := f.WriteAt(block, 0); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// kind is a broker to drive.
type kind string

const (
	furrow    kind = "furrow"
	blocking  kind = "blocking"
	mosquitto kind = "mosquitto"
)

// process is a broker that runs.
type process struct {
	cmd  *exec.Cmd
	addr string
	in   io.Closer // nil for mosquitto
	out  *bufio.Reader
}

// start runs a broker; nil when it is not installed.
func start(b *testing.B, k kind) *process {
	b.Helper()
	if k == mosquitto {
		return startMosquitto(b)
	}
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), serveVariable+"="+string(k), folderVariable+"="+b.TempDir())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // its end is the process's
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &process{cmd: cmd, in: in, out: bufio.NewReader(out)}
	p.addr = p.line(b)
	return p
}

func startMosquitto(b *testing.B) *process {
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/mosquitto"); err != nil {
			b.Log("mosquitto is not installed, so there is no yardstick")
			return nil
		}
	}
	addr := freeAddress(b)
	_, port, _ := strings.Cut(addr, ":")
	cmd := exec.Command(path, "-p", port)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	waitForPort(b, addr)
	return &process{cmd: cmd, addr: addr}
}

// line reads what the process prints.
func (p *process) line(b *testing.B) string {
	line, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// stop ends the process. Furrow tells how many readings it stored: two for each message, or its speed is
// worth nothing.
func (p *process) stop(b *testing.B, acked int) {
	if p.in == nil {
		_ = p.cmd.Process.Kill()
	} else {
		_ = p.in.Close()
		if stored, _ := strconv.Atoi(p.line(b)); stored < 2*acked {
			b.Errorf("%d messages were acknowledged and %d readings stored", acked, stored)
		}
	}
	_ = p.cmd.Wait() // killed, or it has told all
}

// cpu returns the CPU time that the process has used.
func (p *process) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // ticks of 1/100 s on all of Linux
}

// residentMB returns the memory that the process has.
func (p *process) residentMB(b *testing.B) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Skip("no /proc to read the memory of a process from")
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kB, _ := strconv.Atoi(strings.Fields(after)[0])
	return float64(kB) / 1024
}
