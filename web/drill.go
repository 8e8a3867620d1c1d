package web

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/sensors/rules"
	"furrow/views"
)

// How many drills the page shows, and the file.
const (
	drillsShown = 20
	drillsFiled = 1000
)

// drill is the page on which the whole way is tried.
func (s *Server) drill(c echo.Context) error {
	return s.drillPage(c, http.StatusOK, nil, nil)
}

// drillPage shows schedule and heartbeat as they are set, or as they were typed.
func (s *Server) drillPage(c echo.Context, status int, schedule, heartbeat *views.Fields) error {
	ctx := c.Request().Context()
	set, err := setting[notify.DrillSetting](ctx, s, notify.SettingDrill)
	if err != nil {
		return err
	}
	beat, err := setting[notify.HeartbeatSetting](ctx, s, notify.SettingHeartbeat)
	if err != nil {
		return err
	}
	runs, err := s.o.Drills.Drills(ctx, drillsShown)
	if err != nil {
		return err
	}
	model := views.Drill{Page: s.page(c, "Drill and heartbeat", "settings"), Days: dayNames(), Heartbeat: fieldsOf(map[string]string{"url": beat.URL}),
		Schedule: fieldsOf(map[string]string{"weekly": onOff(set.Weekly), "weekday": strconv.Itoa(int(set.Weekday)), "minute": notify.ClockText(drillMinute(set))})}
	model.Page.Watch = true
	if beat.URL != "" {
		model.HeartState = "It is called every " + rules.Duration(beat.Interval()) + "."
	}
	if schedule != nil {
		model.Schedule = *schedule
	}
	if heartbeat != nil {
		model.Heartbeat = *heartbeat
	}
	for _, d := range runs {
		model.Runs = append(model.Runs, s.drillRun(d))
	}
	return s.show(c, status, views.DrillPage(model))
}

// drillMinute is when the weekly drill is; ten in the morning if nobody chose.
func drillMinute(set notify.DrillSetting) sensors.ClockMinute {
	if !set.Weekly && set.Minute == 0 {
		return 10 * 60
	}
	return set.Minute
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func dayNames() []views.Choice {
	var choices []views.Choice
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		choices = append(choices, views.Choice{Value: strconv.Itoa(int(d)), Label: d.String()})
	}
	return choices
}

// drillRun is one drill with the time of each hop since its beginning.
func (s *Server) drillRun(d sensors.Drill) views.DrillRun {
	run := views.DrillRun{Tone: "watch", Icon: "clock", At: s.moment(d.StartedAt.Time()), Text: "runs: waits for somebody to answer until " + s.moment(d.DueAt.Time()).Text}
	switch {
	case d.EndedAt != 0 && d.Passed:
		run.Tone, run.Icon, run.Text = "ok", "ok", "answered after "+lasted(d.StartedAt, d.EndedAt)
	case d.EndedAt != 0:
		run.Tone, run.Icon, run.Text = "alert", "alert", "missed: "+d.Why
	}
	for _, hop := range d.Hops {
		step := views.TestStep{Name: hop.Name, Detail: kindLabel(hop.Detail), OK: !hop.Failed, Waits: hop.At == 0 && d.EndedAt == 0, Took: "not yet"}
		if hop.At != 0 {
			step.Took = milliseconds(hop.At.Time().Sub(d.StartedAt.Time()))
		} else if d.EndedAt != 0 {
			step.Took, step.OK = "never", false
		}
		run.Hops = append(run.Hops, step)
	}
	return run
}

// startDrill begins a drill.
func (s *Server) startDrill(c echo.Context) error {
	err := s.o.Drills.Start(c.Request().Context(), viewer(c).Name)
	var bad sensors.Invalid
	switch {
	case errors.As(err, &bad):
		return refusal{http.StatusConflict, bad.Error()}
	case err != nil:
		return err
	}
	s.say(c, "The drill is on its way. Answer the message as you would at night; below stands how long each hop took.")
	return done(c, "/settings/drill")
}

// saveDrill stores when a drill is held by itself.
func (s *Server) saveDrill(c echo.Context) error {
	ctx := c.Request().Context()
	set, err := setting[notify.DrillSetting](ctx, s, notify.SettingDrill)
	if err != nil {
		return err
	}
	f := readForm(c)
	set.Weekly = f.text("weekly") == "on"
	weekday, err := strconv.Atoi(f.text("weekday"))
	if err != nil {
		f.bad.Add("weekday", "Choose a day from Monday to Sunday.")
	}
	set.Weekday = time.Weekday(weekday)
	minute, ok := clockMinute(f.text("minute"))
	if !ok {
		f.bad.Add("minute", "Choose a time from 00:00 to 23:59.")
	}
	set.Minute = minute
	f.check(set.Validate())
	if !f.ok() {
		fields := f.fields()
		return s.drillPage(c, http.StatusUnprocessableEntity, &fields, nil)
	}
	if err := s.setSetting(ctx, notify.SettingDrill, set); err != nil {
		return err
	}
	s.say(c, "The schedule of the drill is saved.")
	return done(c, "/settings/drill")
}

// saveHeartbeat stores who outside is told that Furrow lives.
func (s *Server) saveHeartbeat(c echo.Context) error {
	ctx := c.Request().Context()
	beat, err := setting[notify.HeartbeatSetting](ctx, s, notify.SettingHeartbeat)
	if err != nil {
		return err
	}
	f := readForm(c)
	beat.URL = f.text("url")
	f.check(beat.Validate())
	if !f.ok() {
		fields := f.fields()
		return s.drillPage(c, http.StatusUnprocessableEntity, nil, &fields)
	}
	if err := s.setSetting(ctx, notify.SettingHeartbeat, beat); err != nil {
		return err
	}
	s.say(c, "The heartbeat is saved.")
	return done(c, "/settings/drill")
}

// drillCSV is the log of all drills, a line for each hop.
func (s *Server) drillCSV(c echo.Context) error {
	runs, err := s.o.Drills.Drills(c.Request().Context(), drillsFiled)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="drills.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	zone := s.location()
	stamp := func(at sensors.Milli) string {
		if at == 0 {
			return ""
		}
		return at.Time().In(zone).Format("2006-01-02T15:04:05.000Z07:00")
	}
	out := csv.NewWriter(c.Response())
	_ = out.Write([]string{"drill", "begun", "by", "passed", "why", "hop", "at", "after_ms", "detail"}) // a failure shows in out.Error
	for _, d := range runs {
		for _, hop := range d.Hops {
			after := ""
			if hop.At != 0 {
				after = strconv.FormatInt(int64(hop.At-d.StartedAt), 10)
			}
			_ = out.Write([]string{strconv.FormatInt(d.ID, 10), stamp(d.StartedAt), plainCell(d.By), strconv.FormatBool(d.Passed), plainCell(d.Why), plainCell(hop.Name),
				stamp(hop.At), after, plainCell(hop.Detail)})
		}
	}
	out.Flush()
	return out.Error()
}

// plainCell keeps a spreadsheet from taking somebody's name for a formula.
func plainCell(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@') {
		return "'" + text
	}
	return text
}
