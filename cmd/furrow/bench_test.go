package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"furrow/db"
	"furrow/sensors"
)

// build makes the program as it is handed out and returns its path.
func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "furrow")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("building furrow: %v\n%s", err, out)
	}
	return program
}

// shipped returns `furrow serve` of a built program.
func shipped(b *testing.B, program, dir string, args ...string) *exec.Cmd {
	b.Helper()
	cmd := command(b, append([]string{"serve", "--data", dir, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"}, args...)...)
	cmd.Path = program
	return cmd
}

// yardstick starts one of the programs of yardstick_test.go.
func yardstick(b *testing.B, name string, args ...string) *server {
	b.Helper()
	return launch(b, "", yardstickCommand(b, name, args...))
}

func yardstickCommand(b *testing.B, name string, args ...string) *exec.Cmd {
	b.Helper()
	cmd := command(b, args...)
	cmd.Env = append(cmd.Env, be+"="+name)
	return cmd
}

// residentMB is the memory that a process has in use.
func (s *server) residentMB() float64 {
	s.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		s.t.Skip("memory can be measured on Linux only: ", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kB, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return kB / 1024
}

// busy is the processor time that a process has used.
func (s *server) busy() time.Duration {
	s.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	if err != nil {
		s.t.Skip("processor time can be measured on Linux only: ", err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, field := range fields[11:13] { // in user mode and in the kernel
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			s.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// quantile returns the q-th part of all durations in milliseconds.
func quantile(all []time.Duration, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[min(len(all)-1, int(q*float64(len(all))))].Microseconds()) / 1000
}

// million fills a data folder with a million readings of fifty sensors, one a minute until now.
func million(b *testing.B, dir string) {
	b.Helper()
	var globals Globals
	d, err := db.Open(b.Context(), dir, globals.logger(os.Stderr))
	if err != nil {
		b.Fatal(err)
	}
	var r sensors.Registration
	for i := range 50 {
		device := &sensors.Device{Key: "zone/t" + strconv.Itoa(i), Name: "t" + strconv.Itoa(i), Status: sensors.DeviceAdopted}
		r.Devices = append(r.Devices, device)
		r.Sensors = append(r.Sensors, sensors.NewSensor{Device: device, Sensor: &sensors.Sensor{Metric: "temperature"}})
	}
	if err := d.Register(b.Context(), &r); err != nil {
		b.Fatal(err)
	}
	const each = 20_000
	begin := time.Now().Add(-each * time.Minute)
	for n := 0; n < each; n += 100 {
		batch := sensors.Batch{Duplicate: make([]bool, 0, 5000)}
		for minute := n; minute < n+100; minute++ {
			for i, s := range r.Sensors {
				batch.Readings = append(batch.Readings, sensors.Reading{Sensor: s.Sensor.ID,
					At: sensors.MilliOf(begin.Add(time.Duration(minute) * time.Minute)), Value: float64(150+(minute+7*i)%100) / 10})
			}
		}
		batch.Duplicate = make([]bool, len(batch.Readings))
		if err := d.Commit(context.Background(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
}
