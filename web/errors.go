package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// refusal is an answer that is known to be right: a status and the sentence that people read.
type refusal struct {
	status   int
	sentence string
}

func (r refusal) Error() string { return r.sentence }

// answer turns an error into a status and a sentence. known is false for what nobody foresaw: its details
// belong in the log only.
func answer(err error) (r refusal, known bool) {
	var invalid sensors.Invalid
	var invalidPerson auth.Invalid
	var http4xx *echo.HTTPError
	switch {
	case errors.As(err, &r):
		return r, true
	case errors.As(err, &invalid):
		return refusal{http.StatusUnprocessableEntity, invalid.Error()}, true
	case errors.As(err, &invalidPerson):
		return refusal{http.StatusUnprocessableEntity, invalidPerson.Error()}, true
	case errors.Is(err, sensors.ErrNotFound):
		return refusal{http.StatusNotFound, "There is nothing here. It may have been removed, or the address is mistyped."}, true
	case errors.Is(err, sensors.ErrConflict):
		return refusal{http.StatusConflict, "One of that name exists already."}, true
	case errors.Is(err, sensors.ErrForbidden):
		return refusal{http.StatusForbidden, "You are not allowed to do this."}, true
	case errors.Is(err, sensors.ErrDiskFull):
		return refusal{http.StatusInsufficientStorage, "The disk is full, so nothing can be saved. Free some space on Furrow's computer and try again."}, true
	case errors.Is(err, sensors.ErrStorage):
		return refusal{http.StatusServiceUnavailable, "The data folder cannot be written at the moment. Nothing was changed; try again later."}, true
	case errors.Is(err, sensors.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return refusal{http.StatusServiceUnavailable, "Furrow is busy or shutting down. Nothing was changed; try again in a moment."}, true
	case errors.As(err, &http4xx) && http4xx.Code < 500:
		return httpRefusal(http4xx.Code), true
	}
	return refusal{http.StatusInternalServerError, "Something went wrong inside Furrow. It is noted in the log."}, false
}

// httpRefusal gives echo's own refusals words.
func httpRefusal(status int) refusal {
	switch status {
	case http.StatusNotFound:
		return refusal{status, "There is no such page."}
	case http.StatusMethodNotAllowed:
		return refusal{status, "This page cannot be used that way."}
	case http.StatusRequestEntityTooLarge:
		return refusal{status, "That is more than a form can hold."}
	}
	return refusal{status, "Furrow could not make sense of this request."}
}

// handleError is the only place where an error becomes an answer for people. Programs get theirs from
// package api; what is refused before it gets there is put in the same form here.
func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	r, known := answer(err)
	id := c.Response().Header().Get(echo.HeaderXRequestID)
	if !known {
		s.o.Log.Error("request", "request_id", id, "method", c.Request().Method, "path", c.Request().URL.Path, "error", err)
	} else {
		id = ""
	}
	if c.Request().Method == http.MethodHead {
		_ = c.NoContent(r.status)
		return
	}
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		_ = problem(c, r)
		return
	}
	if !wantsPage(c.Request()) {
		_ = c.String(r.status, r.sentence+"\n")
		return
	}
	page := views.Problem{Page: s.page(c, errorTitle(r.status), ""), Sentence: r.sentence, RequestID: id}
	if err := s.show(c, r.status, views.ProblemPage(page)); err != nil {
		s.o.Log.Error("showing an error", "error", err)
	}
}

// problem refuses a program's request as RFC 9457 says.
func problem(c echo.Context, r refusal) error {
	body, err := json.Marshal(map[string]any{"title": http.StatusText(r.status), "status": r.status, "detail": r.sentence})
	if err != nil {
		return err
	}
	return c.Blob(r.status, "application/problem+json", body)
}

// wantsPage reports whether the request comes from somebody who reads HTML.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(r.URL.Path, "/api/") ||
		r.Header.Get("HX-Request") != ""
}

func errorTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusTooManyRequests:
		return "Please wait"
	case http.StatusUnprocessableEntity, http.StatusConflict, http.StatusBadRequest:
		return "That did not work"
	}
	return "Something went wrong"
}
