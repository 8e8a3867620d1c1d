package notify

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"

	"furrow/sensors"
)

// Options are what a Sender stands on.
type Options struct {
	// AllowPrivate lets targets be on this machine and its networks.
	AllowPrivate bool
	// Mail returns the mail server as it is set now; nil or one without a host sends no mail.
	Mail func() MailServer
	// Publish sends on Furrow's own broker; nil when there is none.
	Publish func(ctx context.Context, topic string, payload []byte) error
	// VAPID identifies this farm to browsers' push services; empty sends no web push.
	VAPID VAPID
}

// Sender hands messages to channels. It keeps nothing but idle connections.
type Sender struct {
	Options
	guard  *guard
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	client *http.Client
	roots  *x509.CertPool // nil: the machine's own
}

// NewSender returns a sender.
func NewSender(o Options) *Sender {
	g := &guard{allowPrivate: o.AllowPrivate}
	return &Sender{Options: o, guard: g, dial: g.dial, client: newClient(g.dial)}
}

// Check returns an Invalid with what a person must correct about a channel: under "kind" or "target". It looks
// host names up, for at most three seconds.
func (s *Sender) Check(ctx context.Context, c sensors.Channel) error {
	a, err := read(c)
	if err != nil {
		return err
	}
	if a.url == "" {
		return nil
	}
	u, err := url.Parse(a.url)
	if err != nil || s.guard.check(ctx, u.Hostname()) != nil {
		return sensors.Invalid{"target": "That address is on this machine or a local network. Use a public one, or start Furrow with --allow-private-targets."}
	}
	return nil
}

// Send hands a message to a channel and returns nil when that took it. The error is a *Failure that may be
// shown, or an Invalid, or ctx's.
func (s *Sender) Send(ctx context.Context, c sensors.Channel, m Message) error {
	a, err := read(c)
	if err != nil {
		return err
	}
	switch c.Kind {
	case "email":
		return s.mail(ctx, a, m)
	case "mqtt":
		return s.siren(ctx, a, m)
	case "webpush":
		return s.push(ctx, a, m)
	case "webhook":
		return s.post(ctx, a, webhook(a, m))
	}
	return s.post(ctx, a, posts[c.Kind](a, m))
}

// post makes a request and sends it.
func (s *Sender) post(ctx context.Context, a address, p post) error {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	method := p.method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, p.url, bytes.NewReader(p.body))
	if err != nil {
		return &Failure{Sentence: "its address cannot be used"}
	}
	for name, text := range p.header {
		req.Header.Set(name, text)
	}
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.user != "" && req.Header.Get("Authorization") == "" && p.basic {
		req.SetBasicAuth(a.user, a.secret)
	}
	return do(s.client, req, a)
}

// siren publishes the word for on while something fires, and that for off after the last of it.
func (s *Sender) siren(ctx context.Context, a address, m Message) error {
	if s.Publish == nil {
		return &Failure{Sentence: "there is no MQTT broker here"}
	}
	word := a.from
	if m.StillFiring > 0 {
		word = a.user
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	return failure(s.Publish(ctx, a.to, []byte(word)), a)
}

// ours reports whether an error is only that our own side gave up: the program is ending.
func ours(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || errors.Is(err, context.Canceled))
}
