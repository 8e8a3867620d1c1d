package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// tokens is where the owner lets programs in.
func (s *Server) tokens(c echo.Context) error {
	return s.tokensPage(c, http.StatusOK, fieldsOf(map[string]string{"scope": string(auth.ScopeRead)}))
}

func (s *Server) tokensPage(c echo.Context, status int, fields views.Fields) error {
	all, err := s.o.People.Tokens(c.Request().Context())
	if err != nil {
		return err
	}
	model := views.Tokens{Page: s.page(c, "API tokens", "settings"), New: fields, Scopes: scopeChoices()}
	for _, t := range all {
		row := views.TokenRow{ID: strconv.FormatInt(t.ID, 10), Name: t.Name, Scope: string(t.Scope), Created: s.moment(t.CreatedAt), Used: "never used"}
		if !t.UsedAt.IsZero() {
			row.Used = "last used " + s.moment(t.UsedAt).Text
		}
		model.Rows = append(model.Rows, row)
	}
	return s.show(c, status, views.TokensPage(model))
}

// createToken makes a token and shows its secret on the next page, once.
func (s *Server) createToken(c echo.Context) error {
	f := readForm(c)
	name, scope := f.text("name"), auth.Scope(f.text("scope"))
	sensors.CheckName(f.bad, "name", name, "Give the token a name, so that you know later what it is for.")
	if !scope.Known() {
		f.bad.Add("scope", "Choose what the token may do.")
	}
	if !f.ok() {
		return s.tokensPage(c, http.StatusUnprocessableEntity, f.fields())
	}
	secret, err := auth.NewSecret()
	if err != nil {
		return err
	}
	if _, err := s.o.People.CreateToken(c.Request().Context(), name, scope, auth.SecretHash(secret)); err != nil {
		return err
	}
	s.notes.leave(c, views.Note{Sentence: "The token for " + name + " is made. Copy it now: it is not shown again.",
		Secret: []views.SecretPart{{Label: "Token", Value: secret}}})
	return done(c, "/settings/tokens")
}

func (s *Server) removeToken(c echo.Context) error {
	id, err := sensors.ParseID[int64](c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.o.People.DeleteToken(c.Request().Context(), id); err != nil {
		return err
	}
	s.say(c, "The token is removed. Programs that use it are refused from now on.")
	return done(c, "/settings/tokens")
}

func scopeChoices() []views.Choice {
	return []views.Choice{
		{Value: string(auth.ScopeRead), Label: "Read", Hint: "Sees every zone, device, sensor and reading."},
		{Value: string(auth.ScopeControl), Label: "Control", Hint: "Also sends readings and commands what can be switched."},
		{Value: string(auth.ScopeAdmin), Label: "Admin", Hint: "Also changes zones, devices and rules."},
	}
}
