package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// setup is the first visit: it makes the owner and the farm. It is gone once there is an owner.
func (s *Server) setup(c echo.Context) error {
	claimed, err := s.claimed(c.Request().Context())
	if err != nil {
		return err
	}
	if claimed {
		return done(c, "/")
	}
	code := c.QueryParam("code")
	if !fromHere(c.Request()) && code == "" {
		return s.show(c, http.StatusOK, views.SetupCodePage(s.page(c, "Set up", ""), views.Fields{}))
	}
	if err := s.maySetUp(c, code); err != nil {
		return s.askForCode(c, err)
	}
	fields := fieldsOf(map[string]string{"code": code, "farm_units": string(sensors.MetricUnits), "farm_clock": "24"})
	return s.show(c, http.StatusOK, s.setupPage(c, fields))
}

func (s *Server) setupPage(c echo.Context, fields views.Fields) templ.Component {
	return views.SetupPage(s.page(c, "Set up", ""), fields, timeZones())
}

// askForCode shows the form for the code again, saying what was wrong with the last one.
func (s *Server) askForCode(c echo.Context, err error) error {
	var r refusal
	if !errors.As(err, &r) {
		return err
	}
	return s.show(c, r.status, views.SetupCodePage(s.page(c, "Set up", ""), views.Fields{Wrong: map[string]string{"code": r.sentence}}))
}

// maySetUp lets this machine itself pass, and others with the right code. Guessing it is slow.
func (s *Server) maySetUp(c echo.Context, code string) error {
	if fromHere(c.Request()) {
		return nil
	}
	now, key := time.Now(), "set-up code"
	if wait := s.guesses.Wait(now, key); wait > 0 {
		return refusal{http.StatusTooManyRequests, fmt.Sprintf("Too many wrong codes. Wait %s, then try again.", inWords(wait))}
	}
	if !s.rightCode(code) {
		s.guesses.Missed(now, key)
		return refusal{http.StatusForbidden, "This is not the code. Furrow prints it when it starts, on the screen or in the log of its computer."}
	}
	return nil
}

// setUp makes the owner and the farm and signs the owner in.
func (s *Server) setUp(c echo.Context) error {
	s.claim.making.Lock()
	defer s.claim.making.Unlock()
	ctx := c.Request().Context()
	claimed, err := s.claimed(ctx)
	if err != nil {
		return err
	}
	if claimed {
		return done(c, "/sign-in")
	}
	f := readForm(c)
	if err := s.maySetUp(c, f.text("code")); err != nil {
		return s.askForCode(c, err)
	}
	owner := auth.Person{Email: f.text("email"), Name: f.text("name"), Role: auth.RoleOwner, CreatedAt: time.Now()}
	f.check(owner.Validate())
	f.check(auth.CheckNewPassword(f.secret("password")))
	farm := readFarm(f, "farm_")
	if !f.ok() {
		return s.show(c, http.StatusUnprocessableEntity, s.setupPage(c, f.fields()))
	}
	hash, err := s.hash(ctx, f.secret("password"))
	if err != nil {
		return err
	}
	if owner, err = s.o.People.CreatePerson(ctx, owner, hash); err != nil {
		return err
	}
	if err := s.o.Farm.SetFarm(ctx, farm); err != nil {
		return err
	}
	if err := s.begin(c, owner); err != nil {
		return err
	}
	return done(c, "/")
}

// readFarm reads the farm's fields, their names beginning with prefix, and notes what is wrong with them.
func readFarm(f *form, prefix string) sensors.Farm {
	farm := sensors.Farm{Name: sensors.CleanName(f.text(prefix + "name")), TimeZone: f.text(prefix + "time_zone"),
		Units: sensors.Units(f.text(prefix + "units")), Clock12: f.text(prefix+"clock") == "12"}
	farm.Latitude = f.number(prefix+"latitude", "Latitude is a number from -90 (south) to 90 (north).")
	farm.Longitude = f.number(prefix+"longitude", "Longitude is a number from -180 (west) to 180 (east).")
	var bad sensors.Invalid
	if errors.As(farm.Validate(), &bad) {
		f.take(bad, prefix)
	}
	return farm
}

// farmValues is what a farm's form shows of it.
func farmValues(farm sensors.Farm) map[string]string {
	values := map[string]string{"name": farm.Name, "time_zone": farm.TimeZone, "units": string(farm.Units), "clock": "24"}
	if farm.Clock12 {
		values["clock"] = "12"
	}
	if farm.Placed() {
		values["latitude"] = strconv.FormatFloat(farm.Latitude, 'f', -1, 64)
		values["longitude"] = strconv.FormatFloat(farm.Longitude, 'f', -1, 64)
	}
	return values
}

// inWords says a waiting time as people do.
func inWords(wait time.Duration) string {
	if wait <= 90*time.Second {
		n := int((wait + time.Second - 1) / time.Second)
		if n == 1 {
			return "a second"
		}
		return fmt.Sprintf("%d seconds", n)
	}
	return fmt.Sprintf("%d minutes", int((wait+time.Minute-1)/time.Minute))
}
