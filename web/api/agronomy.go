package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/agro"
	"furrow/web/auth"
)

// Bounds of agronomy: the inputs, which may be a list of readings, and how many are worked on at once, for ten years of
// readings keep a core busy for a second.
const (
	maxInputsBytes = 16 << 20
	computers      = 2
)

type quantity struct {
	Quantity string `json:"quantity" doc:"What stands in the address of a computation."`
}

type computation struct {
	Body struct {
		Quantity string         `json:"quantity"`
		Result   map[string]any `json:"result" doc:"By names that bear the units; what does not exist is null."`
	}
}

// agronomy adds what climate means for crops, animals and stores.
func (a *api) agronomy() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-quantities", Method: http.MethodGet, Path: "/agronomy",
		Summary: "List what can be computed", Tags: []string{"Agronomy"}}, a.listQuantities)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "compute-quantity", Method: http.MethodPost, Path: "/agronomy/{quantity}",
		Summary: "Compute a quantity from given inputs", Tags: []string{"Agronomy"}, MaxBodyBytes: maxInputsBytes, SkipValidateBody: true,
		Description: "The body holds the inputs by names that bear the units; a missing reading is null. Nothing of the farm is looked at or changed.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {
			Schema:  &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true},
			Example: map[string]any{"temp_c": 20, "rh_pct": 50}}}},
		Errors: []int{400, 404, 413, 503}}, a.compute)
}

func (a *api) listQuantities(context.Context, *struct{}) (*list[quantity], error) {
	all := &list[string]{}
	all.Body.Items = agro.Quantities()
	return mapped(all, func(name string) quantity { return quantity{name} }), nil
}

func (a *api) compute(ctx context.Context, in *struct {
	Quantity string `path:"quantity" doc:"One of the list, such as vpd_air."`
	RawBody  []byte
}) (*computation, error) {
	select {
	case a.computing <- struct{}{}:
		defer func() { <-a.computing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	result, err := agro.Compute(in.Quantity, in.RawBody)
	var invalid sensors.Invalid
	switch {
	case errors.Is(err, sensors.ErrNotFound):
		return nil, huma.Error404NotFound(err.Error() + " GET " + prefix + "/agronomy lists them.")
	case errors.As(err, &invalid) && invalid["inputs"] != "": // the inputs are the body itself
		return nil, huma.Error422UnprocessableEntity(invalid["inputs"], &huma.ErrorDetail{Location: "body", Message: invalid["inputs"]})
	case err != nil:
		return nil, err
	}
	out := &computation{}
	out.Body.Quantity, out.Body.Result = in.Quantity, result
	return out, nil
}
