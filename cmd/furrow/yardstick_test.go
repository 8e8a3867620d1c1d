package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"

	"github.com/coder/websocket"
	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// The yardsticks are programs that do the least that is needed for what furrow is measured at.

// beYardstick runs one until it is told to end.
func beYardstick(name string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch name {
	case "sqlite":
		err = plainSQLite(ctx, os.Args[1])
	case "mochi":
		err = bareMochi(ctx, nil, nil)
	case "frames":
		f := &frames{}
		err = bareMochi(ctx, f, http.HandlerFunc(f.watch))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// plainSQLite opens a database as durable as furrow's, listens on two ports, and answers with a query.
func plainSQLite(ctx context.Context, dir string) error {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	if _, err := d.Exec("CREATE TABLE IF NOT EXISTS reading (at INTEGER PRIMARY KEY, value REAL)"); err != nil {
		return err
	}
	return serveBeside(ctx, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if err := d.QueryRowContext(r.Context(), "SELECT count(*) FROM reading").Scan(&n); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, n)
	}))
}

// bareMochi is the library that furrow's broker is built on, as it comes.
func bareMochi(ctx context.Context, hook mqtt.Hook, handler http.Handler) error {
	server := mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)})
	if err := server.AddHook(&auth.AllowHook{}, nil); err != nil {
		return err
	}
	if hook != nil {
		if err := server.AddHook(hook, nil); err != nil {
			return err
		}
	}
	return serveBeside(ctx, server, handler)
}

// serveBeside listens on two ports, says so, and serves until ctx ends.
func serveBeside(ctx context.Context, broker *mqtt.Server, handler http.Handler) error {
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if broker != nil {
		if err := broker.AddListener(listeners.NewNet("mqtt", other)); err != nil {
			return err
		}
		if err := broker.Serve(); err != nil {
			return err
		}
	}
	go func() { _ = http.Serve(web, handler) }() // the process ends before it does
	fmt.Printf("ready: http://%s, mqtt://%s\n", web.Addr(), other.Addr())
	<-ctx.Done()
	return nil
}

// frames sends every reading to every viewer in a frame of its own.
type frames struct {
	mqtt.HookBase
	mu      sync.Mutex
	viewers map[chan []byte]struct{}
}

func (f *frames) ID() string           { return "frames" }
func (f *frames) Provides(b byte) bool { return b == mqtt.OnPublish }

func (f *frames) OnPublish(_ *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for viewer := range f.viewers {
		select {
		case viewer <- pk.Payload:
		default: // too slow
		}
	}
	return pk, nil
}

func (f *frames) watch(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	ctx := conn.CloseRead(r.Context())
	viewer := make(chan []byte, 256)
	f.mu.Lock()
	if f.viewers == nil {
		f.viewers = map[chan []byte]struct{}{}
	}
	f.viewers[viewer] = struct{}{}
	f.mu.Unlock()
	for conn.Write(ctx, websocket.MessageText, <-viewer) == nil {
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.viewers, viewer)
}
