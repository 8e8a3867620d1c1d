package main

import (
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fails starts furrow and wants it to end with status 1 and one sentence.
func fails(t *testing.T, want []string, args ...string) {
	t.Helper()
	got := furrow(t, append([]string{"serve", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	if got.status != 1 || !oneSentence(got.stderr, want[0]) || got.stdout != "" {
		t.Errorf("got %+v, want status 1 and one line", got)
	}
	for _, text := range want {
		if !strings.Contains(got.stderr, text) {
			t.Errorf("got %q, want %q in it", got.stderr, text)
		}
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, flag := range []string{"--http", "--mqtt"} {
		dir := t.TempDir()
		fails(t, []string{"another program uses " + taken.Addr().String(), flag}, "--data", dir, flag, taken.Addr().String())
		serve(t, dir) // nothing is left that keeps the next start from working
	}
}

func TestSecondProcessOnOneFolder(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	fails(t, []string{"another Furrow (process " + strconv.Itoa(s.cmd.Process.Pid) + ")", s.dir, "--data"}, "--data", s.dir)
	s.program("read").get("/api/v1/zones", nil)
	if status := s.stop(); status != 0 {
		t.Errorf("exit status of the first: got %d, want 0", status)
	}
	serve(t, s.dir)
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	fails(t, []string{"the data folder " + filepath.Join(file, "data") + " cannot be made", "--data"}, "--data", filepath.Join(file, "data"))

	t.Run("rights", func(t *testing.T) {
		if os.Getuid() <= 0 {
			t.Skip("rights of folders do not hold back this user")
		}
		locked := filepath.Join(t.TempDir(), "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		fails(t, []string{"the data folder " + locked + " cannot be written", "--data"}, "--data", locked)
	})
}

func TestDamagedDatabaseIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "furrow.db")
	rubbish := strings.Repeat("this is not a database ", 1000)
	write(t, file, rubbish)
	fails(t, []string{file + " is damaged or not a Furrow database", "restore a backup"}, "--data", dir)
	if after, err := os.ReadFile(file); err != nil || string(after) != rubbish {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestNewerDatabaseIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.stop()
	file := filepath.Join(s.dir, "furrow.db")
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	fails(t, []string{"newer Furrow", "9999"}, "--data", s.dir)
	got := furrow(t, "token", "create", "x", "--scope", "read", "--data", s.dir)
	if got.status != 1 || !oneSentence(got.stderr, "newer Furrow") {
		t.Errorf("a command on a newer database: got %+v", got)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals")
	}
	s := serve(t, t.TempDir())
	// A request that is never finished keeps the web server from ending for a while.
	conn, err := net.Dial("tcp", s.http)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if !s.stderr.await("shutting down", s.ended) {
		t.Fatal("it ended before the second signal: ", s.stderr)
	}
	for again := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-again.C: // the first one may be under way still
			_ = s.cmd.Process.Signal(os.Interrupt)
		case <-s.ended:
			again.Stop()
			if status := s.cmd.ProcessState.ExitCode(); status == 0 {
				t.Error("it finished its shutdown instead of ending at once")
			}
			return
		}
	}
}
