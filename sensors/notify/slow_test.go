package notify

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"furrow/sensors"
)

// pipes connects to a handler over pipes, so that the time of the bubble rules.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.ended:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.ended) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// piped returns a sender whose HTTP goes to a handler inside the bubble.
func piped(t *testing.T, handle http.HandlerFunc) *Sender {
	t.Helper()
	p := newPipes()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client is gone
		handle(w, r)
	})}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(p) }()
	s := NewSender(Options{AllowPrivate: true})
	s.client = newClient(p.dial)
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		_ = server.Shutdown(context.Background()) // waits for the handlers
		<-served
	})
	return s
}

func TestSlowWebhooksAreLeftAfterTheLimit(t *testing.T) {
	for name, handle := range map[string]http.HandlerFunc{
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drips its headers": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.WriteHeader(http.StatusEarlyHints)
				time.Sleep(time.Second)
			}
		},
		"redirects slowly": func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(8 * time.Second)
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := piped(t, handle)
				began := time.Now()
				err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: "http://example.com/"}, aMessage)
				if took := time.Since(began); err == nil || took > timeLimit {
					t.Errorf("%v after %v, want an error after at most %v", err, took, timeLimit)
				}
			})
		})
	}
}

func TestEndlessAnswerIsReadInPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := piped(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			for {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					return
				}
			}
		})
		err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: "http://example.com/"}, aMessage)
		if err == nil || !strings.HasPrefix(err.Error(), "it answered 400") {
			t.Errorf("got %v", err)
		}
	})
}

func TestMuteMailServerIsLeftAfterTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, server := newPipes(), &smtpServer{mute: true}
		served := make(chan struct{})
		go func() {
			defer close(served)
			if conn, err := p.Accept(); err == nil {
				server.serve(conn)
			}
		}()
		s := NewSender(Options{AllowPrivate: true})
		s.dial = p.dial
		began := time.Now()
		err := mailTo(t, s, MailServer{Host: "mail.example", Security: Unencrypted, From: "f@farm.example"}, aMessage)
		if took := time.Since(began); err == nil || took > mailLimit || err.Error() != "it gave no answer in time" {
			t.Errorf("%v after %v", err, took)
		}
		<-served
	})
}

// TestOutboxThroughMailThatIsDown runs the worker, the sender and a mail server together: the server is down
// for two days but an hour, and the letter comes once.
func TestOutboxThroughMailThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, server := newPipes(), &smtpServer{}
		s := NewSender(Options{AllowPrivate: true, Mail: func() MailServer {
			return MailServer{Host: "mail.example", Security: Unencrypted, From: "furrow@farm.example"}
		}})
		var mu sync.Mutex
		up := false
		s.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			if !up {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errDown}
			}
			return p.dial(ctx, network, address)
		}
		served := make(chan struct{})
		go func() {
			defer close(served)
			for {
				conn, err := p.Accept()
				if err != nil {
					return
				}
				server.serve(conn)
			}
		}()
		m := newMemory()
		m.owe(m.recipient("Ann", mailbox), sensors.EventFiring, 0, m.fire(sensors.Warning))
		stop := run(t, newWorker(m, s))
		after(47 * time.Hour)
		mu.Lock()
		up = true
		mu.Unlock()
		after(longestPause + 5*time.Minute)
		if got := server.taken(); len(got) != 1 || !strings.Contains(got[0].data, "Message-ID: <furrow-1-firing@farm.example>") {
			t.Errorf("the server took %d letters, want the one: %+v", len(got), got)
		}
		stop()
		_ = p.Close()
		<-served
	})
}
