package auth

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestPasswordHash(t *testing.T) {
	hash, err := HashPassword("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !CheckPassword(hash, "correct horse battery") {
		t.Error("the right password is refused")
	}
	if CheckPassword(hash, "correct horse batterz") {
		t.Error("a wrong password is taken")
	}
	again, _ := HashPassword("correct horse battery")
	if again == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
	for _, broken := range []string{"", "x", "$argon2id$v=19$m=1,t=1,p=1$$", strings.Replace(hash, "argon2id", "argon2i", 1), hash[:len(hash)-30]} {
		if CheckPassword(broken, "correct horse battery") {
			t.Errorf("hash %q is taken", broken)
		}
	}
}

func TestRolesAndScopesAreLadders(t *testing.T) {
	for _, c := range []struct {
		role Role
		can  int
	}{{RoleViewer, 1}, {RoleWorker, 2}, {RoleManager, 3}, {RoleOwner, 4}, {"stranger", 0}} {
		n := 0
		for _, p := range []Permission{View, Operate, Configure, ManagePeople} {
			if c.role.Can(p) {
				n++
			}
		}
		if n != c.can {
			t.Errorf("%s: may do %d things, want %d", c.role, n, c.can)
		}
	}
	if !ScopeAdmin.Allows(ScopeRead) || ScopeRead.Allows(ScopeControl) || Scope("x").Allows(ScopeRead) || ScopeAdmin.Allows("x") {
		t.Error("scopes are not a ladder")
	}
}

func TestPersonValidate(t *testing.T) {
	good := Person{Email: "ann@farm.example", Name: "Ann", Role: RoleOwner}
	if err := good.Validate(); err != nil {
		t.Errorf("a good person: %v", err)
	}
	for field, p := range map[string]Person{
		"email": {Email: "Ann <ann@farm.example>", Name: "Ann", Role: RoleOwner},
		"name":  {Email: "ann@farm.example", Name: "\x00", Role: RoleOwner},
		"role":  {Email: "ann@farm.example", Name: "Ann", Role: "king"},
	} {
		var bad Invalid
		if err := p.Validate(); !errors.As(err, &bad) || bad[field] == "" || len(bad) != 1 {
			t.Errorf("%s: got %v, want exactly this field", field, err)
		}
	}
	for _, password := range []string{"", "short", "1234567890", "aaaaaaaaaaaa", strings.Repeat("x y", 400)} {
		if CheckNewPassword(password) == nil {
			t.Errorf("password %.20q is taken", password)
		}
	}
}

func TestLimiterSlowsGuessingAndForgets(t *testing.T) {
	var l Limiter
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range freeMisses - 1 {
		l.Missed(now, "ann", "10.0.0.1")
	}
	if wait := l.Wait(now, "ann"); wait != 0 {
		t.Errorf("after few misses: wait %v, want none", wait)
	}
	var waits []time.Duration
	for range 12 {
		l.Missed(now, "ann")
		waits = append(waits, l.Wait(now, "ann", "10.0.0.2"))
	}
	for i := 1; i < len(waits); i++ {
		if waits[i] < waits[i-1] || waits[i] > longestWait {
			t.Fatalf("waits %v do not grow up to %v", waits, longestWait)
		}
	}
	if wait := l.Wait(now.Add(longestWait), "ann"); wait > 0 {
		t.Errorf("after the longest wait: still %v", wait)
	}
	l.Passed("ann")
	if wait := l.Wait(now, "ann"); wait != 0 {
		t.Errorf("after signing in: wait %v", wait)
	}
	for i := range 3 * maxTracked {
		l.Missed(now, time.Duration(i).String())
	}
	if len(l.seen) > maxTracked+1 {
		t.Errorf("%d keys are remembered, want at most %d", len(l.seen), maxTracked)
	}
}
