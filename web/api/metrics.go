package api

import (
	"io"

	"github.com/VictoriaMetrics/metrics"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/web/auth"
)

// metrics answers Prometheus' scrape, for this machine or with a token.
func (a *api) metrics(c echo.Context) error {
	if !fromLoopback(c) {
		if err := a.check(c.Request().Context(), c.Request().Header.Get(echo.HeaderAuthorization), auth.ScopeRead); err != nil {
			return a.refuse(c, err)
		}
	}
	c.Response().Header().Set(echo.HeaderContentType, "text/plain; version=0.0.4; charset=utf-8")
	a.writeMetrics(c.Response())
	metrics.WriteProcessMetrics(c.Response())
	return nil
}

// writeMetrics writes what this farm's numbers are. Names say all that help texts could.
func (a *api) writeMetrics(w io.Writer) {
	counts := a.Board.Counts()
	metrics.WriteCounterUint64(w, "furrow_readings_total", counts.Readings)
	metrics.WriteCounterUint64(w, "furrow_duplicate_readings_total", counts.Duplicates)
	metrics.WriteCounterUint64(w, "furrow_refused_readings_total", counts.Refused)
	metrics.WriteCounterUint64(w, "furrow_unread_messages_total", counts.Unread)
	metrics.WriteCounterUint64(w, "furrow_commits_total", counts.Batches)
	metrics.WriteGaugeUint64(w, "furrow_devices", uint64(len(a.Board.Devices())))
	known := a.Board.Sensors()
	var stale, firing, storing uint64
	for _, s := range known {
		if s.Stale {
			stale++
		}
	}
	for _, alert := range a.Board.Alerts() {
		if alert.State == sensors.AlertFiring {
			firing++
		}
	}
	if a.Health.Health().Err == nil {
		storing = 1
	}
	metrics.WriteGaugeUint64(w, "furrow_sensors", uint64(len(known)))
	metrics.WriteGaugeUint64(w, "furrow_stale_sensors", stale)
	metrics.WriteGaugeUint64(w, "furrow_firing_alerts", firing) // those that nobody has acknowledged
	metrics.WriteGaugeUint64(w, "furrow_streams", uint64(a.streams.Load()))
	metrics.WriteGaugeUint64(w, "furrow_storing", storing) // 0 while readings do not reach the disk
}
