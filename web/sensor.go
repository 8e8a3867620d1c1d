package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
	"furrow/web/auth"
)

// sensorKey and the sensor's id name a sensor's page in the address of its socket.
const sensorKey = "sensor/"

// sensor shows what a sensor says now and how that went.
func (s *Server) sensor(c echo.Context) error {
	id, err := sensors.ParseID[sensors.SensorID](c.Param("id"))
	if err != nil {
		return err
	}
	page := s.livePage(c, "", "overview", sensorKey+id.String())
	state, ok := s.o.Board.Sensor(id)
	if !ok {
		return sensors.ErrNotFound
	}
	page.Title, page.Chart, page.Lean = state.Label(), true, page.Note.Sentence == ""
	shown, form := s.askedSpan(c)
	history, err := s.history(c.Request().Context(), state, shown)
	if err != nil {
		return err
	}
	history.Custom, history.Configure = form, viewer(c).Role.Can(auth.Configure)
	history.Ranges = rangeLinks(sensorPath(id), shown, form)
	status := http.StatusOK
	if len(form.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.show(c, status, views.SensorPage(views.Sensor{Page: page, Head: s.sensorHead(state), History: history}))
}

func sensorPath(id sensors.SensorID) string { return "/sensors/" + id.String() }

// sensorHead is what a sensor is, where it stands, and what it says now.
func (s *Server) sensorHead(state live.SensorState) views.SensorHead {
	head := views.SensorHead{Now: s.alarmedValue(state), DeviceID: state.Device.String()}
	head.State = views.State{Tone: head.Now.Tone, Word: head.Now.Note}
	d, _ := s.o.Board.Device(state.Device)
	head.Device = deviceName(d)
	if head.Zone = s.zoneName(state.Zone); head.Zone != "" {
		head.ZoneID = state.Zone.String()
	}
	return head
}

// alarmedValue is a sensor's last reading, in the colour of the alert that is open about it.
func (s *Server) alarmedValue(state live.SensorState) views.Measured {
	sc := scene{s: s, alarms: worst(s.o.Board.Alerts())}
	return sc.measured(state)
}

// sensorOf returns the sensor that the address names.
func (s *Server) sensorOf(c echo.Context) (live.SensorState, error) {
	id, err := sensors.ParseID[sensors.SensorID](c.Param("id"))
	if err != nil {
		return live.SensorState{}, err
	}
	state, ok := s.o.Board.Sensor(id)
	if !ok {
		return state, sensors.ErrNotFound
	}
	return state, nil
}
