package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"furrow/sensors/notify"
	"furrow/views"
)

// setting reads what is set under a key; nothing set is the zero value.
func setting[T any](ctx context.Context, s *Server, key string) (value T, err error) {
	text, err := s.o.Settings.Setting(ctx, key)
	if err != nil || text == "" {
		return value, err
	}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return value, fmt.Errorf("reading the setting %s: %w", key, err)
	}
	return value, nil
}

func (s *Server) setSetting(ctx context.Context, key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.o.Settings.SetSetting(ctx, key, string(raw))
}

// mail is the form for the server that takes the farm's mail.
func (s *Server) mail(c echo.Context) error {
	server, err := setting[notify.MailServer](c.Request().Context(), s, notify.SettingMail)
	if err != nil {
		return err
	}
	values := map[string]string{"host": server.Host, "security": mailSecurity(server.Security), "username": server.Username, "from": server.From}
	if server.Port != 0 {
		values["port"] = strconv.Itoa(server.Port)
	}
	return s.mailPage(c, http.StatusOK, server, fieldsOf(values))
}

func (s *Server) mailPage(c echo.Context, status int, server notify.MailServer, fields views.Fields) error {
	model := views.MailForm{Page: s.page(c, "Mail server", "settings"), Edit: fields, Set: server.Host != "", Known: server.Password != "",
		Securities: []views.Choice{{Value: "starttls", Label: "STARTTLS", Hint: "The usual one, port 587."}, {Value: "tls", Label: "TLS", Hint: "From the start, port 465."},
			{Value: "none", Label: "None", Hint: "Only for a server next to this one; no password is sent."}}}
	return s.show(c, status, views.MailPage(model))
}

// mailSecurity is the choice of a form; the usual one is stored as nothing.
func mailSecurity(security notify.MailSecurity) string {
	if security == notify.StartTLS {
		return "starttls"
	}
	return string(security)
}

// saveMail stores the mail server. A password that is not typed again stays, but not for another server.
func (s *Server) saveMail(c echo.Context) error {
	ctx := c.Request().Context()
	old, err := setting[notify.MailServer](ctx, s, notify.SettingMail)
	if err != nil {
		return err
	}
	f := readForm(c)
	server := notify.MailServer{Host: f.text("host"), Security: notify.MailSecurity(f.text("security")), Username: f.text("username"),
		Password: f.secret("password"), From: f.text("from")}
	if server.Security == "starttls" {
		server.Security = notify.StartTLS
	}
	if text := f.text("port"); text != "" {
		if server.Port, err = strconv.Atoi(text); err != nil {
			f.bad.Add("port", "The port is a number up to 65535; leave it empty for the usual one.")
		}
	}
	if server.Password == "" && server.Host == old.Host && server.Username == old.Username {
		server.Password = old.Password
	}
	f.check(server.Validate())
	if !f.ok() {
		return s.mailPage(c, http.StatusUnprocessableEntity, old, f.fields())
	}
	if err := s.setSetting(ctx, notify.SettingMail, server); err != nil {
		return err
	}
	s.say(c, "The mail server is saved. Send a test from the page of who is told.")
	return done(c, "/settings/mail")
}

func (s *Server) removeMail(c echo.Context) error {
	if err := s.o.Settings.SetSetting(c.Request().Context(), notify.SettingMail, ""); err != nil {
		return err
	}
	s.say(c, "The mail server is removed. No e-mail is sent any more.")
	return done(c, "/settings/mail")
}
