package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/views"
)

// testLimit is how long a test message may take; a siren howls for a part of it.
const testLimit = 40 * time.Second

func kindForm(k notify.Kind, fields views.Fields) *views.KindForm {
	return &views.KindForm{Kind: k.Kind, Label: k.Label, Asks: k.Asks, Help: k.Help, Example: k.Example, Fields: fields, Browser: k.Kind == "webpush"}
}

// addChannel adds a way to reach a recipient, which is tried after the others.
func (s *Server) addChannel(c echo.Context) error {
	r, err := s.recipientOf(c)
	if err != nil {
		return err
	}
	f := readForm(c)
	ch := sensors.Channel{Kind: f.text("kind"), Target: f.text("target")}
	kind, known := notify.KindOf(ch.Kind)
	if !known {
		return refusal{http.StatusUnprocessableEntity, "Choose one of the ways that are listed."}
	}
	if !f.check(s.o.Channels.Check(c.Request().Context(), ch)) {
		return err
	}
	if slices.Contains(r.Channels, ch) {
		f.bad.Add("target", "This way is there already.")
	}
	r.Channels = append(slices.Clone(r.Channels), ch)
	if f.ok() {
		_, err := s.o.Farm.SaveRecipient(c.Request().Context(), r)
		if !f.check(err) {
			return err
		}
	}
	if sentence := f.bad["channels"]; sentence != "" {
		f.bad.Add("target", sentence)
	}
	if !f.ok() {
		old, err := s.recipientOf(c)
		if err != nil {
			return err
		}
		return s.recipientPage(c, http.StatusUnprocessableEntity, old, func(model *views.Recipient) { model.Adding = kindForm(kind, f.fields()) })
	}
	s.say(c, kind.Label+" is added. Send a test to be sure.")
	return done(c, recipientPath(r.ID))
}

// changeChannel tests a way, lets it be tried first, or removes it.
func (s *Server) changeChannel(c echo.Context) error {
	r, err := s.recipientOf(c)
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(c.Param("channel"))
	if err != nil || i < 0 || i >= len(r.Channels) {
		return sensors.ErrNotFound
	}
	ch := r.Channels[i]
	rest := slices.Delete(slices.Clone(r.Channels), i, i+1)
	switch readForm(c).text("do") {
	case "test":
		return s.testChannel(c, r, ch)
	case "up":
		r.Channels = slices.Insert(rest, 0, ch)
		s.say(c, kindLabel(ch.Kind)+" is tried first now.")
	case "remove":
		r.Channels = rest
		s.say(c, kindLabel(ch.Kind)+" is removed.")
	default:
		return refusal{http.StatusUnprocessableEntity, "Choose what to do with this way."}
	}
	if _, err := s.o.Farm.SaveRecipient(c.Request().Context(), r); err != nil {
		return err
	}
	return done(c, recipientPath(r.ID))
}

// testChannel sends a test and shows how each hop went.
func (s *Server) testChannel(c echo.Context, r sensors.Recipient, ch sensors.Channel) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), testLimit)
	defer cancel()
	farm, _ := s.o.Board.Farm()
	steps := s.o.Channels.Test(ctx, ch, farm, s.o.Now())
	test := views.ChannelTest{Kind: kindLabel(ch.Kind), Target: notify.Redact(ch.Kind, ch.Target), OK: len(steps) > 0}
	for _, step := range steps {
		test.OK = test.OK && step.OK
		test.Steps = append(test.Steps, views.TestStep{Name: step.Name, Detail: step.Detail, OK: step.OK, Took: milliseconds(step.Took)})
	}
	return s.recipientPage(c, http.StatusOK, r, func(model *views.Recipient) { model.Test = &test })
}

func milliseconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// channelNeeds says which ways to reach somebody fail.
func (sc *scene) channelNeeds() []views.Need {
	var needs []views.Need
	for _, h := range sc.s.o.Health.Health() {
		if h.FailingSince.IsZero() {
			continue
		}
		needs = append(needs, views.Need{Tone: "watch", Icon: "bell", Title: "Messages to " + h.Name + " by " + kindLabel(h.Kind) + " fail",
			Text: "since " + sc.s.moment(h.FailingSince).Text + ": " + h.LastError, Href: recipientPath(h.Recipient)})
	}
	return needs
}
