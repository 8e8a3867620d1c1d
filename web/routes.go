package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/web/auth"
)

// need is what somebody must be allowed to use an address.
type need int8

const (
	open      need = -1 // everybody, once the farm has an owner
	look           = need(auth.View)
	operate        = need(auth.Operate)
	configure      = need(auth.Configure)
	manage         = need(auth.ManagePeople)
)

const get, post = http.MethodGet, http.MethodPost

// route is one address of the product.
type route struct {
	method, path string
	needs        need
	handle       echo.HandlerFunc
}

// routes is the product on one screen. What is not here is not there, but for the API (package api) and the
// files under /static/.
func (s *Server) routes() []route {
	return slices.Concat([]route{
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
	}, s.alertRoutes())
}

// alertRoutes are those about alerts, what is watched for, and who is told.
func (s *Server) alertRoutes() []route {
	return []route{
		{get, "/alerts", look, s.alerts},
		{get, "/alerts/history", look, s.alertHistory},
		{get, "/alerts/:id", look, s.alert},
		{post, "/alerts/:id/acknowledge", operate, s.acknowledge},
		{post, "/alerts/:id/snooze", operate, s.snooze},
		{get, "/got-it/:token", open, s.gotItPage},
		{post, "/got-it/:token", open, s.gotIt},
		{get, "/rules", look, s.rules},
		{get, "/rules/new", configure, s.newRule},
		{get, "/rules/presets/:id", configure, s.preset},
		{post, "/rules/presets/:id", configure, s.takePreset},
		{post, "/rules", configure, s.createRule},
		{get, "/rules/:id", configure, s.rule},
		{post, "/rules/:id", configure, s.editRule},
		{post, "/rules/:id/switch", configure, s.switchRule},
		{post, "/rules/:id/delete", configure, s.deleteRule},

		{get, "/settings/recipients", configure, s.recipients},
		{post, "/settings/recipients", configure, s.createRecipient},
		{get, "/settings/recipients/:id", configure, s.recipient},
		{post, "/settings/recipients/:id", configure, s.editRecipient},
		{post, "/settings/recipients/:id/remove", configure, s.removeRecipient},
		{post, "/settings/recipients/:id/channels", configure, s.addChannel},
		{post, "/settings/recipients/:id/channels/:channel", configure, s.changeChannel},
		{get, "/settings/mail", configure, s.mail},
		{post, "/settings/mail", configure, s.saveMail},
		{post, "/settings/mail/remove", configure, s.removeMail},
		{get, "/settings/drill", configure, s.drill},
		{post, "/settings/drill", configure, s.saveDrill},
		{post, "/settings/drill/start", configure, s.startDrill},
		{get, "/settings/drill/log.csv", configure, s.drillCSV},
		{post, "/settings/heartbeat", configure, s.saveHeartbeat},
	}
}
