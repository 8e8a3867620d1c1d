package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"furrow/sensors"
)

// Grant is what a signed link lets whoever holds it do: one action, on some alerts, in the name of one
// recipient, until a moment. It lets them see nothing else.
type Grant struct {
	Action    Action
	Alerts    []sensors.AlertID // ascending, at most maxGranted
	Recipient sensors.RecipientID
	Until     time.Time // to the second
}

// Action is what a link does.
type Action byte

// Acknowledge says that the recipient has seen the alerts.
const Acknowledge Action = 'a'

const (
	linkAge    = 24 * time.Hour
	maxGranted = 50 // a link is at most some 250 characters long
	macSize    = 16 // bytes: 128 bits, which nobody guesses in a day
)

var (
	// ErrLink says that a link was not made by this farm, or was changed on its way.
	ErrLink = errors.New("this link is not one of this farm's")
	// ErrLinkExpired says that a link was good once.
	ErrLinkExpired = errors.New("this link has expired: sign in to see the alert")
)

// Signer makes and checks links.
type Signer struct{ key []byte }

// NewSigner returns a signer with a secret of at least 32 bytes that outlives the program.
func NewSigner(key []byte) *Signer { return &Signer{key: slices.Clone(key)} }

// Sign returns a token for a URL's path.
func (s *Signer) Sign(g Grant) string {
	ids := slices.Clone(g.Alerts)
	slices.Sort(ids)
	b := []byte{byte(g.Action)}
	b = binary.AppendUvarint(b, uint64(g.Recipient))
	b = binary.AppendUvarint(b, uint64(g.Until.Unix()))
	previous := sensors.AlertID(0)
	for _, id := range slices.Compact(ids) {
		b = binary.AppendUvarint(b, uint64(id-previous))
		previous = id
	}
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

// Check returns what a token grants at a moment, or ErrLink or ErrLinkExpired.
func (s *Signer) Check(token string, now time.Time) (Grant, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < macSize+4 || strings.ContainsAny(token, "\r\n") { // which the decoder passes over
		return Grant{}, ErrLink
	}
	body, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	if !hmac.Equal(mac, s.mac(body)) {
		return Grant{}, ErrLink
	}
	g := Grant{Action: Action(body[0])}
	numbers, ok := uvarints(body[1:])
	if !ok || len(numbers) < 3 || g.Action != Acknowledge {
		return Grant{}, ErrLink
	}
	g.Recipient, g.Until = sensors.RecipientID(numbers[0]), time.Unix(int64(numbers[1]), 0).UTC()
	previous := sensors.AlertID(0)
	for _, delta := range numbers[2:] {
		previous += sensors.AlertID(delta)
		g.Alerts = append(g.Alerts, previous)
	}
	if now.After(g.Until) {
		return Grant{}, ErrLinkExpired
	}
	return g, nil
}

// mac signs for this one purpose, so that the key may serve others too.
func (s *Signer) mac(body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("furrow alert link 1\x00"))
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

func uvarints(b []byte) (numbers []uint64, ok bool) {
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return nil, false
		}
		numbers, b = append(numbers, n), b[size:]
	}
	return numbers, true
}

// Links are the addresses in messages: where the farm's pages are reached from a phone, and the signer. An
// empty Base makes no links.
type Links struct {
	Base   string // "https://farm.example.com", without a slash at its end
	Signer *Signer
}

// open returns the address of an alert, or of the list when there are several.
func (l Links) open(alerts []sensors.AlertID) string {
	switch {
	case l.Base == "":
		return ""
	case len(alerts) == 1:
		return l.Base + "/alerts/" + alerts[0].String()
	}
	return l.Base + "/alerts"
}

// AcknowledgePath precedes the token of a link that acknowledges. Opening it must show a button, since mail
// scanners open links too; a POST to it acknowledges, which is what ntfy's button does.
const AcknowledgePath = "/got-it/"

// acknowledge returns a signed address for the alerts, "" when there are none or too many for one link.
func (l Links) acknowledge(alerts []sensors.AlertID, to sensors.RecipientID, now time.Time) string {
	if l.Base == "" || l.Signer == nil || len(alerts) == 0 || len(alerts) > maxGranted {
		return ""
	}
	return l.Base + AcknowledgePath + l.Signer.Sign(Grant{Acknowledge, alerts, to, now.Add(linkAge)})
}
