package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// span is the time that a chart shows.
type span struct {
	from, to sensors.Milli
	preset   string // key of the preset, "" when somebody chose its ends
	words    string // "over the last 24 hours"
}

// preset is a span that ends now. Days and years are the farm's: they begin at the same hour, whatever the
// clocks did since.
type preset struct {
	key, label, name   string
	hours, days, years int
}

var presets = []preset{
	{key: "1h", label: "1 h", name: "Last hour", hours: 1},
	{key: "24h", label: "24 h", name: "Last 24 hours", hours: 24},
	{key: "7d", label: "7 d", name: "Last 7 days", days: 7},
	{key: "30d", label: "30 d", name: "Last 30 days", days: 30},
	{key: "1y", label: "1 y", name: "Last year", years: 1},
}

// usual is the preset that a page shows unless another one is asked for.
const usual = "24h"

// custom is the value of range that opens the form for any other time.
const custom = "custom"

// presetSpan returns the span of a preset, the usual one for an unknown key.
func (s *Server) presetSpan(key string) span {
	chosen := presets[1]
	for _, p := range presets {
		if p.key == key {
			chosen = p
		}
	}
	to := s.o.Now().In(s.location())
	from := to.Add(-time.Duration(chosen.hours)*time.Hour).AddDate(-chosen.years, 0, -chosen.days)
	return span{from: sensors.MilliOf(from), to: sensors.MilliOf(to), preset: chosen.key, words: "over the l" + chosen.name[1:]}
}

func (s *Server) location() *time.Location {
	farm, _ := s.o.Board.Farm()
	return farm.Location()
}

// customLayout is how browsers write a local time.
const customLayout = "2006-01-02T15:04"

// askedSpan returns the span that a page's address asks for, and the form for any other. What cannot be
// shown is named in the form, and the usual span stands in for it.
func (s *Server) askedSpan(c echo.Context) (span, views.CustomRange) {
	from, to := c.QueryParam("from"), c.QueryParam("to")
	if c.QueryParam("range") != custom && from == "" && to == "" {
		return s.presetSpan(c.QueryParam("range")), views.CustomRange{}
	}
	form := views.CustomRange{Open: true, Fields: fieldsOf(map[string]string{"from": from, "to": to})}
	if c.QueryParam("range") == custom {
		shown := s.presetSpan(usual)
		form.Values["from"], form.Values["to"] = s.customTime(shown.from), s.customTime(shown.to)
		return shown, form
	}
	chosen, bad := s.customSpan(from, to)
	if len(bad) > 0 {
		form.Wrong = bad
		return s.presetSpan(usual), form
	}
	return chosen, form
}

func (s *Server) customTime(at sensors.Milli) string {
	return at.Time().In(s.location()).Format(customLayout)
}

// customSpan reads two local times of the farm. An hour that the clocks repeat is shown whole.
func (s *Server) customSpan(from, to string) (span, sensors.Invalid) {
	bad := sensors.Invalid{}
	begin, ok := s.localTime(from, -1)
	if !ok {
		bad.Add("from", "Type a date and a time to begin with, such as 2026-03-01 06:00.")
	}
	end, ok := s.localTime(to, 1)
	if !ok {
		bad.Add("to", "Type a date and a time to end with, such as 2026-03-01 18:00.")
	}
	now := s.o.Now()
	switch {
	case len(bad) > 0:
	case begin.After(now):
		bad.Add("from", "This is still to come. Choose a time that is past.")
	case !begin.Before(end):
		bad.Add("to", "Choose an end that is after the beginning.")
	}
	if end.After(now) {
		end = now
	}
	return span{from: sensors.MilliOf(begin), to: sensors.MilliOf(end),
		words: "from " + s.moment(begin).Text + " to " + s.moment(end).Text}, bad
}

// localTime reads a time of the farm, with a T or a space in its middle, and with or without seconds. Where
// the clocks are put back the same time comes twice; side -1 takes the first and 1 the second.
func (s *Server) localTime(text string, side int) (time.Time, bool) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	if len(text) == len(customLayout) {
		text += ":00"
	}
	const layout = customLayout + ":05"
	at, err := time.ParseInLocation(layout, text, s.location())
	if err != nil || at.Year() < 1971 || at.Year() > 9000 {
		return at, false
	}
	for _, shift := range []time.Duration{time.Hour, 30 * time.Minute} {
		if other := at.Add(time.Duration(side) * shift); other.Format(layout) == text {
			return other, true
		}
	}
	return at, true
}

// dataSpan returns the span that a chart's script or a download asks for: a preset, or from and to in
// milliseconds.
func (s *Server) dataSpan(c echo.Context) (span, error) {
	if c.QueryParam("from") == "" && c.QueryParam("to") == "" {
		return s.presetSpan(c.QueryParam("range")), nil
	}
	from, errFrom := strconv.ParseInt(c.QueryParam("from"), 10, 64)
	to, errTo := strconv.ParseInt(c.QueryParam("to"), 10, 64)
	const end = 7_258_118_400_000 // the year 2200
	if errFrom != nil || errTo != nil || from < 0 || to > end || from >= to {
		return span{}, refusal{http.StatusUnprocessableEntity, "from and to are milliseconds since 1970, from before to."}
	}
	return span{from: sensors.Milli(from), to: sensors.Milli(to)}, nil
}

// query asks for the same span in an address.
func (p span) query() string {
	if p.preset != "" {
		return "?" + url.Values{"range": {p.preset}}.Encode()
	}
	return "?" + url.Values{"from": {strconv.FormatInt(int64(p.from), 10)}, "to": {strconv.FormatInt(int64(p.to), 10)}}.Encode()
}

// rangeLinks are the presets, and the way to any other time, on the page with the address.
func rangeLinks(page string, current span, form views.CustomRange) []views.RangeLink {
	links := make([]views.RangeLink, 0, len(presets)+1)
	for _, p := range presets {
		links = append(links, views.RangeLink{Href: page + "?range=" + p.key, Label: p.label, Name: p.name,
			Current: p.key == current.preset && !form.Open})
	}
	return append(links, views.RangeLink{Href: page + "?range=" + custom, Label: "Custom", Name: "Custom time", Current: form.Open})
}
