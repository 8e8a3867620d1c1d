package web

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// account is a person's own page: the password, and where they are signed in.
func (s *Server) account(c echo.Context) error {
	return s.accountPage(c, http.StatusOK, views.Fields{})
}

func (s *Server) accountPage(c echo.Context, status int, fields views.Fields) error {
	me := session(c)
	all, err := s.o.People.Sessions(c.Request().Context(), me.Person.ID)
	if err != nil {
		return err
	}
	model := views.Account{Page: s.page(c, "Your account", "settings"), Name: me.Person.Name, Email: me.Person.Email,
		Role: roleLabel(me.Person.Role), RoleHint: me.Person.Role.Explain(), Password: fields}
	for _, one := range all {
		model.Sessions = append(model.Sessions, views.SessionRow{ID: hex.EncodeToString(one.Hash), Browser: browserName(one.Agent), Address: one.Address,
			Begun: s.moment(one.CreatedAt), Seen: s.moment(one.SeenAt), Current: string(one.Hash) == string(me.Hash)})
	}
	return s.show(c, status, views.AccountPage(model))
}

// changePassword stores a new password, signs this browser in anew and all others out.
func (s *Server) changePassword(c echo.Context) error {
	f := readForm(c)
	me := session(c)
	err := auth.CheckNewPassword(f.secret("new_password"))
	if bad, ok := err.(auth.Invalid); ok {
		f.bad.Add("new_password", bad["password"])
	}
	if f.ok() {
		_, err := s.knock(c, me.Person.Email, f.secret("password"))
		if r, ok := err.(refusal); ok {
			f.bad.Add("password", strings.Replace(r.sentence, "The e-mail address or the password is", "This is", 1))
		} else if err != nil {
			return err
		}
	}
	if !f.ok() {
		return s.accountPage(c, http.StatusUnprocessableEntity, f.fields())
	}
	if err := s.setPassword(c, me.Person.ID, f.secret("new_password"), nil); err != nil {
		return err
	}
	if err := s.begin(c, me.Person); err != nil {
		return err
	}
	s.say(c, "Your password is changed. Other browsers are signed out.")
	return done(c, "/account")
}

// endSession signs one of the person's own browsers out.
func (s *Server) endSession(c echo.Context) error {
	hash, err := hex.DecodeString(c.Param("id"))
	if err != nil {
		return sensors.ErrNotFound
	}
	found, err := s.o.People.SessionByHash(c.Request().Context(), hash)
	if err != nil {
		return err
	}
	if found.Person.ID != viewer(c).ID {
		return sensors.ErrNotFound
	}
	if err := s.end(c.Request().Context(), hash); err != nil {
		return err
	}
	if string(hash) == string(session(c).Hash) {
		s.dropCookie(c)
		return done(c, "/sign-in")
	}
	s.say(c, "That browser is signed out.")
	return done(c, "/account")
}

// browserName makes two words people know out of what a browser says about itself.
func browserName(agent string) string {
	first := func(names ...string) string {
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := first("Edg", "Edge", "OPR/", "Opera", "Firefox", "Firefox", "FxiOS", "Firefox", "SamsungBrowser", "Samsung Internet",
		"CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari", "curl", "curl")
	system := first("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "Mac", "CrOS", "Chromebook", "Linux", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser+system != "":
		return browser + system
	}
	return "Unknown browser"
}
