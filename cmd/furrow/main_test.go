package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// be turns the test's own binary into another program: into furrow, so that tests run the real one as its own
// process, with the race detector when they have it; or into a yardstick that benchmarks hold it against.
const be = "FURROW_TEST_BE"

func TestMain(m *testing.M) {
	switch program := os.Getenv(be); program {
	case "":
		os.Exit(m.Run())
	case "furrow":
		os.Exit(run(os.Args[1:]))
	default:
		os.Exit(beYardstick(program))
	}
}

// hang is how long the tests wait for what should take a moment.
const hang = time.Minute

// command returns furrow as a process to be, in an empty folder and without settings from outside.
func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*hang)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = t.TempDir(), []string{be + "=furrow"}
	for _, keep := range []string{"PATH", "HOME", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP", "GORACE", "GOCOVERDIR"} {
		if value, ok := os.LookupEnv(keep); ok {
			cmd.Env = append(cmd.Env, keep+"="+value)
		}
	}
	return cmd
}

// result is what a command that has ended said.
type result struct {
	status         int
	stdout, stderr string
}

// finish runs a command to its end.
func finish(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// furrow runs a command line to its end.
func furrow(t testing.TB, args ...string) result {
	t.Helper()
	return finish(t, command(t, args...))
}

// succeed runs a command line that has to work and returns what it printed.
func succeed(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	cmd := command(t, args...)
	cmd.Stdin = strings.NewReader(stdin)
	got := finish(t, cmd)
	if got.status != 0 {
		t.Fatalf("furrow %s: status %d, %s", strings.Join(args, " "), got.status, got.stderr)
	}
	return got.stdout
}

// server is a running furrow.
type server struct {
	t          testing.TB
	cmd        *exec.Cmd
	dir        string
	http, mqtt string // addresses
	stderr     *tail
	printed    chan []string // lines after the ready line, once all of standard output was read
	ended      chan struct{} // closed when the process is gone
}

// serve starts `furrow serve` on dir and returns when it says that it is ready.
func serve(t testing.TB, dir string, args ...string) *server {
	t.Helper()
	return launch(t, dir, command(t, append([]string{"serve", "--data", dir, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0"}, args...)...))
}

// launch starts a command that prints a ready line and ends when it is told to.
func launch(t testing.TB, dir string, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{t: t, cmd: cmd, dir: dir, stderr: &tail{}, printed: make(chan []string, 1), ended: make(chan struct{})}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = s.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for s.http == "" && lines.Scan() {
		if line := lines.Text(); strings.Contains(line, "ready") {
			s.http, s.mqtt = addressAfter(line, "http://"), addressAfter(line, "mqtt://")
		}
	}
	go func() {
		var rest []string
		for lines.Scan() {
			rest = append(rest, lines.Text())
		}
		s.printed <- rest
		_ = cmd.Wait() // its status stands in ProcessState
		close(s.ended)
	}()
	t.Cleanup(func() { s.kill() })
	if s.http == "" {
		<-s.ended
		t.Fatalf("furrow did not get ready: %s", s.stderr)
	}
	return s
}

// addressAfter returns the host and port behind a scheme in a line.
func addressAfter(line, scheme string) string {
	_, rest, _ := strings.Cut(line, scheme)
	if end := strings.IndexAny(rest, ", "); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
}

// stop ends the process by SIGTERM and returns its exit status.
func (s *server) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(hang):
		s.kill()
		s.t.Fatalf("furrow did not end on SIGTERM: %s", s.stderr)
	}
	return s.cmd.ProcessState.ExitCode()
}

// tail is a buffer that may be read while a process writes to it.
type tail struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wrote chan struct{} // closed at the next write, nil when nobody waits
}

func (b *tail) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wrote != nil {
		close(b.wrote)
		b.wrote = nil
	}
	return b.text.Write(p)
}

func (b *tail) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// await returns when the text was written, or false when done is closed before.
func (b *tail) await(text string, done <-chan struct{}) bool {
	for {
		b.mu.Lock()
		if strings.Contains(b.text.String(), text) {
			b.mu.Unlock()
			return true
		}
		if b.wrote == nil {
			b.wrote = make(chan struct{})
		}
		wrote := b.wrote
		b.mu.Unlock()
		select {
		case <-wrote:
		case <-done:
			return false
		}
	}
}
