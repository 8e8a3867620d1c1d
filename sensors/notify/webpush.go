package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	webpush "github.com/SherClockHolmes/webpush-go"
)

// VAPID are the keys by which browsers' push services know this farm, and an address they may write to. The
// public key is given to browsers when they subscribe; with other keys all subscriptions are void.
type VAPID struct {
	Public  string `json:"public"` // base64url, as is Private
	Private string `json:"private"`
	Contact string `json:"contact"` // e-mail address or https URL
}

// NewVAPID makes a new pair of keys.
func NewVAPID(contact string) (VAPID, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	return VAPID{Public: public, Private: private, Contact: contact}, err
}

// pushPayload is what the service worker shows.
type pushPayload struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Body        string `json:"body"`
	URL         string `json:"url,omitempty"`
	Acknowledge string `json:"acknowledge,omitempty"`
	Severity    string `json:"severity"`
	Event       string `json:"event"`
}

// push sends a message to one browser, encrypted for it alone (RFC 8291). A push service keeps it for four
// hours for a browser that sleeps; what is older is of no use at night.
func (s *Sender) push(ctx context.Context, a address, m Message) error {
	if s.VAPID.Private == "" {
		return &Failure{Sentence: "messages to browsers are not set up"}
	}
	payload, err := json.Marshal(pushPayload{m.Key, m.Title, m.Short(1000), m.Open, m.Acknowledge, string(m.Severity), string(m.Event)})
	if err != nil {
		return &Failure{Sentence: "the message cannot be written"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	answer, err := webpush.SendNotificationWithContext(ctx, payload,
		&webpush.Subscription{Endpoint: a.url, Keys: webpush.Keys{P256dh: a.user, Auth: a.secret}},
		&webpush.Options{HTTPClient: s.client, TTL: 4 * 3600, Urgency: []webpush.Urgency{webpush.UrgencyNormal, webpush.UrgencyHigh, webpush.UrgencyHigh}[level(m)],
			Subscriber: s.VAPID.Contact, VAPIDPublicKey: s.VAPID.Public, VAPIDPrivateKey: s.VAPID.Private})
	if err != nil {
		return failure(err, a)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, answerLimit)) // what cannot be read is only missing from the error
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
		return &Failure{Sentence: errUnsubscribed.Error()}
	}
	return &Failure{Sentence: "the push service answered " + strconv.Itoa(answer.StatusCode) + ": " + scrub(string(body), a)}
}

var errUnsubscribed = errors.New("that browser takes no more messages: turn them on again on the device")
