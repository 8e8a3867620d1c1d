package broker_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/pprof"
	"testing"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/broker"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/payload"
)

// The test binary is also the broker that benchmarks drive, when these are set.
const (
	serveVariable   = "FURROW_TEST_SERVE"
	folderVariable  = "FURROW_TEST_FOLDER"
	profileVariable = "FURROW_TEST_PROFILE" // file for a CPU profile
)

func TestMain(m *testing.M) {
	if how := os.Getenv(serveVariable); how != "" {
		if err := serve(kind(how), os.Getenv(folderVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// open lets everybody in.
type open struct{}

func (open) Claimed() bool { return true }
func (open) Authenticate(context.Context, string, string) (broker.Grant, error) {
	return broker.Grant{}, sensors.ErrForbidden
}

// serve is Furrow without pages: broker, decoder, ingest and database, until stdin ends.
func serve(how kind, dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := db.Open(ctx, dir, log)
	if err != nil {
		return err
	}
	defer d.Close()
	begin, err := d.Start(ctx)
	if err != nil {
		return err
	}
	var b *broker.Broker
	board := live.New(1)
	in := ingest.New(ingest.Options{Store: d, Edits: d, Board: board, Log: log, Adopt: "auto", Now: time.Now,
		AfterBatch: func() { b.Flush() },
		Secret:     func() (string, []byte, error) { return rand.Text(), nil, nil }}, begin)
	options := broker.Options{Addr: "127.0.0.1:0", Ingest: in, Access: open{}, Decode: payload.New().Decode, Log: log, Now: time.Now}
	if how == blocking {
		options.Ingest = &blockingIngest{Ingest: in, flush: func() { b.Flush() }}
	}
	if b, err = broker.New(options); err != nil {
		return err
	}
	if err := b.Listen(); err != nil {
		return err
	}
	if file := os.Getenv(profileVariable); file != "" {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ingestDone, brokerDone := make(chan error, 1), make(chan error, 1)
	ingestCtx, stopIngest := context.WithCancel(context.Background())
	go func() { ingestDone <- in.Run(ingestCtx) }()
	go func() { brokerDone <- b.Run(ctx) }()
	fmt.Println(b.Address())
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	<-brokerDone
	stopIngest()
	err = <-ingestDone
	fmt.Println(board.Counts().Readings)
	return err
}

// blockingIngest waits for each commit before the connection's next packet is read, as a publish hook that
// blocks does.
type blockingIngest struct {
	*ingest.Ingest
	flush func()
}

type settled chan error

func (s settled) Settle(err error) { s <- err }

func (in *blockingIngest) Submit(ctx context.Context, d *sensors.Delivery) error {
	receipt, done := d.Receipt, make(settled, 1)
	d.Receipt = done
	if err := in.Ingest.Submit(ctx, d); err != nil {
		return err
	}
	receipt.Settle(<-done)
	in.flush()
	return nil
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitForPort returns once something listens there.
func waitForPort(t testing.TB, addr string) {
	t.Helper()
	for range 200 {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("nothing listens on %s", addr)
}
