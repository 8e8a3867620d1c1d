package notify

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// smtpServer is a small SMTP server (RFC 5321) that keeps what it takes.
type smtpServer struct {
	config  *tls.Config // nil: offers no STARTTLS
	refuse  string      // answer to RCPT instead of a yes
	mute    bool        // never greets
	mu      sync.Mutex
	letters []letter
}

type letter struct{ from, to, user, data string }

func (s *smtpServer) taken() []letter { s.mu.Lock(); defer s.mu.Unlock(); return s.letters }

// listen serves on a port of this machine until the test ends.
func (s *smtpServer) listen(t *testing.T, wrap func(net.Listener) net.Listener) MailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l = wrap(l)
	var serving sync.WaitGroup
	serving.Add(1)
	go func() {
		defer serving.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Add(1)
			go func() { defer serving.Done(); s.serve(conn) }()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	return MailServer{Host: "127.0.0.1", Port: port, Security: Unencrypted, From: "furrow@farm.example"}
}

func plainly(l net.Listener) net.Listener { return l }

// serve speaks with one client.
func (s *smtpServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(conn, format+"\r\n", args...) }
	if s.mute {
		_, _ = in.ReadString('\n')
		return
	}
	say("220 test ESMTP")
	var now letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-test\r\n250-8BITMIME\r\n250-AUTH PLAIN")
			if _, secure := conn.(*tls.Conn); s.config != nil && !secure {
				say("250-STARTTLS")
			}
			say("250 ENHANCEDSTATUSCODES")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.config)
			in = bufio.NewReader(conn)
		case "AUTH":
			b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			now.user = strings.ReplaceAll(string(b), "\x00", "|")
			say("235 2.7.0 welcome")
		case "MAIL":
			now.from = rest
			say("250 2.1.0 ok")
		case "RCPT":
			if s.refuse != "" {
				say("%s", s.refuse)
				continue
			}
			now.to = rest
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			now.data = readData(in)
			s.mu.Lock()
			s.letters = append(s.letters, now)
			s.mu.Unlock()
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

func readData(in *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

// tlsOf borrows a test server's certificate.
func tlsOf(server *httptest.Server) *tls.Config {
	return &tls.Config{Certificates: server.TLS.Certificates}
}
