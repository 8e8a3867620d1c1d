package ingest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"furrow/sensors"
	"furrow/sensors/live"
)

// AdoptDevice makes a device part of the farm. An error may be a sensors.Invalid.
func (in *Ingest) AdoptDevice(ctx context.Context, id sensors.DeviceID, how sensors.Adoption) (sensors.Device, error) {
	return in.changeDevice(ctx, id, func(d *sensors.Device) error {
		if err := rename(d, how.Name); err != nil {
			return err
		}
		d.Status = sensors.DeviceAdopted
		switch {
		case how.Zone != 0:
			if _, ok := in.catalog.zone(how.Zone); !ok {
				return sensors.Invalid{"zone": "This zone does not exist any more; choose another."}
			}
			d.Zone = how.Zone
		case how.ZoneName != "":
			zone, err := in.zoneFor(ctx, how.ZoneName, how.ZoneKind, false)
			if err != nil {
				return err
			}
			d.Zone = zone.ID
		}
		return nil
	})
}

// IgnoreDevice hears a device no more than to know that it is there.
func (in *Ingest) IgnoreDevice(ctx context.Context, id sensors.DeviceID) error {
	_, err := in.changeDevice(ctx, id, func(d *sensors.Device) error {
		d.Status = sensors.DeviceIgnored
		return nil
	})
	return err
}

// EditDevice renames a device or moves it to another zone. An error may be a sensors.Invalid.
func (in *Ingest) EditDevice(ctx context.Context, id sensors.DeviceID, edit sensors.DeviceEdit) (sensors.Device, error) {
	return in.changeDevice(ctx, id, func(d *sensors.Device) error {
		if edit.Name != nil {
			if strings.TrimSpace(*edit.Name) == "" {
				return sensors.Invalid{"name": "Give the device a name."}
			}
			if err := rename(d, *edit.Name); err != nil {
				return err
			}
		}
		switch {
		case edit.Zone != nil:
			if _, ok := in.catalog.zone(*edit.Zone); !ok && *edit.Zone != 0 {
				return sensors.Invalid{"zone": "This zone does not exist any more; choose another."}
			}
			d.Zone = *edit.Zone
		case edit.ZoneName != nil:
			zone, err := in.zoneFor(ctx, *edit.ZoneName, "", false)
			if err != nil {
				return err
			}
			d.Zone = zone.ID
		}
		return nil
	})
}

func rename(d *sensors.Device, name string) error {
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	bad := sensors.Invalid{}
	sensors.CheckName(bad, "name", name, "")
	d.Name = name
	return bad.Err()
}

// changeDevice stores and shows what change makes of a device.
func (in *Ingest) changeDevice(ctx context.Context, id sensors.DeviceID, change func(*sensors.Device) error) (after sensors.Device, err error) {
	err = in.do(ctx, func() error {
		entry := in.catalog.byID[id]
		if entry == nil {
			return sensors.ErrNotFound
		}
		after = entry.Device
		if err := change(&after); err != nil {
			return err
		}
		if err := in.Edits.UpdateDevice(ctx, after); err != nil {
			return err
		}
		in.catalog.setStatus(entry, after.Status) // also tells the rules that it may have moved
		entry.Device = after
		in.Board.Apply(live.Change{Devices: []sensors.Device{after}})
		return nil
	})
	return after, err
}

// RemoveDevice takes a device off the farm: with all its readings, or keeping them for when it comes back.
func (in *Ingest) RemoveDevice(ctx context.Context, id sensors.DeviceID, keepHistory bool) error {
	if keepHistory {
		_, err := in.changeDevice(ctx, id, func(d *sensors.Device) error {
			d.Status, d.Zone = sensors.DeviceRemoved, 0
			return nil
		})
		return err
	}
	return in.do(ctx, func() error {
		entry := in.catalog.byID[id]
		if entry == nil {
			return sensors.ErrNotFound
		}
		if err := in.unwatch(ctx, entry); err != nil {
			return err
		}
		if err := in.Edits.DeleteDevice(ctx, id); err != nil {
			return err
		}
		in.catalog.drop(entry)
		in.Board.Apply(live.Change{GoneDevices: []sensors.DeviceID{id}})
		in.forgetRules(entry.watches)
		return nil
	})
}

// RemoveSimulated takes the simulated farm away with all its readings.
func (in *Ingest) RemoveSimulated(ctx context.Context) error {
	return in.do(ctx, func() error {
		var gone []*deviceEntry
		for _, d := range in.catalog.byID {
			if d.Simulated {
				gone = append(gone, d)
			}
		}
		if err := in.unwatch(ctx, gone...); err != nil {
			return err
		}
		if err := in.Edits.DeleteSimulated(ctx); err != nil {
			return err
		}
		change := live.Change{}
		for _, d := range gone {
			in.catalog.drop(d)
			change.GoneDevices = append(change.GoneDevices, d.ID)
		}
		slices.Sort(change.GoneDevices)
		in.Board.Apply(change)
		in.forgetRules(func(r sensors.Rule) bool {
			return slices.ContainsFunc(gone, func(d *deviceEntry) bool { return d.watches(r) })
		})
		in.forgetZones(func(z sensors.Zone) bool { return z.Simulated })
		return nil
	})
}

// CreateDevice adopts a device by hand and gives it credentials, which are told only now.
func (in *Ingest) CreateDevice(ctx context.Context, name, zoneName string) (made sensors.Device, c sensors.Credentials, err error) {
	bad := sensors.Invalid{}
	sensors.CheckName(bad, "name", name, "Give the device a name.")
	if err := bad.Err(); err != nil {
		return made, c, err
	}
	secret, hash, err := in.Secret()
	if err != nil {
		return made, c, err
	}
	err = in.do(ctx, func() error {
		zone, err := in.zoneFor(ctx, zoneName, "", false)
		if err != nil {
			return err
		}
		made = sensors.Device{Name: strings.TrimSpace(name), Status: sensors.DeviceAdopted, Zone: zone.ID, FirstSeen: sensors.MilliOf(in.Now())}
		base := slug(made.Name)
		for n := 1; ; n++ {
			if made.Username = base; n > 1 {
				made.Username = base + "-" + strconv.Itoa(n)
			}
			if made.Key = made.Username; zone.ID != 0 {
				made.Key = slug(zone.Name) + "/" + made.Username
			}
			if !in.catalog.taken(made.Key, made.Username) {
				break
			}
		}
		if made, err = in.Edits.CreateDevice(ctx, made, hash); err != nil {
			return err
		}
		in.catalog.add(&deviceEntry{Device: made})
		in.Board.Apply(live.Change{Devices: []sensors.Device{made}})
		c = sensors.Credentials{Device: made.ID, Username: made.Username, Password: secret}
		return nil
	})
	return made, c, err
}

// RenewCredentials gives a device a new password, and a user name if it had none; the old password ends.
func (in *Ingest) RenewCredentials(ctx context.Context, id sensors.DeviceID) (c sensors.Credentials, err error) {
	secret, hash, err := in.Secret()
	if err != nil {
		return c, err
	}
	err = in.do(ctx, func() error {
		entry := in.catalog.byID[id]
		if entry == nil {
			return sensors.ErrNotFound
		}
		if entry.Status != sensors.DeviceAdopted {
			return fmt.Errorf("credentials of a device that is not adopted: %w", sensors.ErrForbidden)
		}
		username := entry.Username
		for n := 1; username == "" || n > 1 && in.catalog.taken("", username); n++ {
			username = slug(entry.Name)
			if n > 1 {
				username += "-" + strconv.Itoa(n)
			} else if !in.catalog.taken("", username) {
				break
			}
		}
		if err := in.Edits.SetCredentials(ctx, id, username, hash); err != nil {
			return err
		}
		entry.Username = username
		in.Board.Apply(live.Change{Devices: []sensors.Device{entry.Device}})
		c = sensors.Credentials{Device: id, Username: username, Password: secret}
		return nil
	})
	return c, err
}

// taken reports whether a device has this key or user name.
func (c *catalog) taken(key, username string) bool {
	if c.devices[key] != nil {
		return true
	}
	for _, d := range c.byID {
		if d.Username == username {
			return true
		}
	}
	return false
}

// slug makes a name fit for topics and user names: lower-case ASCII letters, digits and dashes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "device"
}
