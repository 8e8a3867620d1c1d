package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// people is where the owner lets others in and says what they may do.
func (s *Server) people(c echo.Context) error {
	return s.peoplePage(c, http.StatusOK, 0, fieldsOf(map[string]string{"role": string(auth.RoleWorker)}))
}

// peoplePage shows everybody; fields belong to the form of the person with the id, or of a new one if it is
// zero.
func (s *Server) peoplePage(c echo.Context, status int, id int64, fields views.Fields) error {
	all, err := s.o.People.People(c.Request().Context())
	if err != nil {
		return err
	}
	model := views.People{Page: s.page(c, "People", "settings"), New: fieldsOf(map[string]string{"role": string(auth.RoleWorker)}),
		Roles: roleChoices()}
	for _, p := range all {
		row := views.PersonRow{ID: strconv.FormatInt(p.ID, 10), Name: p.Name, Email: p.Email, Role: roleLabel(p.Role),
			Self: p.ID == viewer(c).ID, Fields: fieldsOf(map[string]string{"name": p.Name, "email": p.Email, "role": string(p.Role)})}
		if p.ID == id {
			row.Fields, row.Open = fields, true
		}
		model.Rows = append(model.Rows, row)
	}
	if id == 0 {
		model.New = fields
	}
	return s.show(c, status, views.PeoplePage(model))
}

func (s *Server) addPerson(c echo.Context) error {
	f := readForm(c)
	person := auth.Person{Email: f.text("email"), Name: f.text("name"), Role: auth.Role(f.text("role")), CreatedAt: time.Now()}
	f.check(person.Validate())
	f.check(auth.CheckNewPassword(f.secret("password")))
	if f.ok() {
		hash, err := s.hash(c.Request().Context(), f.secret("password"))
		if err != nil {
			return err
		}
		_, err = s.o.People.CreatePerson(c.Request().Context(), person, hash)
		if err := personRefused(f, err); err != nil {
			return err
		}
	}
	if !f.ok() {
		return s.peoplePage(c, http.StatusUnprocessableEntity, 0, f.fields())
	}
	s.say(c, person.Name+" may sign in now.")
	return done(c, "/settings/people")
}

func (s *Server) editPerson(c echo.Context) error {
	person, err := s.personOf(c)
	if err != nil {
		return err
	}
	f := readForm(c)
	before := person.Role
	person.Name, person.Email, person.Role = f.text("name"), f.text("email"), auth.Role(f.text("role"))
	f.check(person.Validate())
	if f.ok() {
		err := s.o.People.UpdatePerson(c.Request().Context(), person)
		if errors.Is(err, sensors.ErrForbidden) {
			f.bad.Add("role", "The farm needs at least one owner. Make somebody else an owner first.")
			err = nil
		}
		if err := personRefused(f, err); err != nil {
			return err
		}
	}
	if !f.ok() {
		return s.peoplePage(c, http.StatusUnprocessableEntity, person.ID, f.fields())
	}
	if person.Role != before { // open pages show what the old role might see
		s.viewings.end(func(v auth.Session) bool { return v.Person.ID == person.ID })
	}
	s.say(c, person.Name+" is saved.")
	return done(c, "/settings/people")
}

// personRefused moves what is wrong with a person into the form, and returns what is wrong otherwise.
func personRefused(f *form, err error) error {
	if errors.Is(err, sensors.ErrConflict) {
		f.bad.Add("email", "Somebody with this address is on the list already.")
		return nil
	}
	if f.check(err) {
		return nil
	}
	return err
}

// resetPassword gives somebody a new password that the owner chose, and signs them out everywhere.
func (s *Server) resetPassword(c echo.Context) error {
	person, err := s.personOf(c)
	if err != nil {
		return err
	}
	f := readForm(c)
	f.check(auth.CheckNewPassword(f.secret("password")))
	if !f.ok() {
		fields := f.fields()
		fields.Values = map[string]string{"name": person.Name, "email": person.Email, "role": string(person.Role)}
		return s.peoplePage(c, http.StatusUnprocessableEntity, person.ID, fields)
	}
	if err := s.setPassword(c, person.ID, f.secret("password"), nil); err != nil {
		return err
	}
	if person.ID == viewer(c).ID {
		if err := s.begin(c, person); err != nil {
			return err
		}
	}
	s.say(c, person.Name+" has the new password and is signed out everywhere.")
	return done(c, "/settings/people")
}

// setPassword stores a new password and ends the person's sessions, but for the one to keep.
func (s *Server) setPassword(c echo.Context, id int64, password string, keep []byte) error {
	hash, err := s.hash(c.Request().Context(), password)
	if err != nil {
		return err
	}
	if err := s.o.People.SetPassword(c.Request().Context(), id, hash, keep); err != nil {
		return err
	}
	s.viewings.end(func(v auth.Session) bool { return v.Person.ID == id && (keep == nil || string(v.Hash) != string(keep)) })
	return nil
}

func (s *Server) removePerson(c echo.Context) error {
	person, err := s.personOf(c)
	if err != nil {
		return err
	}
	if person.ID == viewer(c).ID {
		return refusal{http.StatusConflict, "You cannot remove yourself. Another owner can."}
	}
	if err := s.o.People.DeletePerson(c.Request().Context(), person.ID); err != nil {
		if errors.Is(err, sensors.ErrForbidden) {
			return refusal{http.StatusConflict, "The farm needs at least one owner. Make somebody else an owner first."}
		}
		return err
	}
	s.viewings.end(func(v auth.Session) bool { return v.Person.ID == person.ID })
	s.say(c, person.Name+" is removed and signed out everywhere.")
	return done(c, "/settings/people")
}

// personOf returns the person that the address names.
func (s *Server) personOf(c echo.Context) (auth.Person, error) {
	all, err := s.o.People.People(c.Request().Context())
	if err != nil {
		return auth.Person{}, err
	}
	for _, p := range all {
		if strconv.FormatInt(p.ID, 10) == c.Param("id") {
			return p, nil
		}
	}
	return auth.Person{}, sensors.ErrNotFound
}

func roleChoices() []views.Choice {
	var choices []views.Choice
	for _, r := range auth.Roles() {
		choices = append(choices, views.Choice{Value: string(r), Label: roleLabel(r), Hint: r.Explain()})
	}
	return choices
}

func roleLabel(r auth.Role) string {
	switch r {
	case auth.RoleOwner:
		return "Owner"
	case auth.RoleManager:
		return "Manager"
	case auth.RoleWorker:
		return "Worker"
	case auth.RoleViewer:
		return "Viewer"
	}
	return string(r)
}
