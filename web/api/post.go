package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/web/auth"
)

// How much may be posted at once.
const (
	maxPostBytes = 16 << 20
	maxPosted    = 100_000
)

// postedReading is one element of the body of POST /readings.
type postedReading struct {
	Zone    string   `json:"zone"`
	Device  string   `json:"device"`
	Metric  string   `json:"metric"`
	Channel string   `json:"channel"`
	Value   *float64 `json:"value"`
	At      *string  `json:"at"`
}

// postedSchema describes the body by hand, because each element is judged by itself.
func postedSchema() *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	most := maxPosted
	return &huma.Schema{Type: huma.TypeArray, MaxItems: &most, Items: &huma.Schema{Type: huma.TypeObject, Required: []string{"device", "metric", "value"},
		Properties: map[string]*huma.Schema{
			"zone":    text("Name of the zone the device stands in."),
			"device":  text("The device's key or name; an unknown one appears in the inbox."),
			"metric":  text("A metric's name, such as temperature."),
			"channel": text("Tells several sensors of one metric in one device apart."),
			"value":   {Type: huma.TypeNumber, Description: "In the metric's base unit."},
			"at":      {Type: huma.TypeString, Format: "date-time", Description: "Time of the reading; its arrival when left out."},
		}}}
}

type postAnswer struct {
	Body struct {
		Stored     int         `json:"stored"`
		Duplicates int         `json:"duplicates" doc:"Readings whose sensor had one of that time already; the new value stands now."`
		Rejected   []rejection `json:"rejected" doc:"What was not stored, by its place in the body."`
	}
}

type rejection struct {
	Index int    `json:"index"`
	Error string `json:"error"`
}

// posts adds the way in for readings of programs.
func (a *api) posts() {
	register(a, auth.ScopeControl, huma.Operation{OperationID: "post-readings", Method: http.MethodPost, Path: "/readings",
		Summary: "Store readings", Tags: []string{"Readings"}, MaxBodyBytes: maxPostBytes, SkipValidateBody: true,
		Description: "Answers when the readings are on the disk. Sending readings with a time again changes nothing. What cannot be stored is told item by item; the rest is stored.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: postedSchema()}}},
		Errors:      []int{400, 413, 503, 507}}, a.postReadings)
}

func (a *api) postReadings(ctx context.Context, in *struct{ RawBody []byte }) (*postAnswer, error) {
	items, err := elements(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &postAnswer{}
	out.Body.Rejected = []rejection{}
	posted, index := make([]sensors.Posted, 0, len(items)), make([]int, 0, len(items))
	for i, item := range items {
		reading, err := parsePosted(item)
		if err != nil {
			out.Body.Rejected = append(out.Body.Rejected, rejection{i, err.Error()})
			continue
		}
		posted, index = append(posted, reading), append(index, i)
	}
	if len(posted) == 0 {
		return out, nil
	}
	outcome, err := a.Poster.Post(ctx, posted)
	if err != nil {
		return nil, err
	}
	out.Body.Stored, out.Body.Duplicates = outcome.Stored, outcome.Duplicates
	for _, r := range outcome.Rejected {
		out.Body.Rejected = append(out.Body.Rejected, rejection{index[r.Index], r.Error})
	}
	slices.SortFunc(out.Body.Rejected, func(a, b rejection) int { return cmp.Compare(a.Index, b.Index) })
	return out, nil
}

var (
	errNoArray = huma.Error422UnprocessableEntity(`the body must be a JSON array like [{"device":"t1","metric":"temperature","value":21.4}]`)
	errTooMany = huma.NewError(http.StatusRequestEntityTooLarge, fmt.Sprintf("these are more than %d readings; send them in parts", maxPosted))
)

// elements cuts a JSON array into its elements.
func elements(body []byte) ([]json.RawMessage, error) {
	if !json.Valid(body) {
		return nil, huma.Error400BadRequest("the body is not JSON; numbers such as NaN and a comma behind the last element are not allowed in it")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil, errNoArray
	}
	var items []json.RawMessage
	for d.More() {
		if len(items) == maxPosted {
			return nil, errTooMany
		}
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return nil, errNoArray
		}
		items = append(items, item)
	}
	return items, nil
}

// parsePosted reads one element; its errors are sentences for its author.
func parsePosted(item json.RawMessage) (sensors.Posted, error) {
	var in postedReading
	if err := json.Unmarshal(item, &in); err != nil {
		return sensors.Posted{}, wrongType(err)
	}
	out := sensors.Posted{Zone: in.Zone, Device: in.Device, Metric: sensors.MetricID(in.Metric), Channel: in.Channel}
	switch {
	case in.Device == "":
		return out, errors.New("device must be given")
	case in.Metric == "":
		return out, errors.New("metric must be given")
	case in.Value == nil:
		return out, errors.New("value must be a number")
	}
	out.Value = *in.Value
	if in.At == nil {
		return out, nil
	}
	at, err := time.Parse(time.RFC3339, *in.At)
	if err != nil {
		return out, errors.New("at must be a time like 2026-03-01T12:00:00Z")
	}
	if out.At = sensors.MilliOf(at); out.At <= 0 {
		return out, errors.New("the time must not be before 1971")
	}
	return out, nil
}

// wrongType says which member of an element is not what it must be.
func wrongType(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong) || wrong.Field == "":
		return errors.New("must be an object with device, metric and value")
	case wrong.Field == "value":
		return errors.New("value must be a number, without quotes and not too large")
	case wrong.Field == "at":
		return errors.New("at must be a time like 2026-03-01T12:00:00Z, in quotes")
	}
	return fmt.Errorf("%s must be text", wrong.Field)
}
