package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// form is what somebody typed, and what is wrong with it by field.
type form struct {
	c   echo.Context
	bad sensors.Invalid
}

func readForm(c echo.Context) *form { return &form{c: c, bad: sensors.Invalid{}} }

// text returns what was typed into a field, without the space around it.
func (f *form) text(name string) string { return strings.TrimSpace(f.c.FormValue(name)) }

// secret returns a password exactly as it was typed.
func (f *form) secret(name string) string { return f.c.FormValue(name) }

// number reads a number; an empty field is zero. A comma counts as the decimal point.
func (f *form) number(name, sentence string) float64 {
	text := strings.Replace(f.text(name), ",", ".", 1)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		f.bad.Add(name, sentence)
	}
	return n
}

// check takes over what a validation found. It reports whether err was one; any other error is not the
// form's to show.
func (f *form) check(err error) bool {
	var domain sensors.Invalid
	var person auth.Invalid
	switch {
	case err == nil:
		return true
	case errors.As(err, &domain):
		f.take(domain, "")
	case errors.As(err, &person):
		f.take(sensors.Invalid(person), "")
	default:
		return false
	}
	return true
}

// take adds what is wrong under names with a prefix, for forms that hold two things with the same fields.
func (f *form) take(bad sensors.Invalid, prefix string) {
	for field, sentence := range bad {
		f.bad.Add(prefix+field, sentence)
	}
}

func (f *form) ok() bool { return len(f.bad) == 0 }

// fields gives the page back what was typed, but for secrets, with the sentences beside it.
func (f *form) fields() views.Fields {
	values, err := f.c.FormParams()
	if err != nil {
		values = url.Values{}
	}
	kept := map[string]string{}
	for name := range values {
		if !strings.Contains(name, "password") {
			kept[name] = values.Get(name)
		}
	}
	return views.Fields{Values: kept, Wrong: maps.Clone(f.bad)}
}

// fieldsOf is a form that nobody has typed into yet.
func fieldsOf(values map[string]string) views.Fields { return views.Fields{Values: values} }

// done sends the browser on after a change, so that reloading does not repeat it.
func done(c echo.Context, target string) error { return c.Redirect(http.StatusSeeOther, target) }

// localTarget returns target if it is a path of this Furrow, and otherwise the overview: nobody is sent to
// another site.
func localTarget(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") ||
		strings.ContainsAny(target, "\\\r\n\t") {
		return "/"
	}
	return target
}
