package payload

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostile are messages that a stranger may send to hurt; each must come back soon and sound.
func hostile() map[string][2]string {
	var distinct strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&distinct, `,"k%d":%d`, i, i)
	}
	nest := func(open, closing string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	return map[string][2]string{
		"many objects":         {"farm/a/b", "[" + strings.Repeat("{},", 80_000) + "{}]"},
		"many readings":        {"farm/a/b", "[" + strings.TrimSuffix(strings.Repeat(`{"co2":600},`, 20_000), ",") + "]"},
		"many keys":            {"farm/a/b", "{" + distinct.String()[1:] + "}"},
		"one key many times":   {"a/b", `{"` + strings.Repeat(`temperature":1,"`, 15_000) + `x":1}`},
		"deep objects":         {"a/b", nest(`{"a":`, "}", 40_000)},
		"deep arrays":          {"a/b", nest("[", "]", 120_000)},
		"long key":             {"farm/a/b", `{"` + strings.Repeat("k", 200_000) + `":1}`},
		"long number":          {"farm/a/b", `{"temperature":` + strings.Repeat("9", 200_000) + `}`},
		"long text":            {"farm/a/b/temperature", strings.Repeat("9", 200_000)},
		"huge exponents":       {"farm/a/b", `{"temperature":1e999999999,"humidity":-1e400,"co2":1e-999999999,"time":1e308}`},
		"escapes":              {"farm/a/b", `{"temp\u0065rature":21,"\ud800":1,"\u0000":2,"a\u202eb":3}`},
		"many segments":        {strings.Repeat("/", 1000), "1"},
		"controls in topic":    {"farm/a\x01\u202e/b\x7f/temperature", "21"},
		"backlog of a gateway": {"v1/gateway/telemetry", `{"` + strings.Repeat(`d":[{"ts":1795514400000,"values":{"co2":600}}],"`, 5_000) + `x":[]}`},
		"list of devices":      {"zigbee2mqtt/bridge/devices", "[" + strings.TrimSuffix(strings.Repeat(`{"friendly_name":"n","definition":{"exposes":[{"property":"p","unit":"u"}]}},`, 3_000), ",") + "]"},
		"blocks":               {"tele/x/SENSOR", `{"` + strings.Repeat(`b":{"Temperature":1},"`, 10_000) + `Time":"2026-01-01T00:00:00"}`},
		"byte order mark":      {"farm/a/b/temperature", "\ufeff21"},
	}
}

func TestHostileMessagesAreBounded(t *testing.T) {
	for name, m := range hostile() {
		start := time.Now()
		out := decode(New(), m[0], m[1])
		checkSound(t, out)
		if took := time.Since(start); took > 2*time.Second { // some 20 ms on a slow board
			t.Errorf("%s took %v", name, took)
		}
	}
}

// TestOneDecoderForManyConnections is for the race detector: connections share what the decoder learns.
func TestOneDecoderForManyConnections(t *testing.T) {
	d := New()
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 200 {
				n := strconv.Itoa(i % 50)
				decode(d, "base"+n+"/bridge/devices", `[{"friendly_name":"p`+n+`","definition":{"exposes":[{"property":"pressure","unit":"kPa"}]}}]`)
				decode(d, "base"+n+"/p"+n, `{"pressure":98.5,"key`+strconv.Itoa(worker)+`":1}`)
				decode(d, "node"+n+"/LWT", "Connected")
				decode(d, "node"+n+"/BME280/Temperature", "21")
			}
		})
	}
	wait.Wait()
	out := decode(d, "base7/p7", `{"pressure":98.5}`)
	if len(out.Observations) != 1 || out.Observations[0].Value != 985 || out.Observations[0].Device != "p7" {
		t.Errorf("what was learnt got lost: %+v", out)
	}
}
