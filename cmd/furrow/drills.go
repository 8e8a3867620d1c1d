package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/sensors/notify"
)

// drills tries the way from a reading to somebody's thumb, when asked and once a week.
type drills struct {
	db      *db.DB
	in      *ingest.Ingest
	board   *live.Board
	serve   func(net.Conn) // the broker's end of a connection; nil when there is no broker
	secret  string         // what Furrow's own client signs in with
	log     *slog.Logger
	now     func() time.Time
	turn    sync.Mutex // held while a drill begins or ends
	checked time.Time  // up to when the schedule was looked at; belongs to Run's goroutine
}

const (
	drillUser   = "furrow-drill"
	drillLook   = time.Second
	drillWait   = 10 * time.Second // for the broker
	drillsKept  = 1000             // on the page and in the file
	missedDrill = "Missed drill: "
)

// Run begins drills that are due and ends those that were answered, or not in time, until ctx ends. One that ran
// before a restart goes on.
func (d *drills) Run(ctx context.Context) error {
	tick := time.NewTicker(drillLook)
	defer tick.Stop()
	for d.checked = d.now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.look(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("a drill cannot go on", "error", err)
		}
		d.holdWeekly(ctx)
	}
}

// holdWeekly begins the week's drill when its time has come. One that fell into a time when Furrow did not run is
// not made up for: that would be at any hour.
func (d *drills) holdWeekly(ctx context.Context) {
	from, now := d.checked, d.now()
	if now.Sub(from) < time.Minute && now.Minute() == from.Minute() {
		return
	}
	d.checked = now
	farm, _ := d.board.Farm()
	if !setting[notify.DrillSetting](d.db, d.log, notify.SettingDrill).Due(from, now, farm.Location()) {
		return
	}
	if err := d.Start(ctx, ""); err != nil && !errors.Is(err, sensors.ErrConflict) && ctx.Err() == nil {
		d.log.Error("the weekly drill did not take place", "error", err)
		if err := d.in.MissDrill(ctx, 0, missedDrill+"it could not begin"); err != nil {
			d.log.Error("the alert about a missed drill", "error", err)
		}
	}
}

// Start begins a drill and returns when its test reading has become an alert, or could not. Who begins it is a
// person's name, "" for the schedule. An error may be a sensors.Invalid.
func (d *drills) Start(ctx context.Context, by string) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	if err := d.mayBegin(ctx); err != nil {
		return err
	}
	within := setting[notify.DrillSetting](d.db, d.log, notify.SettingDrill).AnswerWithin()
	begun := d.now()
	drill, err := d.db.SaveDrill(ctx, sensors.Drill{By: by, StartedAt: sensors.MilliOf(begun), DueAt: sensors.MilliOf(begun.Add(within)),
		Hops: []sensors.DrillHop{{Name: hopSent, At: sensors.MilliOf(begun), Detail: by}}})
	if err != nil {
		return fmt.Errorf("beginning a drill: %w", err)
	}
	if err := publishDrill(ctx, d.serve, d.secret); err != nil {
		return d.miss(ctx, drill, "the test reading was not stored: "+err.Error())
	}
	stored := sensors.MilliOf(d.now())
	alert, err := d.alertOf(ctx, drill)
	switch {
	case err != nil:
		return err
	case alert.ID == 0:
		return d.miss(ctx, drill, "no rule answered the test reading")
	}
	drill.Alert = alert.ID
	drill.Hops = append(drill.Hops, sensors.DrillHop{Name: hopReceived, At: alert.Since}, sensors.DrillHop{Name: hopRule, At: alert.StartedAt},
		sensors.DrillHop{Name: hopStored, At: stored})
	_, err = d.db.SaveDrill(ctx, drill)
	return err
}

// mayBegin says why there can be no drill now.
func (d *drills) mayBegin(ctx context.Context) error {
	running, err := d.running(ctx)
	switch {
	case err != nil:
		return err
	case running != nil:
		return fmt.Errorf("%w: %w", sensors.Invalid{"drill": "A drill is running already; wait until somebody answers, or its time is up."}, sensors.ErrConflict)
	case d.serve == nil:
		return sensors.Invalid{"drill": "A drill goes the way of a reading, over MQTT, which is switched off here."}
	case !slices.ContainsFunc(d.board.Recipients(), func(r sensors.Recipient) bool { return len(r.Channels) > 0 }):
		return sensors.Invalid{"drill": "Nobody would hear it: first add somebody who is told about alerts."}
	}
	return nil
}

// running returns the drill that was not ended, nil when there is none.
func (d *drills) running(ctx context.Context) (*sensors.Drill, error) {
	last, err := d.db.Drills(ctx, 1)
	if err != nil || len(last) == 0 || last[0].EndedAt != 0 {
		return nil, err
	}
	return &last[0], nil
}

// alertOf returns the alert that a drill's reading made, without an id when it made none.
func (d *drills) alertOf(ctx context.Context, drill sensors.Drill) (sensors.Alert, error) {
	found, err := d.db.Alerts(ctx, sensors.AlertFilter{Drill: true, Limit: 1})
	if err != nil || len(found) == 0 || found[0].StartedAt < drill.StartedAt {
		return sensors.Alert{}, err
	}
	return found[0], nil
}

// look ends the running drill if it was answered or its time is up.
func (d *drills) look(ctx context.Context) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	drill, err := d.running(ctx)
	if err != nil || drill == nil {
		return err
	}
	if drill.Alert == 0 { // Furrow ended in the middle of Start
		return d.miss(ctx, *drill, "Furrow was stopped while it ran")
	}
	alert, err := d.db.Alert(ctx, drill.Alert)
	switch {
	case err != nil:
		return err
	case alert.AcknowledgedAt != 0:
		return d.end(ctx, *drill, alert.AcknowledgedAt, "")
	case sensors.MilliOf(d.now()) < drill.DueAt:
		return nil
	}
	why := "nobody answered in time"
	notices, err := d.db.AlertNotices(ctx, alert.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(notices, func(n sensors.NoticeState) bool { return n.SentAt != 0 }) {
		why = "no message got through"
	}
	return d.miss(ctx, *drill, why)
}

// miss ends a drill that was missed and raises an alert that says so.
func (d *drills) miss(ctx context.Context, drill sensors.Drill, why string) error {
	d.log.Warn("a drill was missed", "why", why)
	headline, _, _ := strings.Cut(why, ":")
	if err := d.in.MissDrill(ctx, drill.Alert, missedDrill+headline); err != nil {
		return fmt.Errorf("the alert about a missed drill: %w", err)
	}
	return d.end(ctx, drill, sensors.MilliOf(d.now()), why)
}

// end writes a drill's log.
func (d *drills) end(ctx context.Context, drill sensors.Drill, at sensors.Milli, why string) error {
	hops, err := d.hops(ctx, drill)
	if err != nil {
		return err
	}
	drill.EndedAt, drill.Passed, drill.Why, drill.Hops = at, why == "", why, hops
	_, err = d.db.SaveDrill(ctx, drill)
	return err
}
