package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"furrow/web/auth"
)

// need is what somebody must be allowed to use an address.
type need int8

const (
	open      need = -1 // everybody, once the farm has an owner
	look           = need(auth.View)
	configure      = need(auth.Configure)
	manage         = need(auth.ManagePeople)
)

// route is one address of the product.
type route struct {
	method, path string
	needs        need
	handle       echo.HandlerFunc
}

// routes is the product on one screen. What is not here is not there, but for the API (package api) and the
// files under /static/.
func (s *Server) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/setup", open, s.setup},
		{post, "/setup", open, s.setUp},
		{get, "/sign-in", open, s.signInPage},
		{post, "/sign-in", open, s.signIn},
		{post, "/sign-out", open, s.signOut},

		{get, "/", look, s.overview},
		{get, "/zones/:id", look, s.zone},
		{get, "/sensors/:id", look, s.sensor},
		{get, "/sensors/:id/history.json", look, s.chartJSON},
		{get, "/sensors/:id/readings.csv", look, s.readingsCSV},
		{get, "/devices", look, s.devices},
		{get, "/devices/:id", look, s.device},
		{post, "/devices", configure, s.createDevice},
		{post, "/devices/:id", configure, s.editDevice},
		{post, "/devices/:id/adopt", configure, s.adoptDevice},
		{post, "/devices/:id/ignore", configure, s.ignoreDevice},
		{post, "/devices/:id/credentials", configure, s.renewCredentials},
		{post, "/devices/:id/remove", configure, s.removeDevice},
		{post, "/sensors/:id/name", configure, s.renameSensor},
		{get, "/connect", look, s.connect},
		{get, "/live", look, s.live},
		{post, "/simulated-farm", configure, s.startSimulated},
		{post, "/simulated-farm/remove", configure, s.removeSimulated},

		{get, "/account", look, s.account},
		{post, "/account/password", look, s.changePassword},
		{post, "/account/sessions/:id/end", look, s.endSession},

		{get, "/settings", look, s.settings},
		{get, "/settings/farm", manage, s.farm},
		{post, "/settings/farm", manage, s.saveFarm},
		{get, "/settings/zones", configure, s.zones},
		{post, "/settings/zones", configure, s.createZone},
		{post, "/settings/zones/:id", configure, s.editZone},
		{post, "/settings/zones/:id/move", configure, s.moveZone},
		{post, "/settings/zones/:id/delete", configure, s.deleteZone},
		{get, "/settings/people", manage, s.people},
		{post, "/settings/people", manage, s.addPerson},
		{post, "/settings/people/:id", manage, s.editPerson},
		{post, "/settings/people/:id/password", manage, s.resetPassword},
		{post, "/settings/people/:id/remove", manage, s.removePerson},
		{get, "/settings/tokens", manage, s.tokens},
		{post, "/settings/tokens", manage, s.createToken},
		{post, "/settings/tokens/:id/remove", manage, s.removeToken},
	}
}
