package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"html/template"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"furrow/sensors"
)

// MailServer is the SMTP server that takes the farm's mail, and who the mail is from.
type MailServer struct {
	Host     string       `json:"host"`
	Port     int          `json:"port"` // 0: 587, or 465 for TLS
	Security MailSecurity `json:"security"`
	Username string       `json:"username"` // "" signs in as nobody
	Password string       `json:"password"`
	From     string       `json:"from"` // address
}

// MailSecurity is how the connection to the mail server is encrypted.
type MailSecurity string

const (
	StartTLS    MailSecurity = ""     // encrypted after the greeting, or nothing is sent
	TLS         MailSecurity = "tls"  // encrypted from the start
	Unencrypted MailSecurity = "none" // only where the server is next to this one; passwords are not sent
)

// Validate returns an Invalid for what a person must correct.
func (m MailServer) Validate() error {
	bad := sensors.Invalid{}
	if m.Host == "" || strings.ContainsFunc(m.Host, func(r rune) bool { return r <= ' ' || r == '/' || r == '@' }) {
		bad.Add("host", "Give the mail server's name, such as smtp.example.com.")
	}
	if m.Port < 0 || m.Port > 65535 {
		bad.Add("port", "The port is a number up to 65535; leave it empty for the usual one.")
	}
	if m.Security != StartTLS && m.Security != TLS && m.Security != Unencrypted {
		bad.Add("security", "Choose STARTTLS, TLS or none.")
	}
	if a, ok := readEmail(m.From); !ok || a.to != m.From {
		bad.Add("from", "Give the address that mail comes from, such as furrow@example.com.")
	}
	return bad.Err()
}

// mailLimit is how long a whole delivery may take; servers make strangers wait before they greet.
const mailLimit = 30 * time.Second

// mail delivers by SMTP.
func (s *Sender) mail(ctx context.Context, a address, m Message) error {
	var server MailServer
	if s.Mail != nil {
		server = s.Mail()
	}
	if server.Host == "" || server.From == "" {
		return &Failure{Sentence: "no mail server is set up yet: see Settings"}
	}
	letter, err := compose(server, a, m)
	if err != nil {
		return &Failure{Sentence: scrub(err.Error(), a)}
	}
	ctx, cancel := context.WithTimeout(ctx, mailLimit)
	defer cancel()
	client, err := mail.NewClient(server.Host, s.mailOptions(ctx, server)...)
	if err != nil {
		return &Failure{Sentence: "the mail server's settings cannot be used"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return mailFailure(err, server)
	}
	// A server that takes the letter and then loses the connection has taken it: Close's error says nothing.
	defer client.Close()
	return mailFailure(client.Send(letter), server)
}

func (s *Sender) mailOptions(ctx context.Context, server MailServer) []mail.Option {
	port := server.Port
	if port == 0 {
		port = map[MailSecurity]int{TLS: 465}[server.Security]
	}
	if port == 0 {
		port = 587
	}
	policy := mail.TLSMandatory
	if server.Security != StartTLS {
		policy = mail.TLSOpportunistic // with TLS it only looks at the encryption that dial has made
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeLimit), mail.WithTLSPolicy(policy), mail.WithHELO("furrow"),
		mail.WithTLSConfig(s.tlsConfig(server.Host)), mail.WithoutNoop(),
		mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			return s.dialMail(dialing, ctx, network, address, server)
		})}
	if server.Username != "" {
		options = append(options, mail.WithUsername(server.Username), mail.WithPassword(server.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5))
	}
	return options
}

// dialMail connects through the guard. The connection ends with session, which the library does not mind after
// it has connected.
func (s *Sender) dialMail(dialing, session context.Context, network, address string, server MailServer) (net.Conn, error) {
	conn, err := s.dial(dialing, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(session, func() { _ = conn.Close() })
	if server.Security != TLS {
		return conn, nil
	}
	secure := tls.Client(conn, s.tlsConfig(server.Host))
	if err := secure.HandshakeContext(dialing); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

func (s *Sender) tlsConfig(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
}

// compose writes the letter. The library encodes headers, so that names cannot add any.
func compose(server MailServer, to address, m Message) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if err := errors.Join(letter.FromFormat("Furrow", server.From), letter.To(to.to)); err != nil {
		return nil, err
	}
	_, domain := cutLast(server.From, "@")
	letter.Subject(oneLine(m.Title))
	letter.SetMessageIDWithValue("furrow-" + m.Key + "@" + domain) // the same letter twice has one id, and is shown once
	letter.SetDateWithValue(m.At)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetUserAgent("Furrow")
	if level(m) == 2 {
		letter.SetImportance(mail.ImportanceUrgent)
	}
	letter.SetBodyString(mail.TypeTextPlain, m.Full(2*maxText)+"\n\n-- \n"+m.Footer+"\n")
	var html bytes.Buffer
	if err := letterHTML.Execute(&html, letterView{m, strings.Split(m.Text, "\n")}); err != nil {
		return nil, err
	}
	letter.AddAlternativeString(mail.TypeTextHTML, html.String())
	return letter, nil
}

type letterView struct {
	Message
	Lines []string
}

// letterHTML escapes all it is given. Mail programs understand little, so there is little in it.
var letterHTML = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><h2>{{.Title}}</h2>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{with .Acknowledge}}<p><b><a href="{{.}}">I’ve got it</a></b></p>
{{end}}{{with .Open}}<p><a href="{{.}}">Open</a></p>
{{end}}<hr><p><small>{{.Footer}}</small></p></body></html>
`))

// mailFailure turns the library's error into one that may be shown; its own text names the letter's id and
// the library's states.
func mailFailure(err error, server MailServer) error {
	if err == nil {
		return nil
	}
	a := address{secret: server.Password, user: server.Username}
	var sent *mail.SendError
	if !errors.As(err, &sent) {
		return failure(err, a)
	}
	text := sent.Error()
	if i := strings.Index(text, ", affected recipient"); i >= 0 {
		text = text[:i]
	}
	return &Failure{Sentence: "the mail server did not take it: " + scrub(text, a)}
}
