package notify

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"furrow/sensors"
)

// mailTo sends a message through a server.
func mailTo(t *testing.T, s *Sender, server MailServer, m Message) error {
	t.Helper()
	s.Mail = func() MailServer { return server }
	return s.Send(t.Context(), mailbox, m)
}

var aMessage = Message{Key: "42-firing", Event: sensors.EventFiring, Severity: sensors.Critical, Title: "Greenhouse 2: Air temperature too high",
	Text: "At Probe 3.\nSince 02:14 (23 min).", Footer: "From Furrow at Hill Farm", At: time.Date(2026, 3, 1, 2, 14, 0, 0, time.UTC),
	Open: "https://farm.example/alerts/7", Acknowledge: "https://farm.example/got-it/TOKEN", Total: 1, StillFiring: 1}

func TestMailIsDelivered(t *testing.T) {
	certificate := httptest.NewTLSServer(nil)
	defer certificate.Close()
	for _, tc := range []struct {
		name     string
		server   *smtpServer
		wrap     func(net.Listener) net.Listener
		security MailSecurity
		user     string
	}{
		{"unencrypted", &smtpServer{}, plainly, Unencrypted, ""},
		{"STARTTLS", &smtpServer{config: tlsOf(certificate)}, plainly, StartTLS, "furrow"},
		{"TLS", &smtpServer{}, func(l net.Listener) net.Listener { return tls.NewListener(l, tlsOf(certificate)) }, TLS, "furrow"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := tc.server.listen(t, tc.wrap)
			at.Security, at.Username, at.Password = tc.security, tc.user, "p4ssw0rd"
			s := NewSender(Options{AllowPrivate: true})
			trust(s, certificate)
			if err := mailTo(t, s, at, aMessage); err != nil {
				t.Fatal(err)
			}
			got := tc.server.taken()
			if len(got) != 1 || !strings.Contains(got[0].from, "<furrow@farm.example>") || !strings.Contains(got[0].to, "<ann@example.com>") {
				t.Fatalf("the server took %+v", got)
			}
			if want := "|furrow|p4ssw0rd"; tc.user != "" && got[0].user != want {
				t.Errorf("signed in as %q, want %q", got[0].user, want)
			}
			checkLetter(t, got[0].data)
		})
	}
}

func checkLetter(t *testing.T, data string) {
	t.Helper()
	letter, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Subject": aMessage.Title, "Message-ID": "<furrow-42-firing@farm.example>", "Auto-Submitted": "auto-generated",
		"From": `"Furrow" <furrow@farm.example>`, "Date": "Sun, 01 Mar 2026 02:14:00 +0000"} {
		if got, _ := new(mime.WordDecoder).DecodeHeader(letter.Header.Get(name)); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	plain, html := parts(t, letter)
	for _, want := range []string{"Since 02:14 (23 min).", aMessage.Open, aMessage.Acknowledge, aMessage.Footer} {
		if !strings.Contains(plain, want) || !strings.Contains(html, want) {
			t.Errorf("%q is missing in %q or %q", want, plain, html)
		}
	}
}

// parts returns a letter's two forms.
func parts(t *testing.T, letter *mail.Message) (plain, html string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(letter.Body, params["boundary"])
	var texts []string
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var in io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			in = quotedprintable.NewReader(p)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, b.String())
	}
	if len(texts) != 2 {
		t.Fatalf("the letter has %d parts, want 2", len(texts))
	}
	return texts[0], texts[1]
}

func TestMailHoldsHostileNamesInTheirPlace(t *testing.T) {
	server := &smtpServer{}
	at := server.listen(t, plainly)
	f := oneLineFacts()
	f.Farm.Name = "Farm\r\nBcc: x@evil.example"
	f.Lines[0].Place.Zone = "House\r\nBcc: y@evil.example\r\n\r\n<script>alert(1)</script>{{.Secret}}"
	f.Lines[0].Rule.Name = `"><img src=x onerror=alert(1)>`
	f.Lines[0].Last = sensors.EarlierNote{Note: "\r\n.\r\nMAIL FROM:<z@evil.example>", By: "Ann"}
	if err := mailTo(t, NewSender(Options{AllowPrivate: true}), at, Compose(f)); err != nil {
		t.Fatal(err)
	}
	got := server.taken()
	if len(got) != 1 {
		t.Fatalf("the server took %d letters, want 1", len(got))
	}
	letter, err := mail.ReadMessage(strings.NewReader(got[0].data))
	if err != nil {
		t.Fatal(err)
	}
	if letter.Header.Get("Bcc") != "" {
		t.Error("a name has added a header")
	}
	plain, html := parts(t, letter)
	for _, bad := range []string{"<script", "<img"} {
		if strings.Contains(html, bad) {
			t.Errorf("a name has added markup: %q", html)
		}
	}
	if !strings.Contains(plain, "{{.Secret}}") || !strings.Contains(html, "{{.Secret}}") {
		t.Errorf("a name was executed: %q", plain)
	}
}

func TestMailThatIsNotTaken(t *testing.T) {
	refusing := &smtpServer{refuse: "550 5.1.1 nobody of that name"}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := MailServer{Host: "127.0.0.1", Port: closed.Addr().(*net.TCPAddr).Port, Security: Unencrypted, From: "furrow@farm.example"}
	_ = closed.Close()
	encrypts := (&smtpServer{}).listen(t, plainly)
	encrypts.Security = StartTLS
	for _, tc := range []struct {
		name   string
		server MailServer
		allow  bool
		want   string
	}{
		{"refused", refusing.listen(t, plainly), true, "nobody of that name"},
		{"nobody there", nobody, true, "connection refused"},
		{"cannot encrypt", encrypts, true, "STARTTLS"},
		{"inside", encrypts, false, errPrivate.Error()},
		{"not set up", MailServer{}, true, "no mail server is set up yet"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.server.Username, tc.server.Password = "furrow", "p4ssw0rd"
			if tc.name == "refused" {
				tc.server.Username = ""
			}
			err := mailTo(t, NewSender(Options{AllowPrivate: tc.allow}), tc.server, aMessage)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "p4ssw0rd") || strings.Contains(err.Error(), "42-firing") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestMailServerIsChecked(t *testing.T) {
	good := MailServer{Host: "smtp.example.com", From: "furrow@farm.example"}
	if err := good.Validate(); err != nil {
		t.Errorf("a good one: %v", err)
	}
	for field, change := range map[string]func(*MailServer){
		"host":     func(m *MailServer) { m.Host = "https://smtp.example.com" },
		"port":     func(m *MailServer) { m.Port = 65536 },
		"security": func(m *MailServer) { m.Security = "ssl3" },
		"from":     func(m *MailServer) { m.From = "Furrow <furrow@farm.example>" },
	} {
		m := good
		change(&m)
		var bad sensors.Invalid
		if err := m.Validate(); !errors.As(err, &bad) || len(bad) != 1 || bad[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}
