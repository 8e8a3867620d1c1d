package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/web/auth"
)

type sensor struct {
	ID      string  `json:"id"`
	Device  string  `json:"device_id"`
	Zone    *string `json:"zone_id" nullable:"true"`
	Metric  string  `json:"metric"`
	Unit    string  `json:"unit"`
	Name    string  `json:"name"`
	Channel string  `json:"channel,omitempty" doc:"Tells several sensors of one metric in one device apart."`
	Last    *last   `json:"last"`
	Stale   bool    `json:"stale" doc:"Silent for longer than its own rhythm explains."`
}

type last struct {
	_       struct{} `nullable:"true"`
	At      string   `json:"at" format:"date-time"`
	Value   float64  `json:"value"`
	Quality string   `json:"quality" enum:"good,suspect"`
}

func sensorOf(s live.SensorState) sensor {
	out := sensor{ID: s.ID.String(), Device: s.Device.String(), Zone: idOrNull(s.Zone), Metric: string(s.Metric),
		Unit: s.Metric.Info().Unit, Name: s.Label(), Channel: s.Channel, Stale: s.Stale}
	if s.Has {
		out.Last = &last{At: timestamp(s.Last.At), Value: s.Last.Value, Quality: s.Last.Quality.String()}
	}
	return out
}

type sensorAnswer struct{ Body sensor }

// sensors adds what can be done with sensors.
func (a *api) sensors() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-sensors", Method: http.MethodGet, Path: "/sensors",
		Summary: "List the sensors with their newest values", Tags: []string{"Sensors"}}, a.listSensors)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "edit-sensor", Method: http.MethodPatch, Path: "/sensors/{id}",
		Summary: "Rename a sensor", Tags: []string{"Sensors"}, Errors: []int{404}}, a.editSensor)
}

// measuring returns the sensors of the devices that are present.
func (a *api) measuring() []live.SensorState {
	present := map[sensors.DeviceID]bool{}
	for _, d := range a.present() {
		present[d.ID] = true
	}
	var all []live.SensorState
	for _, s := range a.Board.Sensors() {
		if present[s.Device] {
			all = append(all, s)
		}
	}
	return all
}

func (a *api) listSensors(_ context.Context, in *struct {
	Paging
	Device string `query:"device" doc:"Only sensors of the device with this id."`
	Zone   string `query:"zone" doc:"Only sensors in the zone with this id."`
	Metric string `query:"metric" doc:"Only sensors of this metric."`
}) (*list[sensor], error) {
	var wanted []live.SensorState
	for _, s := range a.measuring() {
		if (in.Device == "" || s.Device.String() == in.Device) && (in.Zone == "" || s.Zone.String() == in.Zone) &&
			(in.Metric == "" || string(s.Metric) == in.Metric) {
			wanted = append(wanted, s)
		}
	}
	found, err := page(in.Paging, wanted, func(s live.SensorState) sensors.SensorID { return s.ID })
	if err != nil {
		return nil, err
	}
	return mapped(found, sensorOf), nil
}

func (a *api) editSensor(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body struct {
		Name *string `json:"name,omitempty" maxLength:"80" doc:"Empty brings the metric's own name back."`
	}
}) (*sensorAnswer, error) {
	state, err := a.sensorByID(in.ID)
	if err != nil {
		return nil, err
	}
	if state.Sensor, err = a.Devices.EditSensor(ctx, state.ID, sensors.SensorEdit{Name: in.Body.Name}); err != nil {
		return nil, err
	}
	return &sensorAnswer{sensorOf(state)}, nil
}

// sensorByID returns the sensor's state, or an error that wraps sensors.ErrNotFound.
func (a *api) sensorByID(text string) (live.SensorState, error) {
	id, err := sensors.ParseID[sensors.SensorID](text)
	if err != nil {
		return live.SensorState{}, err
	}
	state, ok := a.Board.Sensor(id)
	if !ok {
		return live.SensorState{}, sensors.ErrNotFound
	}
	return state, nil
}
