package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// smallDisk makes a command run with a file system of that size mounted on dir, which only it sees.
func smallDisk(t *testing.T, cmd *exec.Cmd, dir, size string) {
	t.Helper()
	mount := `mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"`
	cmd.Args = append([]string{"sh", "-c", mount, "sh", size, dir, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	probe := exec.Command("/bin/sh", "-c", mount, "sh", size, dir, "true")
	probe.SysProcAttr = cmd.SysProcAttr
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be made on this machine: %v %s", err, out)
	}
}

// fill writes a file until the disk that a process sees at dir is full, and returns what frees it again.
func fill(t *testing.T, pid int, dir string) (free func()) {
	t.Helper()
	name := filepath.Join("/proc", strconv.Itoa(pid), "root", dir, "filler")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<12); err == nil; {
		_, err = file.Write(block)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

func TestFullDiskKeepsBackAcknowledgementsUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := command(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0")
	smallDisk(t, cmd, dir, "8m")
	s := launch(t, dir, cmd)
	s.browser().setUp()
	dial(t, s, "t1", "", "").publish("farm/house-1/t1/temperature", "21", 1)
	free := fill(t, cmd.Process.Pid, dir)

	// Some writes still find room in blocks that exist; in the end one is not acknowledged.
	conn, err := connectMQTT(s.mqtt, "t2", "", "", true)
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	for ; acknowledged < 1000; acknowledged++ {
		if _, err := conn.Write(encoded(newPublish("farm/house-1/t2/co2", strconv.Itoa(acknowledged), 1, uint16(acknowledged+1)))); err != nil {
			break
		}
		if _, err := packets.ReadPacket(conn); err != nil {
			break // the link was cut
		}
	}
	_ = conn.Close()
	if acknowledged == 1000 {
		t.Fatal("a thousand readings were acknowledged on a full disk")
	}
	if status, body := s.answer("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "disk is full") {
		t.Errorf("/readyz on a full disk: got %d %s, want 503 and the reason", status, body)
	}
	if page, _ := s.answer("/healthz"); page != http.StatusOK {
		t.Errorf("/healthz on a full disk: got %d, want 200", page)
	}

	free()
	dial(t, s, "t2", "", "").publish("farm/house-1/t2/co2", strconv.Itoa(acknowledged), 1)
	if status, body := s.answer("/readyz"); status != http.StatusOK {
		t.Errorf("/readyz with room again: got %d %s, want 200", status, body)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0: %s", status, s.stderr)
	}
}

// answer is what an address that needs no token says.
func (s *server) answer(path string) (status int, body string) {
	s.t.Helper()
	b := s.browser()
	response, err := b.client.Get("http://" + s.http + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text := make([]byte, 500)
	n, _ := response.Body.Read(text) // a short text comes at once
	return response.StatusCode, string(text[:n])
}

func TestStartOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := command(t, "serve", "--data", dir, "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--log-level", "error")
	smallDisk(t, cmd, dir, "20k")
	begun := time.Now()
	got := finish(t, cmd)
	if got.status != 1 || !oneSentence(got.stderr, "the disk is full") {
		t.Errorf("got %+v after %s, want status 1 and a sentence about the disk", got, time.Since(begun))
	}
}
