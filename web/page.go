package web

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views"
)

// page is what every page shows around itself. nav is the tab it belongs to, "" for pages without tabs; who
// has not signed in gets none.
func (s *Server) page(c echo.Context, title, nav string) views.Page {
	p := views.Page{Title: title, Nav: nav, Farm: "Furrow", Note: s.notes.take(c), Clock: s.momentExact(s.o.Now())}
	if viewer(c).ID == 0 {
		p.Nav = ""
		return p
	}
	if farm, ok := s.o.Board.Farm(); ok {
		p.Farm = farm.Name
	}
	for _, d := range s.o.Board.Devices() {
		if d.Status == sensors.DeviceNew {
			p.New++
		}
	}
	return p
}

// livePage is page for one that is kept current: key names it, and the address of its socket carries the
// version that it was drawn at. Call it before reading what the page shows.
func (s *Server) livePage(c echo.Context, title, nav, key string) views.Page {
	p := s.page(c, title, nav)
	p.Live = "/live?" + url.Values{"page": {key}, "v": {strconv.FormatUint(s.o.Board.Version(), 10)}}.Encode()
	return p
}
