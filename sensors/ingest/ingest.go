package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
)

// Store makes batches durable.
type Store interface {
	// Register stores what was met for the first time and fills in the ids.
	Register(ctx context.Context, r *sensors.Registration) error
	// Commit returns nil when the batch is on the disk; it sets b.Duplicate.
	Commit(ctx context.Context, b *sensors.Batch) error
	// CommitAlerts stores a batch's alerts and notices, which no reading came with.
	CommitAlerts(ctx context.Context, b *sensors.Batch) error
}

// Edits stores what people change; each method is a transaction.
type Edits interface {
	FarmEdits
	ZoneEdits
	DeviceEdits
	Removals
	AlertEdits
}

// FarmEdits stores the farm itself and names of sensors.
type FarmEdits interface {
	SaveFarm(ctx context.Context, f sensors.Farm) error
	UpdateSensor(ctx context.Context, s sensors.Sensor) error
}

// ZoneEdits stores zones.
type ZoneEdits interface {
	CreateZone(ctx context.Context, z sensors.Zone) (sensors.Zone, error)
	UpdateZone(ctx context.Context, z sensors.Zone) error
	DeleteZone(ctx context.Context, id sensors.ZoneID) error
	OrderZones(ctx context.Context, ids []sensors.ZoneID) error
}

// DeviceEdits stores devices.
type DeviceEdits interface {
	CreateDevice(ctx context.Context, d sensors.Device, secret []byte) (sensors.Device, error)
	UpdateDevice(ctx context.Context, d sensors.Device) error
	SetCredentials(ctx context.Context, id sensors.DeviceID, username string, secret []byte) error
}

// Removals deletes devices with their readings.
type Removals interface {
	DeleteDevice(ctx context.Context, id sensors.DeviceID) error
	DeleteSimulated(ctx context.Context) error
}

// AlertEdits stores rules and recipients, together with what a rule's change did to alerts.
type AlertEdits interface {
	SaveRule(ctx context.Context, r sensors.Rule, effects *sensors.Batch) (sensors.Rule, error)
	DeleteRule(ctx context.Context, id sensors.RuleID, effects *sensors.Batch) error
	SaveRecipient(ctx context.Context, r sensors.Recipient) (sensors.Recipient, error)
	DeleteRecipient(ctx context.Context, id sensors.RecipientID) error
}

// Options are what ingest stands on. Store, Edits, Board, Log, Adopt, Secret and Now are needed.
type Options struct {
	Store Store
	Edits Edits
	Board *live.Board
	Log   *slog.Logger
	// Adopt says what becomes of devices heard for the first time: "ask", "auto" or "never".
	Adopt string
	// CommitEvery is how long readings gather before a commit; zero commits at once.
	CommitEvery time.Duration
	// AfterBatch, if not nil, is called after the deliveries of a batch were settled.
	AfterBatch func()
	// Owed, if not nil, is called after messages about alerts were stored. It must not block.
	Owed func()
	// TellSimulated lets alerts of simulated devices reach people: in a demo, where all is simulated.
	TellSimulated bool
	// Secret makes a device's password and what is stored of it.
	Secret func() (secret string, hash []byte, err error)
	Now    func() time.Time
}

// How much is queued and how much is taken at once.
const (
	queueSize = 8192
	batchSize = 4096
)

// Ingest is the single writer. Make it with New and let Run have its own goroutine.
type Ingest struct {
	Options
	queue   chan job
	edits   chan func()
	closing chan struct{} // closed when nothing more is taken
	stopped chan struct{} // closed when Run has returned

	// What follows belongs to Run's goroutine.
	catalog catalog
	batch   batch
	watch   watch
	ticks   int

	mu     sync.Mutex
	health Health
}

// job is one thing in the queue: a delivery, or a client that came or went, or posted readings.
type job struct {
	delivery *sensors.Delivery
	client   *connection
	post     *post
}

// New returns an ingest that knows what the database held, and shows that on the board.
func New(o Options, start sensors.Start) *Ingest {
	in := &Ingest{Options: o, queue: make(chan job, queueSize), edits: make(chan func()),
		closing: make(chan struct{}), stopped: make(chan struct{})}
	in.catalog.load(start)
	in.loadWatch(start)
	in.Board.Apply(in.picture(start))
	return in
}

// Run does all the work until ctx ends, and then what was submitted before.
func (in *Ingest) Run(ctx context.Context) error {
	defer close(in.stopped)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			close(in.closing)
			in.drain(context.WithoutCancel(ctx))
			return nil
		case first := <-in.queue:
			in.take(ctx, first)
			in.rewatch(ctx)
		case edit := <-in.edits:
			edit()
			in.rewatch(ctx)
		case <-tick.C:
			in.tick()
			in.watchTime(context.WithoutCancel(ctx))
		}
	}
}

// take gathers what is queued behind the first job and processes it. With CommitEvery it waits that long
// for more.
func (in *Ingest) take(ctx context.Context, first job) {
	jobs := append(in.batch.jobs[:0], first)
	runtime.Gosched() // readers that hold a message just now still make this batch
	jobs = in.gather(jobs)
	if in.CommitEvery > 0 {
		wait := time.NewTimer(in.CommitEvery)
		defer wait.Stop()
	waiting:
		for len(jobs) < batchSize {
			select {
			case j := <-in.queue:
				jobs = append(jobs, j)
			case <-wait.C:
				break waiting
			case <-ctx.Done():
				break waiting
			}
		}
	}
	in.batch.jobs = jobs
	in.process(context.WithoutCancel(ctx), jobs)
	clear(jobs)
}

// gather appends what is queued, without waiting.
func (in *Ingest) gather(jobs []job) []job {
	for len(jobs) < batchSize {
		select {
		case j := <-in.queue:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

func (in *Ingest) drain(ctx context.Context) {
	for {
		jobs := in.gather(in.batch.jobs[:0])
		if len(jobs) == 0 {
			return
		}
		in.batch.jobs = jobs
		in.process(ctx, jobs)
	}
}

// Submit queues a delivery. It waits while the queue is full; an error means that the delivery was not taken
// and its Receipt will not be settled.
func (in *Ingest) Submit(ctx context.Context, d *sensors.Delivery) error {
	return in.submit(ctx, job{delivery: d})
}

func (in *Ingest) submit(ctx context.Context, j job) error {
	select {
	case <-in.closing:
		return errClosing
	default:
	}
	select {
	case in.queue <- j:
		return nil
	case <-in.closing:
		return errClosing
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosing = fmt.Errorf("shutting down: %w", sensors.ErrBusy)

// do runs an edit on Run's goroutine and waits for it.
func (in *Ingest) do(ctx context.Context, edit func() error) error {
	answer := make(chan error, 1)
	select {
	case in.edits <- func() { answer <- edit() }:
		return <-answer
	case <-in.stopped:
		return errClosing
	case <-in.closing:
		return errClosing
	case <-ctx.Done():
		return ctx.Err()
	}
}
