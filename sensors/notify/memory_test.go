package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

// memory is a farm and its outbox in memory. It keeps the promises that the interfaces state.
type memory struct {
	mu         sync.Mutex
	farm       sensors.Farm
	rules      map[sensors.RuleID]sensors.Rule
	recipients map[sensors.RecipientID]sensors.Recipient
	places     map[sensors.SensorID]Place
	alerts     map[sensors.AlertID]*sensors.Alert
	told       map[sensors.RecipientID]map[sensors.AlertID]bool
	notices    map[int64]*sensors.Notice // those that wait
	outcomes   map[int64]string
	note       sensors.EarlierNote
	settleErr  error
	loads      int // of alerts
	nextID     int64
}

func newMemory() *memory {
	return &memory{
		farm:       sensors.Farm{Name: "Hill Farm", TimeZone: "Europe/Amsterdam", Units: sensors.MetricUnits},
		rules:      map[sensors.RuleID]sensors.Rule{1: heatRule},
		recipients: map[sensors.RecipientID]sensors.Recipient{}, places: map[sensors.SensorID]Place{},
		alerts: map[sensors.AlertID]*sensors.Alert{}, told: map[sensors.RecipientID]map[sensors.AlertID]bool{},
		notices: map[int64]*sensors.Notice{}, outcomes: map[int64]string{},
	}
}

var heatRule = sensors.Rule{ID: 1, Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above, Limits: sensors.Limits{Limit: 32, Clear: 30}}

func (m *memory) Farm() sensors.Farm { return m.farm }
func (m *memory) Rule(id sensors.RuleID) (sensors.Rule, bool) {
	r, ok := m.rules[id]
	return r, ok
}

func (m *memory) Recipient(id sensors.RecipientID) (sensors.Recipient, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.recipients[id]
	return r, ok
}

func (m *memory) Place(a sensors.Alert) Place {
	if p, ok := m.places[a.Sensor]; ok {
		return p
	}
	return Place{Zone: "Greenhouse 2", Device: "Probe 3", Sensor: "Air temperature", Metric: "temperature"}
}

func (m *memory) WaitingNotices(context.Context) ([]sensors.Waiting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	by := map[sensors.RecipientID]sensors.Waiting{}
	for _, n := range m.notices {
		w, seen := by[n.Recipient]
		if !seen || n.DueAt < w.DueAt {
			w.DueAt = n.DueAt
		}
		w.Recipient, w.Retrying = n.Recipient, w.Retrying || n.Attempts > 0
		by[n.Recipient] = w
	}
	var all []sensors.Waiting
	for _, w := range by {
		all = append(all, w)
	}
	return all, nil
}

func (m *memory) DueNotices(_ context.Context, to sensors.RecipientID, now sensors.Milli, limit int) (due []sensors.Notice, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.notices {
		if n.Recipient == to && (n.DueAt <= now || n.Attempts > 0) {
			due = append(due, *n)
		}
	}
	slices.SortFunc(due, func(x, y sensors.Notice) int { return int(x.ID - y.ID) })
	return due[:min(len(due), limit)], nil
}

func (m *memory) SettleNotices(_ context.Context, s sensors.Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.settleErr != nil {
		return m.settleErr
	}
	for _, sent := range s.Sent {
		to := m.notices[sent.ID].Recipient
		if m.told[to] == nil {
			m.told[to] = map[sensors.AlertID]bool{}
		}
		for _, id := range sent.Alerts {
			m.told[to][id] = true
		}
		m.outcomes[sent.ID] = "sent"
		delete(m.notices, sent.ID)
	}
	for _, c := range s.Closed {
		m.outcomes[c.ID] = "closed"
		if c.GaveUp {
			m.outcomes[c.ID] = "given up"
		}
		delete(m.notices, c.ID)
	}
	for _, n := range s.Later {
		m.notices[n.ID] = &n
	}
	for _, n := range s.New {
		m.nextID++
		n.ID = m.nextID
		m.notices[n.ID] = &n
	}
	return nil
}

func (m *memory) AlertsTold(_ context.Context, to sensors.RecipientID, ids []sensors.AlertID) (found []sensors.AlertTold, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loads++
	for _, id := range ids {
		if a, ok := m.alerts[id]; ok {
			found = append(found, sensors.AlertTold{Alert: *a, Told: m.told[to][id]})
		}
	}
	return found, nil
}

func (m *memory) FiringTold(_ context.Context, to sensors.RecipientID, except []sensors.AlertID) (n int, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.told[to] {
		if m.alerts[id].State == sensors.AlertFiring && !slices.Contains(except, id) {
			n++
		}
	}
	return n, nil
}

func (m *memory) LastNote(context.Context, sensors.Alert) (sensors.EarlierNote, error) {
	return m.note, nil
}

// recipient adds somebody with these channels.
func (m *memory) recipient(name string, channels ...sensors.Channel) sensors.RecipientID {
	id := sensors.RecipientID(len(m.recipients) + 1)
	m.recipients[id] = sensors.Recipient{ID: id, Name: name, Channels: channels}
	return id
}

// fire adds an alert that fires now.
func (m *memory) fire(severity sensors.Severity) sensors.AlertID {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := sensors.AlertID(len(m.alerts) + 1)
	at := sensors.MilliOf(time.Now())
	m.alerts[id] = &sensors.Alert{ID: id, Rule: 1, Sensor: sensors.SensorID(id), Device: 1, Severity: severity, State: sensors.AlertFiring,
		Since: at - 600_000, StartedAt: at, Value: 34.2, Peak: 34.8}
	return id
}

// becomes changes an alert's state.
func (m *memory) becomes(id sensors.AlertID, state sensors.AlertState) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.alerts[id]
	a.State = state
	switch state {
	case sensors.AlertResolved:
		a.ResolvedAt, a.Value = sensors.MilliOf(time.Now()), 29.9
	case sensors.AlertAcknowledged:
		a.AcknowledgedAt, a.AckBy = sensors.MilliOf(time.Now()), "Bea"
	}
}

// owe adds a notice that is due after a while.
func (m *memory) owe(to sensors.RecipientID, kind sensors.AlertEventKind, after time.Duration, alerts ...sensors.AlertID) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nextID++
	now := sensors.MilliOf(time.Now())
	m.notices[m.nextID] = &sensors.Notice{ID: m.nextID, Recipient: to, Kind: kind, AlertIDs: alerts, CreatedAt: now, DueAt: now + sensors.Milli(after.Milliseconds())}
	return m.nextID
}

func (m *memory) outcome(id int64) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.notices[id]; n != nil {
		return "waits as " + string(n.Kind)
	}
	return m.outcomes[id]
}

func (m *memory) waiting() int { m.mu.Lock(); defer m.mu.Unlock(); return len(m.notices) }

// delivery is a message that a courier took.
type delivery struct {
	Message
	channel sensors.Channel
	at      time.Time
}

// courier takes messages unless refuse has an error for them.
type courier struct {
	mu     sync.Mutex
	refuse func(c sensors.Channel, m Message) error
	taken  []delivery
	tries  int
}

func (c *courier) Send(ctx context.Context, to sensors.Channel, m Message) error {
	c.mu.Lock()
	c.tries++
	refuse := c.refuse
	c.mu.Unlock()
	if refuse != nil {
		if err := refuse(to, m); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken = append(c.taken, delivery{m, to, time.Now()})
	return ctx.Err()
}

func (c *courier) all() []delivery { c.mu.Lock(); defer c.mu.Unlock(); return slices.Clone(c.taken) }

func (c *courier) attempts() int { c.mu.Lock(); defer c.mu.Unlock(); return c.tries }

func (c *courier) refuseWith(f func(sensors.Channel, Message) error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = f
}

// newWorker returns a worker on a memory. Its luck is even.
func newWorker(m *memory, c Courier) *Worker {
	return NewWorker(WorkerOptions{Outbox: m, History: m, Directory: m, Courier: c, Links: func() Links { return Links{} },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now, Luck: func() float64 { return .5 }})
}

// run starts a worker and returns what stops it and waits.
func run(t *testing.T, w *Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	synctest.Wait()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// after lets the time of the bubble go on, and then all that follows settle.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

var (
	phone1  = sensors.Channel{Kind: "ntfy", Target: "ann-topic"}
	mailbox = sensors.Channel{Kind: "email", Target: "ann@example.com"}
	hook    = sensors.Channel{Kind: "webhook", Target: "https://example.com/hook"}
	errDown = errors.New("it is down")
	nan     = math.NaN()
	errFull = errors.New("the disk is full")
)
