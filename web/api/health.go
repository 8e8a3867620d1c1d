package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// Version tells which program answers.
type Version struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

// health adds what watchdogs and load balancers ask, without a token.
func (a *api) health(e *echo.Echo) {
	asked := []string{http.MethodGet, http.MethodHead}
	e.Match(asked, "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.Match(asked, "/readyz", a.ready)
	e.GET("/version", func(c echo.Context) error { return c.JSON(http.StatusOK, a.Version) })
}

// ready answers 200 while readings reach the disk, 503 with the reason while they do not. The details stay
// in the log, because anybody may ask.
func (a *api) ready(c echo.Context) error {
	if h := a.Health.Health(); h.Err != nil {
		return c.String(http.StatusServiceUnavailable, a.problem(h.Err).Error()+"\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
