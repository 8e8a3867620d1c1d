package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// crashRounds is how often the crash test pulls the plug; the variable asks for more.
const crashRoundsVariable, crashRounds = "FURROW_CRASH_ROUNDS", 10

// TestNothingPromisedIsLost kills furrow while devices of several dialects publish, starts it again on the
// same folder, and compares what was acknowledged with what is stored. In the end it stops it by SIGTERM.
func TestNothingPromisedIsLost(t *testing.T) {
	rounds := crashRounds
	if more := os.Getenv(crashRoundsVariable); more != "" {
		var err error
		if rounds, err = strconv.Atoi(more); err != nil {
			t.Fatal(err)
		}
	}
	c := newCrash(t)
	for round := range rounds {
		c.round(t, round, (*server).kill)
	}
	c.round(t, rounds, func(s *server) {
		begun := time.Now()
		if status := s.stop(); status != 0 {
			t.Errorf("exit status after SIGTERM under load: got %d, want 0\n%s", status, s.stderr)
		}
		t.Logf("SIGTERM under load took %s", time.Since(begun).Round(time.Millisecond))
	})

	c.ledger.draining.Store(true)
	s := serve(t, c.dir)
	c.send(s)
	stored := c.stored(s)
	messages := 0
	for _, sender := range c.senders {
		messages += sender.next
		for n := range sender.next {
			for _, value := range sender.dialect.values(n) {
				if got := stored[sender.id][value]; got != 1 {
					t.Errorf("%s: reading %v is stored %d times, want once", sender.id, value, got)
				}
			}
		}
	}
	t.Logf("%d messages of %d senders in %d rounds", messages, len(c.senders), rounds+1)
}

// crash is a data folder that furrow dies on, and the devices that live on.
type crash struct {
	dir     string
	token   string
	ledger  *ledger
	senders []*sender
}

func newCrash(t *testing.T) *crash {
	c := &crash{dir: t.TempDir(), ledger: newLedger()}
	c.token = strings.TrimSpace(succeed(t, "", "token", "create", "crash", "--scope", "read", "--data", c.dir))
	for _, d := range dialects() {
		for qos := byte(1); qos <= 2; qos++ {
			c.senders = append(c.senders, &sender{id: fmt.Sprintf("%s-qos%d", d.name, qos), qos: qos, dialect: d, ledger: c.ledger})
		}
	}
	return c
}

// round starts furrow, checks what is stored, sends until some more was acknowledged, and ends furrow.
func (c *crash) round(t *testing.T, round int, end func(*server)) {
	t.Helper()
	var args []string
	if round%3 == 2 {
		args = []string{"--commit-every", "20ms"}
	}
	s := serve(t, c.dir, args...)
	c.check(t, round, c.stored(s))
	c.ledger.expect(1 + rand.Int64N(1000))
	done := make(chan struct{})
	go func() { defer close(done); c.send(s) }()
	select {
	case <-c.ledger.reached:
	case <-time.After(hang):
		t.Errorf("round %d: too little was acknowledged: %s", round, s.stderr)
	}
	end(s)
	<-done
	for _, bad := range []string{"DATA RACE", "panic", "level=ERROR"} {
		if strings.Contains(s.stderr.String(), bad) {
			t.Errorf("round %d: %s in\n%s", round, bad, s.stderr)
		}
	}
}

// send lets all senders talk to a furrow until it is gone or they are done.
func (c *crash) send(s *server) {
	var all sync.WaitGroup
	for _, sender := range c.senders {
		all.Go(func() { _ = sender.run(s.mqtt) }) // that it breaks is what this is about
	}
	all.Wait()
}

// check holds the ledger against what is stored: what was promised once, the rest at most once.
func (c *crash) check(t *testing.T, round int, stored map[string]map[float64]int) {
	t.Helper()
	for _, sender := range c.senders {
		for _, n := range sender.promised {
			for _, value := range sender.dialect.values(n) {
				if got := stored[sender.id][value]; got != 1 {
					t.Errorf("round %d: %s: reading %v was acknowledged and is stored %d times", round, sender.id, value, got)
				}
			}
		}
		for value, got := range stored[sender.id] {
			if got != 1 {
				t.Errorf("round %d: %s: reading %v is stored %d times", round, sender.id, value, got)
			}
		}
	}
}

// stored returns, by sender, how often each reading is in the history.
func (c *crash) stored(s *server) map[string]map[float64]int {
	p := &program{s.t, s, c.token}
	keys := map[string]string{}
	for _, d := range listOf[apiDevice](p, "/api/v1/devices") {
		keys[d.ID] = d.Key
	}
	found := map[string]map[float64]int{}
	for _, sensor := range listOf[apiSensor](p, "/api/v1/sensors") {
		if sensor.Metric != "co2" {
			continue
		}
		for _, sender := range c.senders {
			if strings.HasSuffix(keys[sensor.DeviceID], sender.id) {
				counts := map[float64]int{}
				for _, value := range p.values(sensor.ID) {
					counts[value]++
				}
				found[sender.id] = counts
			}
		}
	}
	return found
}
