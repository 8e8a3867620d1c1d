package web

import (
	"cmp"
	"strings"

	"furrow/sensors"
	"furrow/views"
	"furrow/web/auth"
)

// operating ends the keys of pages of people who may answer alerts; those of others have no buttons for it.
const operating = "+operate"

// base is the page that a key names, whoever looks at it.
func (p *watched) base() string { return strings.TrimSuffix(p.key, operating) }

// operates reports whether the page's viewers may answer alerts.
func (p *watched) operates() bool { return strings.HasSuffix(p.key, operating) }

// bell is what a page says about alerts: how many fire, and the gravest of them in a line above everything,
// unless the page with the key lists them all.
func (s *Server) bell(open []sensors.Alert, key string, operate bool) views.Bell {
	b := views.Bell{Listed: listsAlerts(key)}
	newest := sensors.AlertID(0)
	for i := range open {
		if open[i].State != sensors.AlertFiring {
			continue
		}
		if b.Firing++; b.Firing == 1 && !b.Listed {
			line := s.alarmOf(open[i]).line()
			line.Operate = operate
			b.Top = &line
		}
		newest = max(newest, open[i].ID)
	}
	if b.Firing > 0 {
		b.Newest = newest.String()
	}
	return b
}

// listsAlerts reports whether the page with the key lists all alerts itself, so that it needs no banner.
func listsAlerts(key string) bool {
	return key == overviewKey || key == alertsKey || strings.HasPrefix(key, alertKey)
}

// drawBell draws the count and the banner.
func (s *Server) drawBell(p *watched, c *change) {
	b := s.bell(c.open, p.base(), p.operates())
	c.add("alert-count", views.AlertCount(b))
	if !b.Listed {
		c.add("alarm", views.AlarmBar(b))
	}
}

// mayOperate is the end of the key of a page that the viewer opens.
func mayOperate(role auth.Role) string {
	if role.Can(auth.Operate) {
		return operating
	}
	return ""
}

// worst sorts open alerts by the sensors they are about, the gravest of each; seen ones come after those that
// fire.
func worst(open []sensors.Alert) map[sensors.SensorID]sensors.Alert {
	bySensor := map[sensors.SensorID]sensors.Alert{}
	for _, a := range open {
		if old, known := bySensor[a.Sensor]; a.Sensor != 0 && !a.Drill && (!known || graver(a, old) < 0) {
			bySensor[a.Sensor] = a
		}
	}
	return bySensor
}

func graver(a, b sensors.Alert) int {
	return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(a.ID, b.ID))
}

// bySeen splits open alerts into those that fire and those that somebody has seen; both stay in order.
func bySeen(open []sensors.Alert) (firing, seen []sensors.Alert) {
	for _, a := range open {
		if a.State == sensors.AlertFiring {
			firing = append(firing, a)
		} else {
			seen = append(seen, a)
		}
	}
	return firing, seen
}
