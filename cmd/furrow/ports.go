package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"furrow/sensors/broker"
	"furrow/web"
	"furrow/web/api"
	"furrow/web/auth"
)

// listen takes the ports, so that a port in use is known before anything is promised.
func (a *app) listen() error {
	var err error
	if a.http, err = net.Listen("tcp", a.flags.HTTP); err != nil {
		return portError("--http", a.flags.HTTP, err)
	}
	a.undo.add("web port", time.Second, func(context.Context) error {
		if err := a.http.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	if a.flags.MQTT == "off" {
		return nil
	}
	a.broker, err = broker.New(broker.Options{Addr: a.flags.MQTT, Ingest: a.ingest, Access: a.access,
		Decode: a.decoder.Decode, Log: a.log, Now: a.now})
	if err != nil {
		return err
	}
	if err := a.broker.Listen(); err != nil {
		return portError("--mqtt", a.flags.MQTT, err)
	}
	return nil
}

// openWeb makes the pages. While the farm has no owner there is a code that lets somebody become it from
// another computer.
func (a *app) openWeb() error {
	if !a.access.Claimed() && a.demo == nil {
		secret, err := auth.NewSecret()
		if err != nil {
			return err
		}
		a.code = secret[:4] + "-" + secret[4:8]
	}
	name, err := os.Hostname()
	if err != nil {
		name = "" // people can do without it
	}
	options := web.Options{
		Board: a.board, Farm: a.ingest, History: a.db, People: a.db, Simulator: a.sim, Log: a.log, Now: a.now,
		Alerts: a.db, Notes: a.db, Settings: a.db, Channels: a.messages.sender, Health: a.messages.worker, Grants: a.messages.signer, Drills: a.drills,
		Version: api.Version(readVersion()), PublicURL: a.flags.PublicURL, HostName: name, SetupCode: a.code,
		Connect: web.Connect{HTTPPort: port(a.http.Addr()), Addresses: func() []string { return addressesOf(a.http.Addr()) }},
	}
	if a.broker != nil {
		options.Connect.MQTTPort = port(a.broker.Address())
		options.Connect.Addresses = func() []string { return addressesOf(a.broker.Address()) }
	}
	if a.demo != nil {
		options.Visitor = a.demo.visitor
	}
	a.web, err = web.New(options)
	return err
}

// serveHTTP serves until ctx ends, then lets running requests finish, within reason.
func serveHTTP(ctx context.Context, server *http.Server, listener net.Listener) error {
	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := server.Shutdown(limit)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		closed <- err
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-closed
}

// What Windows says where others have a name of their own.
const (
	windowsAddressInUse = syscall.Errno(10048)
	windowsAccessDenied = syscall.Errno(10013)
)

// portError says what to do about a port that cannot be had.
func portError(flag, addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, windowsAddressInUse):
		return fmt.Errorf("another program uses %s already; stop it, or choose another port with %s", addr, flag)
	case errors.Is(err, syscall.EACCES), errors.Is(err, windowsAccessDenied):
		return fmt.Errorf("this user may not listen on %s; choose a port above 1023 with %s", addr, flag)
	}
	return fmt.Errorf("listening on %s (%s): %w", addr, flag, err)
}
