package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

var errNoRoute = huma.Error404NotFound("there is no such address in the API; see " + prefix + "/openapi.json")

// unrouted refuses requests that no operation takes.
func (a *api) unrouted(c echo.Context) error {
	allowed := a.allowed(c.Request().URL.Path)
	if len(allowed) == 0 {
		return a.refuse(c, errNoRoute)
	}
	c.Response().Header().Set(echo.HeaderAllow, strings.Join(allowed, ", "))
	return a.refuse(c, huma.NewError(http.StatusMethodNotAllowed, "this address takes "+strings.Join(allowed, " and ")))
}

// allowed returns the methods that a path takes, none when there is no such path.
func (a *api) allowed(path string) []string {
	var methods []string
	for pattern, item := range a.huma.OpenAPI().Paths {
		if !matches(pattern, path) {
			continue
		}
		for method, operation := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post,
			http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete} {
			if operation != nil {
				methods = append(methods, method)
			}
		}
	}
	slices.Sort(methods)
	return methods
}

// matches reports whether a path is one of a pattern such as /zones/{id}.
func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}
