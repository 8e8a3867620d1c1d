package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:])) }

// run carries out one command line: 0 when done, 1 when it failed, 2 when it could not be understood.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	var cli commands
	parser, err := newParser(&cli, args)
	if err != nil {
		return complain(err, 2)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return complain(fmt.Errorf("%w; `furrow --help` shows how", err), 2)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&cli.Globals)
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return complain(err, 2)
	case err != nil:
		return complain(err, 1)
	}
	return 0
}

// complain prints what went wrong, as one line, and passes the exit status on.
func complain(err error, status int) int {
	fmt.Fprintln(os.Stderr, "furrow:", strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))
	return status
}
