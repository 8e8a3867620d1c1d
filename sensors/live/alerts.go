package live

import (
	"cmp"
	"slices"

	"furrow/sensors"
)

// keptResolved is how many resolved alerts stay on the board, so that readers see them end.
const keptResolved = 1 << 10

// alerts are the rules, who is told, and the alerts that are open or ended lately; guarded by the board's lock.
type alerts struct {
	rules       []sensors.Rule
	recipients  []sensors.Recipient
	ruleVersion uint64 // of rules and recipients
	byID        map[sensors.AlertID]*alertSlot
	resolved    []sensors.AlertID // oldest first
	version     uint64            // of the last change of any alert, also of a pending one that went
	goneVersion uint64            // of the last one that fired and went without an end
}

type alertSlot struct {
	sensors.Alert
	version uint64
}

// apply takes over what a change says about rules and alerts.
func (a *alerts) apply(c *Change, version uint64) {
	if c.RulesChanged {
		a.rules, a.ruleVersion = slices.Clone(c.Rules), version
	}
	if c.RecipientsChanged {
		a.recipients, a.ruleVersion = slices.Clone(c.Recipients), version
	}
	for i := range c.Alerts {
		a.put(&c.Alerts[i], version)
	}
	for _, id := range c.GoneAlerts {
		if slot := a.byID[id]; slot != nil && slot.State == sensors.AlertPending {
			a.version = version // nobody was told of it
		} else {
			a.goneVersion = version
		}
		delete(a.byID, id)
	}
	for len(a.resolved) > keptResolved {
		if slot := a.byID[a.resolved[0]]; slot != nil && !slot.State.Open() {
			delete(a.byID, a.resolved[0])
		}
		a.resolved = a.resolved[1:]
	}
}

func (a *alerts) put(now *sensors.Alert, version uint64) {
	if a.byID == nil {
		a.byID = map[sensors.AlertID]*alertSlot{}
	}
	slot := a.byID[now.ID]
	if slot == nil {
		slot = &alertSlot{}
		a.byID[now.ID] = slot
	}
	if !now.State.Open() && (slot.version == 0 || slot.State.Open()) {
		a.resolved = append(a.resolved, now.ID)
	}
	slot.Alert, slot.version, a.version = *now, version, version
}

// drop forgets the alerts of a sensor that is no more.
func (a *alerts) drop(sensor sensors.SensorID, version uint64) {
	for id, slot := range a.byID {
		if slot.Sensor == sensor && sensor != 0 {
			delete(a.byID, id)
			a.goneVersion = version
		}
	}
}

// since returns the alerts that changed after a version, pending ones left out, oldest first.
func (a *alerts) since(version uint64) []sensors.Alert {
	if a.version <= version {
		return nil
	}
	return a.pick(func(slot *alertSlot) bool { return slot.version > version && slot.State != sensors.AlertPending })
}

func (a *alerts) pick(want func(*alertSlot) bool) []sensors.Alert {
	var all []sensors.Alert
	for _, slot := range a.byID {
		if want(slot) {
			all = append(all, slot.Alert)
		}
	}
	slices.SortFunc(all, func(x, y sensors.Alert) int { return cmp.Compare(x.ID, y.ID) })
	return all
}

// Rules returns all rules in the order in which they were made.
func (b *Board) Rules() []sensors.Rule {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.alerts.rules)
}

// Rule returns one rule.
func (b *Board) Rule(id sensors.RuleID) (sensors.Rule, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, r := range b.alerts.rules {
		if r.ID == id {
			return r, true
		}
	}
	return sensors.Rule{}, false
}

// Recipients returns all who are told about alerts, in the order in which they came.
func (b *Board) Recipients() []sensors.Recipient {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.alerts.recipients)
}

// Alerts returns the alerts that fire or were acknowledged and are not over, the gravest first and then the
// newest.
func (b *Board) Alerts() []sensors.Alert {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := b.alerts.pick(func(slot *alertSlot) bool {
		return slot.State == sensors.AlertFiring || slot.State == sensors.AlertAcknowledged
	})
	slices.SortStableFunc(all, func(x, y sensors.Alert) int {
		return cmp.Or(cmp.Compare(y.Severity.Rank(), x.Severity.Rank()), cmp.Compare(y.StartedAt, x.StartedAt))
	})
	return all
}

// Pending returns the alerts that will fire if their condition lasts, oldest first.
func (b *Board) Pending() []sensors.Alert {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.alerts.pick(func(slot *alertSlot) bool { return slot.State == sensors.AlertPending })
}

// Alert returns an alert that is open or ended lately.
func (b *Board) Alert(id sensors.AlertID) (sensors.Alert, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if slot := b.alerts.byID[id]; slot != nil {
		return slot.Alert, true
	}
	return sensors.Alert{}, false
}
