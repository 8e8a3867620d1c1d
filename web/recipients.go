package web

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/sensors/rules"
	"furrow/views"
)

// recipients is who is told about alerts.
func (s *Server) recipients(c echo.Context) error {
	return s.recipientsPage(c, http.StatusOK, views.Fields{})
}

func (s *Server) recipientsPage(c echo.Context, status int, fields views.Fields) error {
	mail, err := setting[notify.MailServer](c.Request().Context(), s, notify.SettingMail)
	if err != nil {
		return err
	}
	model := views.Recipients{Page: s.page(c, "Who is told", "settings"), New: fields}
	if mail.Host != "" {
		model.Mail = mail.Host + ", from " + mail.From
	}
	model.Page.Watch = true
	health := s.o.Health.Health()
	for _, r := range s.o.Board.Recipients() {
		row := views.RecipientRow{ID: r.ID.String(), Name: r.Name, Facts: s.recipientFacts(r)}
		for i, ch := range r.Channels {
			row.Ways = append(row.Ways, kindLabel(ch.Kind)+" "+notify.Redact(ch.Kind, ch.Target))
			if h, ok := healthOf(health, r.ID, i); ok && !h.FailingSince.IsZero() {
				row.Trouble = kindLabel(ch.Kind) + " fails since " + s.moment(h.FailingSince).Text + ": " + h.LastError
			}
		}
		model.Rows = append(model.Rows, row)
	}
	return s.show(c, status, views.RecipientsPage(model))
}

// recipientFacts says when a recipient is told.
func (s *Server) recipientFacts(r sensors.Recipient) string {
	text := ""
	if r.EscalateAfter > 0 {
		text = "Told if nobody answers for " + rules.Duration(r.EscalateAfter)
	}
	if r.QuietFrom != r.QuietTo {
		quiet := "quiet from " + notify.ClockText(r.QuietFrom) + " to " + notify.ClockText(r.QuietTo)
		if text != "" {
			return text + "; " + quiet
		}
		return "Q" + quiet[1:]
	}
	return text
}

func healthOf(all []notify.ChannelHealth, id sensors.RecipientID, channel int) (notify.ChannelHealth, bool) {
	at := slices.IndexFunc(all, func(h notify.ChannelHealth) bool { return h.Recipient == id && h.Channel == channel })
	if at < 0 {
		return notify.ChannelHealth{}, false
	}
	return all[at], true
}

// createRecipient adds somebody; how to reach them comes next.
func (s *Server) createRecipient(c echo.Context) error {
	f := readForm(c)
	saved, err := s.o.Farm.SaveRecipient(c.Request().Context(), sensors.Recipient{Name: sensors.CleanName(f.text("name"))})
	if !f.check(err) {
		return err
	}
	if !f.ok() {
		return s.recipientsPage(c, http.StatusUnprocessableEntity, f.fields())
	}
	s.say(c, "Now say how "+saved.Name+" is reached.")
	return done(c, recipientPath(saved.ID))
}

func recipientPath(id sensors.RecipientID) string { return "/settings/recipients/" + id.String() }

func (s *Server) recipientOf(c echo.Context) (sensors.Recipient, error) {
	id, err := sensors.ParseID[sensors.RecipientID](c.Param("id"))
	if err != nil {
		return sensors.Recipient{}, err
	}
	for _, r := range s.o.Board.Recipients() {
		if r.ID == id {
			return r, nil
		}
	}
	return sensors.Recipient{}, sensors.ErrNotFound
}

// recipient is the page of one recipient; add in the address opens the form for one more way.
func (s *Server) recipient(c echo.Context) error {
	r, err := s.recipientOf(c)
	if err != nil {
		return err
	}
	return s.recipientPage(c, http.StatusOK, r, func(model *views.Recipient) {
		if k, ok := notify.KindOf(c.QueryParam("add")); ok {
			model.Adding = kindForm(k, views.Fields{})
		}
	})
}

// recipientPage shows one recipient; change fills in what this answer is about.
func (s *Server) recipientPage(c echo.Context, status int, r sensors.Recipient, change func(*views.Recipient)) error {
	values := map[string]string{"name": r.Name, "escalate_after": lengthText(r.EscalateAfter)}
	if r.QuietFrom != r.QuietTo {
		values["quiet_from"], values["quiet_to"] = notify.ClockText(r.QuietFrom), notify.ClockText(r.QuietTo)
	}
	model := views.Recipient{Page: s.page(c, r.Name, "settings"), ID: r.ID.String(), Name: r.Name, Edit: fieldsOf(values)}
	model.Page.Watch = true
	health := s.o.Health.Health()
	for i, ch := range r.Channels {
		model.Ways = append(model.Ways, s.channelRow(i, ch, health, r.ID))
	}
	for _, k := range notify.Kinds() {
		model.Kinds = append(model.Kinds, views.KindTile{Kind: k.Kind, Label: k.Label})
	}
	change(&model)
	model.Delays = delays(model.Edit.Values["escalate_after"])
	if model.Adding != nil && model.Adding.Browser {
		keys, err := setting[notify.VAPID](c.Request().Context(), s, notify.SettingVAPID)
		if err != nil {
			return err
		}
		model.Push = keys.Public
	}
	return s.show(c, status, views.RecipientPage(model))
}

func (s *Server) channelRow(i int, ch sensors.Channel, health []notify.ChannelHealth, id sensors.RecipientID) views.ChannelRow {
	row := views.ChannelRow{Number: i, Kind: kindLabel(ch.Kind), Target: notify.Redact(ch.Kind, ch.Target), First: i == 0}
	h, used := healthOf(health, id, i)
	switch {
	case !used:
	case !h.FailingSince.IsZero():
		row.Tone, row.State, row.Trouble = "alert", "Fails since "+s.moment(h.FailingSince).Text, h.LastError
	case !h.LastSuccess.IsZero():
		row.Tone, row.State = "ok", "Worked "+s.moment(h.LastSuccess).Text
	}
	return row
}

// delays are how long to wait for others before a recipient is told.
func delays(chosen string) []views.Choice {
	choices := []views.Choice{{Value: "0s", Label: "at once"}}
	for _, d := range []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
		choices = append(choices, views.Choice{Value: lengthText(d), Label: "if nobody answers for " + rules.Duration(d)})
	}
	return withChosen(choices, cmp.Or(chosen, "0s"))
}

// editRecipient stores a name, quiet hours and when to tell.
func (s *Server) editRecipient(c echo.Context) error {
	r, err := s.recipientOf(c)
	if err != nil {
		return err
	}
	f := readForm(c)
	edit := ruleForm{form: f, s: s}
	r.Name = sensors.CleanName(f.text("name"))
	r.QuietFrom, r.QuietTo = edit.clock("quiet_from", "quiet_hours"), edit.clock("quiet_to", "quiet_hours")
	r.EscalateAfter = edit.length("escalate_after")
	f.check(r.Validate())
	if f.ok() {
		_, err = s.o.Farm.SaveRecipient(c.Request().Context(), r)
		if !f.check(err) {
			return err
		}
	}
	if !f.ok() {
		old, err := s.recipientOf(c)
		if err != nil {
			return err
		}
		return s.recipientPage(c, http.StatusUnprocessableEntity, old, func(model *views.Recipient) { model.Edit = f.fields() })
	}
	s.say(c, r.Name+" is saved.")
	return done(c, recipientPath(r.ID))
}

func (s *Server) removeRecipient(c echo.Context) error {
	r, err := s.recipientOf(c)
	if err != nil {
		return err
	}
	if err := s.o.Farm.DeleteRecipient(c.Request().Context(), r.ID); err != nil {
		return err
	}
	s.say(c, r.Name+" is told nothing any more.")
	return done(c, "/settings/recipients")
}
