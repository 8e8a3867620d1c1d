package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/web/auth"
)

type device struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Key      string  `json:"key" doc:"How the device names itself on MQTT."`
	Dialect  string  `json:"dialect"`
	Status   string  `json:"status" enum:"new,adopted,ignored"`
	Zone     *string `json:"zone_id" nullable:"true"`
	LastSeen *string `json:"last_seen_at" nullable:"true" format:"date-time"`
	Online   bool    `json:"online"`
}

func deviceOf(d sensors.Device) device {
	return device{ID: d.ID.String(), Name: d.Name, Key: d.Key, Dialect: d.Dialect, Status: string(d.Status),
		Zone: idOrNull(d.Zone), LastSeen: stamp(d.LastSeen), Online: d.Online}
}

type deviceAnswer struct{ Body device }

// devices adds what can be done with devices.
func (a *api) devices() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-devices", Method: http.MethodGet, Path: "/devices",
		Summary: "List the devices, also those that wait in the inbox", Tags: []string{"Devices"}}, a.listDevices)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "adopt-device", Method: http.MethodPost, Path: "/devices/{id}/adopt",
		Summary: "Make a device part of the farm", Tags: []string{"Devices"}, Errors: []int{404}}, a.adoptDevice)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "edit-device", Method: http.MethodPatch, Path: "/devices/{id}",
		Summary: "Rename a device or move it to another zone", Tags: []string{"Devices"}, Errors: []int{404}}, a.editDevice)
}

// present returns the devices that are part of the farm or may become it.
func (a *api) present() []sensors.Device {
	var all []sensors.Device
	for _, d := range a.Board.Devices() {
		if d.Status != sensors.DeviceRemoved {
			all = append(all, d)
		}
	}
	return all
}

func (a *api) listDevices(_ context.Context, in *struct {
	Paging
	Status string `query:"status" enum:"new,adopted,ignored" doc:"Only devices of this status."`
}) (*list[device], error) {
	var wanted []sensors.Device
	for _, d := range a.present() {
		if in.Status == "" || string(d.Status) == in.Status {
			wanted = append(wanted, d)
		}
	}
	found, err := page(in.Paging, wanted, func(d sensors.Device) sensors.DeviceID { return d.ID })
	if err != nil {
		return nil, err
	}
	return mapped(found, deviceOf), nil
}

func (a *api) adoptDevice(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body *struct {
		Name string `json:"name,omitempty" maxLength:"80" doc:"The proposed name stays when left out."`
		Zone string `json:"zone,omitempty" maxLength:"80" doc:"A zone's id, or the name of a zone, made when there is none."`
	} `required:"false"`
}) (*deviceAnswer, error) {
	id, err := a.deviceID(in.ID)
	if err != nil {
		return nil, err
	}
	var how sensors.Adoption
	if in.Body != nil {
		how = sensors.Adoption{Name: in.Body.Name, ZoneName: in.Body.Zone}
		if zone, ok := a.zoneByID(in.Body.Zone); ok {
			how.Zone, how.ZoneName = zone, ""
		}
	}
	adopted, err := a.Devices.AdoptDevice(ctx, id, how)
	if err != nil {
		return nil, err
	}
	return &deviceAnswer{deviceOf(adopted)}, nil
}

func (a *api) editDevice(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body struct {
		Name *string `json:"name,omitempty" maxLength:"80"`
		Zone *string `json:"zone,omitempty" maxLength:"80" doc:"A zone's id, or the name of a zone, made when there is none; empty takes the device out of its zone."`
	}
}) (*deviceAnswer, error) {
	id, err := a.deviceID(in.ID)
	if err != nil {
		return nil, err
	}
	edit := sensors.DeviceEdit{Name: in.Body.Name, ZoneName: in.Body.Zone}
	if in.Body.Zone != nil {
		if zone, ok := a.zoneByID(*in.Body.Zone); ok || *in.Body.Zone == "" {
			edit.Zone, edit.ZoneName = &zone, nil
		}
	}
	edited, err := a.Devices.EditDevice(ctx, id, edit)
	if err != nil {
		return nil, err
	}
	return &deviceAnswer{deviceOf(edited)}, nil
}

// deviceID returns the id of a device that is there.
func (a *api) deviceID(text string) (sensors.DeviceID, error) {
	id, err := sensors.ParseID[sensors.DeviceID](text)
	if err != nil {
		return 0, err
	}
	if d, ok := a.Board.Device(id); !ok || d.Status == sensors.DeviceRemoved {
		return 0, sensors.ErrNotFound
	}
	return id, nil
}

// zoneByID reports whether text is the id of a zone that exists; otherwise it is a name.
func (a *api) zoneByID(text string) (sensors.ZoneID, bool) {
	id, err := sensors.ParseID[sensors.ZoneID](text)
	if err != nil {
		return 0, false
	}
	for _, z := range a.Board.Zones() {
		if z.ID == id {
			return id, true
		}
	}
	return 0, false
}
