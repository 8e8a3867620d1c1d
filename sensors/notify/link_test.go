package notify

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

func TestLinkGrantsWhatWasSigned(t *testing.T) {
	s := NewSigner([]byte("0123456789abcdef0123456789abcdef"))
	now := time.Date(2026, 3, 1, 2, 14, 0, 0, time.UTC)
	g := Grant{Acknowledge, []sensors.AlertID{7, 9, 4_000_000_000}, 3, now.Add(linkAge)}
	token := s.Sign(g)
	got, err := s.Check(token, now)
	if err != nil || got.Recipient != 3 || !slices.Equal(got.Alerts, g.Alerts) || got.Action != Acknowledge {
		t.Fatalf("Check = %+v, %v; want %+v", got, err, g)
	}
	if _, err := s.Check(token, g.Until.Add(time.Second)); !errors.Is(err, ErrLinkExpired) {
		t.Errorf("after a day: %v, want ErrLinkExpired", err)
	}
	if _, err := NewSigner([]byte("another secret of this very size")).Check(token, now); !errors.Is(err, ErrLink) {
		t.Errorf("with another key: %v, want ErrLink", err)
	}
}

func TestChangedLinkIsRefused(t *testing.T) {
	s := NewSigner([]byte("0123456789abcdef0123456789abcdef"))
	now := time.Date(2026, 3, 1, 2, 14, 0, 0, time.UTC)
	token := s.Sign(Grant{Acknowledge, []sensors.AlertID{7}, 3, now.Add(linkAge)})
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range token {
		for _, other := range "A_9" {
			changed := token[:i] + string(other) + token[i+1:]
			if changed == token || !strings.ContainsRune(alphabet, other) {
				continue
			}
			if g, err := s.Check(changed, now); !errors.Is(err, ErrLink) {
				t.Fatalf("%q for %q grants %+v, %v", changed, token, g, err)
			}
		}
	}
	other := s.Sign(Grant{Action('x'), []sensors.AlertID{7}, 3, now.Add(linkAge)})
	for _, bad := range []string{"", "x", token[:20], token + "A", token + "\n", strings.Repeat("A", 100), other} {
		if _, err := s.Check(bad, now); !errors.Is(err, ErrLink) {
			t.Errorf("%q: %v, want ErrLink", bad, err)
		}
	}
}

func TestLinksOfAMessage(t *testing.T) {
	now := time.Date(2026, 3, 1, 2, 14, 0, 0, time.UTC)
	l := Links{Base: "https://farm.example.com", Signer: NewSigner([]byte("0123456789abcdef0123456789abcdef"))}
	many := make([]sensors.AlertID, maxGranted+1)
	for i := range many {
		many[i] = sensors.AlertID(1<<40 + i*1000)
	}
	if got := l.open([]sensors.AlertID{7}); got != "https://farm.example.com/alerts/7" {
		t.Errorf("open = %q", got)
	}
	if got := l.open(many); got != "https://farm.example.com/alerts" {
		t.Errorf("open = %q", got)
	}
	if got := l.acknowledge(many, 1, now); got != "" {
		t.Errorf("a link for %d alerts: %q, want none", len(many), got)
	}
	if got := l.acknowledge(many[1:], 1, now); !strings.HasPrefix(got, "https://farm.example.com/got-it/") || len(got) > 280 {
		t.Errorf("acknowledge = %q of %d characters", got, len(got))
	}
	if got := (Links{}).acknowledge(many[:1], 1, now) + (Links{}).open(many[:1]); got != "" {
		t.Errorf("without an address there is a link %q", got)
	}
}
