package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/web/api"
	"furrow/web/auth"
)

// Options are what the pages stand on.
type Options struct {
	Board     *live.Board
	Farm      Farm
	History   History
	People    People
	Simulator Simulator
	Alerts    AlertLog
	Notes     EarlierNotes
	Settings  Settings
	Channels  Channels
	Health    ChannelHealth
	Grants    Grants
	Drills    Drills
	Log       *slog.Logger
	// Now is the clock of the farm, by which readings are judged and shown. In a demo it may run fast;
	// sessions live by the real one.
	Now     func() time.Time
	Version api.Version
	// PublicURL is the address under which people reach Furrow from outside, "" when they do not.
	PublicURL string
	// HostName is this machine's name, "" when it is not known.
	HostName string
	// SetupCode lets somebody on another machine make the first owner; "" lets nobody.
	SetupCode string
	Connect   Connect
	// Visitor, if not nil, is whom a browser on this machine is without having signed in: the owner of a demo.
	Visitor func() auth.Person
}

// Connect says where devices and programs find this Furrow.
type Connect struct {
	MQTTPort string // "" when MQTT is off
	HTTPPort string
	// Addresses returns the addresses of this machine in its networks, the likeliest first.
	Addresses func() []string
}

// Farm is how pages and programs change the farm. *ingest.Ingest does.
type Farm interface {
	FarmEditor
	ZoneEditor
	DeviceEditor
	CredentialsEditor
	SensorEditor
	RuleEditor
	RecipientEditor
	AlertKeeper
	api.Poster
	api.Health
}

// FarmEditor keeps what is true of the whole farm.
type FarmEditor interface {
	SetFarm(ctx context.Context, f sensors.Farm) error
}

// ZoneEditor changes zones.
type ZoneEditor interface {
	CreateZone(ctx context.Context, z sensors.Zone) (sensors.Zone, error)
	EditZone(ctx context.Context, id sensors.ZoneID, edit sensors.ZoneEdit) (sensors.Zone, error)
	DeleteZone(ctx context.Context, id sensors.ZoneID) error
	OrderZones(ctx context.Context, ids []sensors.ZoneID) error
}

// DeviceEditor decides about devices.
type DeviceEditor interface {
	AdoptDevice(ctx context.Context, id sensors.DeviceID, how sensors.Adoption) (sensors.Device, error)
	IgnoreDevice(ctx context.Context, id sensors.DeviceID) error
	EditDevice(ctx context.Context, id sensors.DeviceID, edit sensors.DeviceEdit) (sensors.Device, error)
	RemoveDevice(ctx context.Context, id sensors.DeviceID, keepHistory bool) error
}

// CredentialsEditor gives devices user names and passwords of their own.
type CredentialsEditor interface {
	CreateDevice(ctx context.Context, name, zoneName string) (sensors.Device, sensors.Credentials, error)
	RenewCredentials(ctx context.Context, id sensors.DeviceID) (sensors.Credentials, error)
}

// SensorEditor renames sensors.
type SensorEditor interface {
	EditSensor(ctx context.Context, id sensors.SensorID, edit sensors.SensorEdit) (sensors.Sensor, error)
}

// History reads what was measured. *db.DB does.
type History interface {
	Range(ctx context.Context, id sensors.SensorID, from, to sensors.Milli, f func(sensors.Reading) bool) error
	Buckets(ctx context.Context, ids []sensors.SensorID, from, to sensors.Milli, width time.Duration) ([][]sensors.Bucket, error)
	Last(ctx context.Context, ids []sensors.SensorID) ([]sensors.Reading, error)
	First(ctx context.Context, id sensors.SensorID) (sensors.Milli, error)
}

// People knows who may sign in. *db.DB does.
type People interface {
	Accounts
	Passwords
	Sessions
	Tokens
}

// Accounts keeps people.
type Accounts interface {
	CreatePerson(ctx context.Context, p auth.Person, passwordHash string) (auth.Person, error)
	People(ctx context.Context) ([]auth.Person, error)
	UpdatePerson(ctx context.Context, p auth.Person) error
	DeletePerson(ctx context.Context, id int64) error
}

// Passwords checks and changes how people sign in.
type Passwords interface {
	OwnerExists(ctx context.Context) (bool, error)
	PersonByEmail(ctx context.Context, email string) (auth.Person, string, error)
	SetPassword(ctx context.Context, id int64, hash string, keepSession []byte) error
}

// Sessions keeps who is signed in where.
type Sessions interface {
	CreateSession(ctx context.Context, s auth.Session) error
	SessionByHash(ctx context.Context, hash []byte) (auth.Session, error)
	TouchSession(ctx context.Context, hash []byte, seen, expires time.Time) error
	Sessions(ctx context.Context, person int64) ([]auth.Session, error)
	DeleteSession(ctx context.Context, hash []byte) error
}

// Tokens keeps what lets programs in.
type Tokens interface {
	api.Tokens
	CreateToken(ctx context.Context, name string, scope auth.Scope, hash []byte) (auth.Token, error)
	Tokens(ctx context.Context) ([]auth.Token, error)
	DeleteToken(ctx context.Context, id int64) error
}

// Simulator runs the simulated farm.
type Simulator interface {
	// Start returns when the farm's past is stored; it then goes on by itself.
	Start(ctx context.Context) error
	// Remove stops it and deletes all it made.
	Remove(ctx context.Context) error
	Running() bool
}

// Validate joins everything that is missing or wrong.
func (o *Options) Validate() error {
	var wrong []error
	for name, missing := range map[string]bool{
		"Board": o.Board == nil, "Farm": o.Farm == nil, "History": o.History == nil, "People": o.People == nil,
		"Simulator": o.Simulator == nil, "Alerts": o.Alerts == nil, "Notes": o.Notes == nil, "Settings": o.Settings == nil,
		"Channels": o.Channels == nil, "Health": o.Health == nil, "Grants": o.Grants == nil, "Drills": o.Drills == nil,
		"Log": o.Log == nil, "Now": o.Now == nil,
	} {
		if missing {
			wrong = append(wrong, fmt.Errorf("web: Options.%s is missing", name))
		}
	}
	if u, err := url.Parse(o.PublicURL); o.PublicURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		wrong = append(wrong, fmt.Errorf("web: the public URL %q is not an address like https://farm.example.com", o.PublicURL))
	}
	return errors.Join(wrong...)
}
