package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
)

// problem turns an error into what a program is told (RFC 9457). What it may not know goes to the log.
func (a *api) problem(err error) huma.StatusError {
	var known huma.StatusError
	if errors.As(err, &known) {
		return known
	}
	var invalid sensors.Invalid
	switch {
	case errors.As(err, &invalid):
		status := http.StatusUnprocessableEntity
		if errors.Is(err, sensors.ErrConflict) {
			status = http.StatusConflict
		}
		return huma.NewError(status, invalid.Error(), fields(invalid)...)
	case errors.Is(err, sensors.ErrNotFound):
		return huma.Error404NotFound("there is nothing with this id")
	case errors.Is(err, sensors.ErrConflict):
		return huma.Error409Conflict("one of that name exists already")
	case errors.Is(err, sensors.ErrForbidden):
		return huma.Error403Forbidden("this is not allowed")
	case errors.Is(err, sensors.ErrDiskFull):
		return huma.NewError(http.StatusInsufficientStorage, "the disk is full: nothing was stored; free some space and send it again")
	case errors.Is(err, sensors.ErrStorage):
		return huma.Error503ServiceUnavailable("the data folder cannot be read or written: nothing was stored; send it again later")
	case errors.Is(err, sensors.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return huma.Error503ServiceUnavailable("Furrow is busy or shutting down; send it again later")
	}
	a.Log.Error("api request", "error", err)
	return huma.Error500InternalServerError("something went wrong in Furrow; its log says what")
}

// fields tells what is wrong member by member.
func fields(invalid sensors.Invalid) []error {
	details := make([]error, 0, len(invalid))
	for _, field := range slices.Sorted(maps.Keys(invalid)) {
		details = append(details, &huma.ErrorDetail{Location: "body." + field, Message: invalid[field]})
	}
	return details
}

// refuse answers a request that does not reach its operation with a problem.
func (a *api) refuse(c echo.Context, err error) error {
	status := a.problem(err)
	if status.GetStatus() == http.StatusUnauthorized {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="Furrow"`)
	}
	body, err := json.Marshal(status)
	if err != nil {
		return err
	}
	return c.Blob(status.GetStatus(), "application/problem+json", body)
}
