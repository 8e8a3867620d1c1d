package api

import (
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"furrow/web/auth"
)

// metrics returns the handler of Prometheus' scrape, for this machine or with a token.
func (a *api) metrics() echo.HandlerFunc {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	counter := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "furrow", Name: name, Help: help}, value))
	}
	gauge := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "furrow", Name: name, Help: help}, value))
	}
	counts := a.Board.Counts
	counter("readings_total", "Readings stored since the start.", func() float64 { return float64(counts().Readings) })
	counter("duplicate_readings_total", "Readings that were stored already.", func() float64 { return float64(counts().Duplicates) })
	counter("refused_readings_total", "Readings that were not allowed.", func() float64 { return float64(counts().Refused) })
	counter("unread_messages_total", "Messages that could not be read.", func() float64 { return float64(counts().Unread) })
	counter("commits_total", "Commits to the history.", func() float64 { return float64(counts().Batches) })
	gauge("devices", "Devices heard so far.", func() float64 { return float64(len(a.Board.Devices())) })
	gauge("sensors", "Sensors known.", func() float64 { return float64(len(a.Board.Sensors())) })
	gauge("stale_sensors", "Sensors silent for longer than their rhythm explains.", func() float64 {
		n := 0
		for _, s := range a.Board.Sensors() {
			if s.Stale {
				n++
			}
		}
		return float64(n)
	})
	gauge("streams", "Open streams of the API.", func() float64 { return float64(a.streams.Load()) })
	gauge("storing", "1 while readings reach the disk, 0 while they do not.", func() float64 {
		if a.Health.Health().Err != nil {
			return 0
		}
		return 1
	})
	serve := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return func(c echo.Context) error {
		if !fromLoopback(c) {
			if err := a.check(c.Request().Context(), c.Request().Header.Get(echo.HeaderAuthorization), auth.ScopeRead); err != nil {
				return a.refuse(c, err)
			}
		}
		serve.ServeHTTP(c.Response(), c.Request())
		return nil
	}
}
