package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

// messages is how people are told about alerts: the channels, the links in messages, and the worker that hands
// over what is owed.
type messages struct {
	sender *notify.Sender
	signer *notify.Signer
	worker *notify.Worker
}

// openMessages makes the rooms that tell people, with keys that outlive the program.
func (a *app) openMessages(ctx context.Context) error {
	key, err := kept(ctx, a.db, notify.SettingLinkKey, auth.NewSecret)
	if err != nil {
		return fmt.Errorf("the key of links in messages: %w", err)
	}
	vapid, err := kept(ctx, a.db, notify.SettingVAPID, func() (notify.VAPID, error) { return notify.NewVAPID(a.contact()) })
	if err != nil {
		return fmt.Errorf("the keys of messages to browsers: %w", err)
	}
	options := notify.Options{AllowPrivate: a.flags.AllowPrivateTargets, VAPID: vapid,
		Mail: func() notify.MailServer { return setting[notify.MailServer](a.db, a.log, notify.SettingMail) }}
	if a.flags.MQTT != "off" {
		options.Publish = func(ctx context.Context, topic string, payload []byte) error {
			return a.broker.Send(ctx, topic, payload)
		}
	}
	a.messages.sender, a.messages.signer = notify.NewSender(options), notify.NewSigner([]byte(key))
	a.messages.worker = notify.NewWorker(notify.WorkerOptions{Outbox: a.db, History: a.db, Directory: directory{a.board}, Courier: a.messages.sender,
		Links: a.links, Log: a.log, Now: a.now, Luck: rand.Float64})
	return nil
}

// contact is where push services may complain.
func (a *app) contact() string {
	if strings.HasPrefix(a.flags.PublicURL, "https://") {
		return a.flags.PublicURL
	}
	return "furrow@localhost"
}

// links are made with the address under which people reach the pages; one that works on this computer alone is
// none.
func (a *app) links() notify.Links {
	l := notify.Links{Base: strings.TrimSuffix(a.flags.PublicURL, "/"), Signer: a.messages.signer}
	if at := reachable(a.http.Addr()); l.Base == "" && at != "" {
		l.Base = "http://" + at
	}
	return l
}

// heartbeat tells a watcher outside that this Furrow lives.
func (a *app) heartbeat() *notify.Heartbeat {
	failing := false
	return &notify.Heartbeat{Pinger: a.messages.sender, Now: a.now, Healthy: a.healthy,
		Setting: func() notify.HeartbeatSetting {
			return setting[notify.HeartbeatSetting](a.db, a.log, notify.SettingHeartbeat)
		},
		Pinged: func(_ time.Time, err error) {
			if err != nil && !failing {
				a.log.Warn("the watcher outside does not answer", "error", err)
			}
			failing = err != nil
		}}
}

// healthy returns why readings do not reach the disk, nil when they do or there are none.
func (a *app) healthy(time.Time) error {
	if h := a.ingest.Health(); h.Err != nil {
		return fmt.Errorf("since %s readings cannot be stored: %w", h.Since.UTC().Format(time.RFC3339), h.Err)
	}
	return nil
}

// kept returns what is set under a key; when nothing is, it makes and keeps it.
func kept[T any](ctx context.Context, d *db.DB, key string, fresh func() (T, error)) (value T, err error) {
	text, err := d.Setting(ctx, key)
	if err != nil {
		return value, err
	}
	if text != "" {
		return value, json.Unmarshal([]byte(text), &value)
	}
	if value, err = fresh(); err != nil {
		return value, err
	}
	b, err := json.Marshal(value)
	if err != nil {
		return value, err
	}
	return value, d.SetSetting(ctx, key, string(b))
}

// setting returns what is set under a key now; what is not set, or cannot be read, is zero.
func setting[T any](d *db.DB, log *slog.Logger, key string) (value T) {
	text, err := d.Setting(context.Background(), key)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &value)
	}
	if err != nil {
		log.Warn("a setting cannot be read", "setting", key, "error", err)
	}
	return value
}

// directory is what messages say about the farm: what is on the board.
type directory struct{ *live.Board }

func (d directory) Farm() sensors.Farm {
	farm, _ := d.Board.Farm()
	return farm
}

func (d directory) Recipient(id sensors.RecipientID) (sensors.Recipient, bool) {
	for _, r := range d.Recipients() {
		if r.ID == id {
			return r, true
		}
	}
	return sensors.Recipient{}, false
}

// Place names the sensor, or the device or gateway that is silent, and the zone it stands in.
func (d directory) Place(a sensors.Alert) (p notify.Place) {
	if s, ok := d.Sensor(a.Sensor); ok {
		p.Sensor, p.Metric = s.Label(), s.Metric
	}
	device, ok := d.Device(a.Device)
	if !ok {
		return p
	}
	p.Device = device.Name
	for _, z := range d.Zones() {
		if z.ID == device.Zone {
			p.Zone = z.Name
		}
	}
	return p
}
