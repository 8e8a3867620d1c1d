package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/web/auth"
)

type zone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind" enum:"greenhouse,field,orchard,barn,store,other"`
	Crop string `json:"crop"`
}

func zoneOf(z sensors.Zone) zone {
	return zone{ID: z.ID.String(), Name: z.Name, Kind: string(z.Kind), Crop: z.Crop}
}

type zoneAnswer struct{ Body zone }

// ZoneID is a zone that is meant by its id.
type ZoneID struct {
	ID string `path:"id"`
}

// zones adds what can be done with zones.
func (a *api) zones() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-zones", Method: http.MethodGet, Path: "/zones",
		Summary: "List the zones", Tags: []string{"Zones"}}, a.listZones)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "create-zone", Method: http.MethodPost, Path: "/zones",
		Summary: "Make a zone", Tags: []string{"Zones"}, DefaultStatus: http.StatusCreated, Errors: []int{409}}, a.createZone)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "edit-zone", Method: http.MethodPatch, Path: "/zones/{id}",
		Summary: "Change what is named of a zone", Tags: []string{"Zones"}, Errors: []int{404, 409}}, a.editZone)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "delete-zone", Method: http.MethodDelete, Path: "/zones/{id}",
		Summary: "Remove a zone; its devices stay, in no zone", Tags: []string{"Zones"}, Errors: []int{404}}, a.deleteZone)
}

func (a *api) listZones(_ context.Context, in *struct{ Paging }) (*list[zone], error) {
	found, err := page(in.Paging, a.Board.Zones(), func(z sensors.Zone) sensors.ZoneID { return z.ID })
	if err != nil {
		return nil, err
	}
	return mapped(found, zoneOf), nil
}

func (a *api) createZone(ctx context.Context, in *struct {
	Body struct {
		ID   string `json:"id,omitempty" readOnly:"true"`
		Name string `json:"name" maxLength:"80"`
		Kind string `json:"kind,omitempty" enum:"greenhouse,field,orchard,barn,store,other" default:"other"`
		Crop string `json:"crop,omitempty" maxLength:"80"`
	}
}) (*zoneAnswer, error) {
	made, err := a.Zones.CreateZone(ctx, sensors.Zone{Name: in.Body.Name, Kind: sensors.ZoneKind(in.Body.Kind), Crop: in.Body.Crop})
	if err != nil {
		return nil, err
	}
	return &zoneAnswer{zoneOf(made)}, nil
}

func (a *api) editZone(ctx context.Context, in *struct {
	ZoneID
	Body struct {
		ID   string  `json:"id,omitempty" readOnly:"true"`
		Name *string `json:"name,omitempty" maxLength:"80"`
		Kind *string `json:"kind,omitempty" enum:"greenhouse,field,orchard,barn,store,other"`
		Crop *string `json:"crop,omitempty" maxLength:"80"`
	}
}) (*zoneAnswer, error) {
	id, err := sensors.ParseID[sensors.ZoneID](in.ID)
	if err != nil {
		return nil, err
	}
	edit := sensors.ZoneEdit{Name: in.Body.Name, Crop: in.Body.Crop, Kind: (*sensors.ZoneKind)(in.Body.Kind)}
	changed, err := a.Zones.EditZone(ctx, id, edit)
	if err != nil {
		return nil, err
	}
	return &zoneAnswer{zoneOf(changed)}, nil
}

func (a *api) deleteZone(ctx context.Context, in *ZoneID) (*struct{}, error) {
	id, err := sensors.ParseID[sensors.ZoneID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.Zones.DeleteZone(ctx, id)
}
