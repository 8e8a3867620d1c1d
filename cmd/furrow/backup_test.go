package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// readingsIn matches the number of readings in what backup, restore and check say.
var readingsIn = regexp.MustCompile(`(\d+) readings of`)

func readingsTold(t testing.TB, text string) int64 {
	t.Helper()
	found := readingsIn.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no number of readings in %q", text)
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBackupUnderLoadHoldsWhatWasPromisedBefore(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	s := serve(t, c.dir)
	done := make(chan struct{})
	go func() { defer close(done); c.send(s) }()
	for i := range 5 {
		c.ledger.expect(200)
		select {
		case <-c.ledger.reached:
		case <-time.After(hang):
			t.Fatalf("too little was acknowledged: %s", s.stderr)
		}
		promised := c.ledger.promised.Load()
		file := filepath.Join(t.TempDir(), fmt.Sprintf("copy-%d.db", i))
		said := succeed(t, "", "backup", file, "--data", c.dir)
		if got := readingsTold(t, said); got < promised {
			t.Errorf("copy %d: got %d readings, and %d messages were acknowledged before", i, got, promised)
		}
		dir := t.TempDir()
		succeed(t, "", "restore", file, "--data", dir)
		if got := succeed(t, "", "check", "--data", dir); readingsTold(t, got) != readingsTold(t, said) || !strings.Contains(got, "is in order") {
			t.Errorf("copy %d restored: %q, and the copy was made with %q", i, got, said)
		}
	}
	c.ledger.draining.Store(true)
	<-done
	if got := finish(t, command(t, "check", "--data", c.dir)); got.status != 0 {
		t.Errorf("check beside the running furrow: %+v", got)
	}
}

// importMany stores so many readings that a copy takes a moment.
func importMany(t testing.TB, dir string, n int) {
	t.Helper()
	var text strings.Builder
	text.WriteString("time,zone,device,metric,value\n")
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		fmt.Fprintf(&text, "%s,House 1,t%d,temperature,%g\n", begin.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), i%5, float64(i*7%400)/10)
	}
	file := filepath.Join(t.TempDir(), "many.csv")
	write(t, file, text.String())
	succeed(t, "", "import", file, "--adopt", "--data", dir)
}

// begun returns when a folder holds something, or ended is closed.
func begun(t testing.TB, folder string, ended <-chan struct{}) {
	t.Helper()
	for {
		if left, err := os.ReadDir(folder); err != nil {
			t.Fatal(err)
		} else if len(left) > 0 {
			return
		}
		select {
		case <-ended:
			return
		default:
		}
	}
}

func TestABackupThatIsCutShortLeavesNoCopy(t *testing.T) {
	t.Parallel()
	dir, copies := t.TempDir(), t.TempDir()
	importMany(t, dir, 60_000)
	file := filepath.Join(copies, "copy.db")
	for _, wait := range []bool{false, true} {
		cmd := command(t, "backup", file, "--data", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); _ = cmd.Wait() }() // it was killed
		if wait {
			begun(t, copies, ended)
		}
		_ = cmd.Process.Kill() // it may have ended
		<-ended
		noneOrWhole(t, file)
	}
	succeed(t, "", "backup", file, "--data", dir)
	succeed(t, "", "restore", file, "--data", t.TempDir())
}

// noneOrWhole checks that a copy is not there at all, or whole because its maker was faster.
func noneOrWhole(t testing.TB, file string) {
	t.Helper()
	if _, err := os.Stat(file); err != nil {
		return
	}
	succeed(t, "", "restore", file, "--data", t.TempDir())
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func TestABackupEndsWithTheFurrowThatMakesIt(t *testing.T) {
	t.Parallel()
	dir, copies := t.TempDir(), t.TempDir()
	importMany(t, dir, 60_000)
	s := serve(t, dir)
	cmd := command(t, "backup", filepath.Join(copies, "copy.db"), "--data", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }() // it may have been refused
	begun(t, copies, ended)
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0\n%s", status, s.stderr)
	}
	<-ended
	noneOrWhole(t, filepath.Join(copies, "copy.db"))
	if left, err := os.ReadDir(copies); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "furrow.running")); err == nil {
		t.Error("an orderly end left the mark of a run")
	}
}

func TestBackupAndRestoreRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	importMany(t, dir, 10)
	whole := filepath.Join(t.TempDir(), "copy.db")
	succeed(t, "", "backup", whole, "--data", dir)
	bad := filepath.Join(t.TempDir(), "bad.db")
	write(t, bad, strings.Repeat("no database ", 1000))
	s := serve(t, dir)
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"name taken", "exists already", []string{"backup", whole, "--data", dir}},
		{"no folder to write to", "cannot be written", []string{"backup", filepath.Join(nowhere, "copy.db"), "--data", dir}},
		{"no database", "there is no Furrow database", []string{"backup", filepath.Join(t.TempDir(), "c.db"), "--data", nowhere}},
		{"running", "another Furrow", []string{"restore", whole, "--force", "--data", dir}},
		{"no copy", "no such file", []string{"restore", nowhere, "--data", t.TempDir()}},
		{"damaged copy", "cannot be restored, nothing was changed", []string{"restore", bad, "--data", t.TempDir()}},
		{"nothing to check", "there is no Furrow database", []string{"check", "--data", nowhere}},
		{"nothing to export", "there is no Furrow database", []string{"export", "--data", nowhere}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := finish(t, command(t, c.args...)); got.status != 1 || !oneSentence(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("got %+v, want status 1 and one line with %q", got, c.want)
			}
		})
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a folder was made where there was none")
	}
	s.stop()
	if got := furrow(t, "restore", whole, "--data", dir); got.status != 1 || !strings.Contains(got.stderr, "--force") {
		t.Errorf("onto a database: got %+v", got)
	}
	if got := succeed(t, "", "restore", whole, "--force", "--data", dir); !strings.Contains(got, "10 readings of 5 sensors") || !strings.Contains(got, "is now in") {
		t.Errorf("forced: got %q", got)
	}
}

func TestCheckEndsWithStatus1WhenSomethingIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	importMany(t, dir, 5000)
	copies := filepath.Join(dir, "backups", "furrow-2026-03-06.db")
	if err := os.Mkdir(filepath.Dir(copies), 0o700); err != nil {
		t.Fatal(err)
	}
	succeed(t, "", "backup", copies, "--data", dir)
	file := filepath.Join(dir, "furrow.db")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) - 3*4096; i < len(content); i++ {
		content[i] = 0xa5
	}
	write(t, file, string(content))
	got := furrow(t, "check", "--data", dir)
	if got.status != 1 || !oneSentence(got.stderr, "wrong in "+dir) || !strings.Contains(got.stdout, "furrow.db is damaged in ") ||
		!strings.Contains(got.stdout, "5000 readings, the newest of 2026-03-04") {
		t.Errorf("got %+v", got)
	}
}
