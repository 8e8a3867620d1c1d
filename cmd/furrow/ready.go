package main

import (
	"fmt"
	"time"
)

// checkClock refuses a clock that was never set: readings would be stored decades from where they belong.
func checkClock(now time.Time) error {
	if now.Year() < 2024 {
		return fmt.Errorf("this computer's clock says %s; set it (for instance with `timedatectl set-ntp true`) and start again",
			now.Format("2 January 2006"))
	}
	return nil
}

// readyLine tells that everything runs, and where.
func (a *app) readyLine() string {
	mqtt := "mqtt off"
	if a.broker != nil {
		mqtt = "mqtt://" + local(a.broker.Address())
	}
	return fmt.Sprintf("ready: dashboard http://%s, %s", local(a.http.Addr()), mqtt)
}

// setupHint tells how the first owner is made, "" when there is one.
func (a *app) setupHint() string {
	if a.access.Claimed() {
		return ""
	}
	here := "To begin, open http://" + local(a.http.Addr()) + " on this computer"
	if elsewhere := reachable(a.http.Addr()); elsewhere != "" {
		return fmt.Sprintf("%s, or http://%s/setup on another one and give the code %s.", here, elsewhere, a.code)
	}
	return fmt.Sprintf("%s. From elsewhere, /setup asks for the code %s.", here, a.code)
}
