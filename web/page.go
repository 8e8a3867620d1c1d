package web

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"furrow/views"
	"furrow/web/auth"
)

// plainKey names pages that nothing is pushed to but what every page has.
const plainKey = "plain"

// page is what every page shows around itself. nav is the tab it belongs to, "" for pages without tabs; who
// has not signed in gets none.
func (s *Server) page(c echo.Context, title, nav string) views.Page {
	return s.livePage(c, title, nav, plainKey)
}

// livePage is page for one that is kept current in more than its frame: key names it, and the address of its
// socket carries the version that it was drawn at. Call it before reading what the page shows.
func (s *Server) livePage(c echo.Context, title, nav, key string) views.Page {
	version := s.o.Board.Version()
	p := views.Page{Title: title, Nav: nav, Farm: "Furrow", Note: s.notes.take(c), Clock: s.momentExact(s.o.Now())}
	if viewer(c).ID == 0 {
		p.Nav = ""
		return p
	}
	if farm, ok := s.o.Board.Farm(); ok {
		p.Farm = farm.Name
	}
	p.New = s.waiting()
	if nav == "" {
		return p
	}
	role := viewer(c).Role
	p.Bell = s.bell(s.o.Board.Alerts(), key, role.Can(auth.Operate))
	p.Live = "/live?" + url.Values{"page": {key + mayOperate(role)}, "v": {strconv.FormatUint(version, 10)}}.Encode()
	return p
}
