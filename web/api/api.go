package api

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/ingest"
	"furrow/sensors/live"
	"furrow/web/auth"
)

// prefix is where the API stands; the paths of operations are told without it.
const prefix = "/api/v1"

// Zones changes zones; *ingest.Ingest does.
type Zones interface {
	CreateZone(ctx context.Context, z sensors.Zone) (sensors.Zone, error)
	EditZone(ctx context.Context, id sensors.ZoneID, edit sensors.ZoneEdit) (sensors.Zone, error)
	DeleteZone(ctx context.Context, id sensors.ZoneID) error
}

// Devices adopts devices, and renames them and their sensors; *ingest.Ingest does.
type Devices interface {
	AdoptDevice(ctx context.Context, id sensors.DeviceID, how sensors.Adoption) (sensors.Device, error)
	EditDevice(ctx context.Context, id sensors.DeviceID, edit sensors.DeviceEdit) (sensors.Device, error)
	EditSensor(ctx context.Context, id sensors.SensorID, edit sensors.SensorEdit) (sensors.Sensor, error)
}

// Poster stores readings that come by name; *ingest.Ingest does.
type Poster interface {
	Post(ctx context.Context, readings []sensors.Posted) (sensors.PostOutcome, error)
}

// History reads stored readings; *db.DB does.
type History interface {
	Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error
	Buckets(ctx context.Context, ids []sensors.SensorID, from, to sensors.Milli, width time.Duration) ([][]sensors.Bucket, error)
	First(ctx context.Context, id sensors.SensorID) (sensors.Milli, error)
}

// Tokens knows API tokens by the hash of their secret; *db.DB does.
type Tokens interface {
	TokenByHash(ctx context.Context, hash []byte) (auth.Token, error)
	TouchToken(ctx context.Context, id int64, used time.Time) error
}

// Health tells how ingest does; *ingest.Ingest does.
type Health interface{ Health() ingest.Health }

// Options are what the API stands on. All of it is needed.
type Options struct {
	Board      *live.Board
	Zones      Zones
	Devices    Devices
	Poster     Poster
	History    History
	Rules      Rules
	Alerts     Alerts
	AlertLog   AlertLog
	Recipients Recipients
	Channels   Channels
	Tokens     Tokens
	Health     Health
	Log        *slog.Logger
	Now        func() time.Time
	Version    Version
	// Stop ends all streams when it is done.
	Stop context.Context
}

type api struct {
	Options
	huma    huma.API
	frames  frames
	streams atomic.Int64 // open ones
	// previewing holds a place for each preview that runs.
	previewing chan struct{}
	computing  chan struct{} // the same for agronomy
}

// Mount adds the API and its neighbours to e.
func Mount(e *echo.Echo, o Options) {
	config := huma.DefaultConfig("Furrow", o.Version.Version)
	config.OpenAPI.OpenAPI = "3.1.0"
	config.Info.Description = "Readings, zones, devices, sensors, rules and alerts of one farm. Ask for a token with `furrow token create` or on the settings page " +
		"and send it as `Authorization: Bearer …`. Times are RFC 3339 in UTC; values are in the unit that stands beside them."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = prefix+"/openapi", "", ""
	config.CreateHooks = nil // no $schema members in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}

	a := &api{Options: o, huma: humaecho.New(e, config), previewing: make(chan struct{}, previewers),
		computing: make(chan struct{}, computers)}
	a.zones()
	a.devices()
	a.sensors()
	a.readings()
	a.posts()
	a.rules()
	a.alerts()
	a.recipients()
	a.agronomy()
	a.stream()
	e.RouteNotFound("/api", a.unrouted)
	e.RouteNotFound("/api/*", a.unrouted)
	a.health(e)
	e.GET("/metrics", a.metrics)
}
