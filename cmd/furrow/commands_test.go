package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"furrow/sensors"
)

type credentials struct{ ID, Username, Password string }

// addDevice runs `device add` and reads what it printed.
func addDevice(t *testing.T, dir string, args ...string) credentials {
	t.Helper()
	var c credentials
	printed := succeed(t, "", append([]string{"device", "add", "--data", dir}, args...)...)
	if err := json.Unmarshal([]byte(printed), &c); err != nil || c.ID == "" || c.Username == "" || len(c.Password) < 20 {
		t.Fatalf("device add printed %q (%v)", printed, err)
	}
	return c
}

func addOwner(t testing.TB, dir string) {
	t.Helper()
	if printed := succeed(t, ownerPassword+"\n", "user", "add", "ada@farm.example", "--name", "Ada", "--role", "owner", "--password-stdin", "--data", dir); printed != "" {
		t.Errorf("user add printed %q", printed)
	}
}

func TestCommandsBesideARunningFurrowTakeEffectAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	if page := s.browser().page("/"); !strings.Contains(page, "farm_name") {
		t.Errorf("before there is an owner the first page is not the set-up:\n%.500s", page)
	}
	addOwner(t, s.dir)
	ada := s.browser()
	if page := ada.page("/"); !strings.Contains(page, `name="password"`) || strings.Contains(page, "farm_name") {
		t.Errorf("with an owner the first page is not the sign-in:\n%.500s", page)
	}
	if page := ada.send("/sign-in", "email", "ada@farm.example", "password", ownerPassword); !strings.Contains(page, "farm") {
		t.Errorf("after signing in:\n%.500s", page)
	}

	admin := s.program("admin")
	if status := admin.call(http.MethodPost, "/api/v1/zones", map[string]string{"name": "House 1"}, nil); status != http.StatusCreated {
		t.Errorf("making a zone with the new token: got %d, want 201", status)
	}
	if status := s.program("read").call(http.MethodPost, "/api/v1/zones", map[string]string{"name": "House 2"}, nil); status != http.StatusForbidden {
		t.Errorf("making a zone with a token that may read: got %d, want 403", status)
	}

	made := addDevice(t, s.dir, "Soil probe", "--zone", "House 1")
	devices := listOf[apiDevice](admin, "/api/v1/devices")
	if len(devices) != 1 || devices[0].ID != made.ID || devices[0].Status != "adopted" || devices[0].ZoneID == "" {
		t.Errorf("devices after device add: got %+v, want %s adopted in a zone", devices, made.ID)
	}
	c := dial(t, s, "probe", made.Username, made.Password)
	c.publish("farm/house-1/soil-probe/temperature", "18.5", 1)
	if got := listOf[apiSensor](admin, "/api/v1/sensors"); len(got) != 1 || got[0].DeviceID != made.ID || got[0].Last.Value != 18.5 {
		t.Errorf("sensors: got %+v, want 18.5 of device %s", got, made.ID)
	}
}

func TestCommandsWithoutARunningFurrow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	addOwner(t, dir)
	token := strings.TrimSpace(succeed(t, "", "token", "create", "dashboard", "--scope", "read", "--data", dir))
	made := addDevice(t, dir, "Soil probe", "--zone", "House 1")
	again := addDevice(t, dir, "Soil probe")
	if made.Username == again.Username || made.ID == again.ID {
		t.Errorf("two devices of one name: %+v and %+v", made, again)
	}
	s := serve(t, dir)
	p := &program{t, s, token}
	if got := listOf[apiDevice](p, "/api/v1/devices"); len(got) != 2 {
		t.Errorf("devices: got %+v, want both", got)
	}
	s.browser().send("/sign-in", "email", "ada@farm.example", "password", ownerPassword)
}

func TestCommandsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	addOwner(t, dir)
	s := serve(t, dir)
	for _, c := range []struct {
		name, stdin, want string
		args              []string
	}{
		{"address taken", ownerPassword, "ADA@farm.example exists already", []string{"user", "add", "ADA@farm.example", "--name", "B", "--role", "viewer", "--password-stdin"}},
		{"no address", ownerPassword, "name@example.com", []string{"user", "add", "ada", "--name", "B", "--role", "viewer", "--password-stdin"}},
		{"short password", "hunter2", "10 characters", []string{"user", "add", "b@farm.example", "--name", "B", "--role", "viewer", "--password-stdin"}},
		{"no password", "", "10 characters", []string{"user", "add", "b@farm.example", "--name", "B", "--role", "viewer", "--password-stdin"}},
		{"no name", "", "name", []string{"token", "create", "", "--scope", "read"}},
		{"device without a name", "", "name", []string{"device", "add", " "}},
		{"no file", "", "no such file", []string{"import", "nowhere.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := command(t, append(c.args, "--data", s.dir)...)
			cmd.Stdin = strings.NewReader(c.stdin)
			if got := finish(t, cmd); got.status != 1 || !oneSentence(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("got %+v, want status 1 and one line with %q", got, c.want)
			}
		})
	}
}

func TestControlAnswersOnlyWhoKnowsTheSecret(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	file := filepath.Join(s.dir, controlFile)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%s has mode %o, want 600", controlFile, mode)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var access controlAccess
	if err := json.Unmarshal(text, &access); err != nil {
		t.Fatal(err)
	}
	wrong := runningDesk{controlAccess{access.Address, "guess"}, http.DefaultClient}
	if err := wrong.AddToken(t.Context(), "x", "admin", make([]byte, 32)); err == nil || !strings.Contains(err.Error(), "furrow's own commands") {
		t.Errorf("with a wrong secret: got %v, want a refusal", err)
	}
	right := runningDesk{access, http.DefaultClient}
	if out, err := right.Import(t.Context(), []sensors.Posted{{Device: "t1", Metric: "temperature", Value: 1, At: 1e12}, {Device: "", Metric: "x"}}, true); err != nil || out.Stored != 1 || len(out.Rejected) != 1 {
		t.Errorf("import: got %+v, %v, want one stored and one rejected", out, err)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0", status)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("%s after the end: %v, want it gone", controlFile, err)
	}
}

func TestCommandsGoOnAfterACrashLeftItsFiles(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.kill()
	for _, file := range []string{controlFile, "furrow.pid"} {
		if _, err := os.Stat(filepath.Join(s.dir, file)); err != nil {
			t.Errorf("the crash left no %s, so this test shows nothing: %v", file, err)
		}
	}
	addDevice(t, s.dir, "Soil probe")
	addDevice(t, serve(t, s.dir).dir, "Soil probe")
}
