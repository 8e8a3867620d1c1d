package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"furrow/sensors"
	"furrow/sensors/live"
)

// CreateZone stores a new zone, last in the order. An error may be a sensors.Invalid.
func (in *Ingest) CreateZone(ctx context.Context, z sensors.Zone) (made sensors.Zone, err error) {
	err = in.do(ctx, func() error {
		made, err = in.newZone(ctx, z)
		return err
	})
	return made, err
}

func (in *Ingest) newZone(ctx context.Context, z sensors.Zone) (sensors.Zone, error) {
	z.Name, z.Crop, z.CreatedAt = strings.TrimSpace(z.Name), strings.TrimSpace(z.Crop), in.Now()
	if err := in.checkZone(z); err != nil {
		return z, err
	}
	made, err := in.Edits.CreateZone(ctx, z)
	if err != nil {
		return z, err
	}
	in.catalog.zones = append(in.catalog.zones, made)
	in.showZones()
	return made, nil
}

func (in *Ingest) checkZone(z sensors.Zone) error {
	if err := z.Validate(); err != nil {
		return err
	}
	if other, taken := in.catalog.zoneNamed(z.Name); taken && other.ID != z.ID {
		return fmt.Errorf("%w: %w", sensors.Invalid{"name": "Another zone has this name; choose a different one."}, sensors.ErrConflict)
	}
	return nil
}

// showZones puts the zones on the board, in order.
func (in *Ingest) showZones() {
	slices.SortStableFunc(in.catalog.zones, func(a, b sensors.Zone) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	in.Board.Apply(live.Change{Zones: in.catalog.zones, ZonesChanged: true})
}

// EditZone changes a zone. An error may be a sensors.Invalid.
func (in *Ingest) EditZone(ctx context.Context, id sensors.ZoneID, edit sensors.ZoneEdit) (changed sensors.Zone, err error) {
	err = in.do(ctx, func() error {
		i := slices.IndexFunc(in.catalog.zones, func(z sensors.Zone) bool { return z.ID == id })
		if i < 0 {
			return sensors.ErrNotFound
		}
		changed = in.catalog.zones[i]
		if edit.Name != nil {
			changed.Name = strings.TrimSpace(*edit.Name)
		}
		if edit.Kind != nil {
			changed.Kind = *edit.Kind
		}
		if edit.Crop != nil {
			changed.Crop = strings.TrimSpace(*edit.Crop)
		}
		if edit.Position != nil {
			changed.Position = *edit.Position
		}
		if err := in.checkZone(changed); err != nil {
			return err
		}
		if err := in.Edits.UpdateZone(ctx, changed); err != nil {
			return err
		}
		in.catalog.zones[i], in.catalog.recast = changed, true
		in.showZones()
		return nil
	})
	return changed, err
}

// DeleteZone removes a zone; its devices stay, in no zone.
func (in *Ingest) DeleteZone(ctx context.Context, id sensors.ZoneID) error {
	return in.do(ctx, func() error {
		if err := in.Edits.DeleteZone(ctx, id); err != nil {
			return err
		}
		in.forgetZones(func(z sensors.Zone) bool { return z.ID == id })
		return nil
	})
}

// forgetZones drops zones that were deleted and takes their devices out of them.
func (in *Ingest) forgetZones(gone func(sensors.Zone) bool) {
	in.catalog.zones = slices.DeleteFunc(in.catalog.zones, gone)
	change := live.Change{}
	for _, d := range in.catalog.byID {
		if _, ok := in.catalog.zone(d.Zone); d.Zone != 0 && !ok {
			d.Zone = 0
			change.Devices = append(change.Devices, d.Device)
		}
	}
	change.Zones, change.ZonesChanged = in.catalog.zones, true
	in.Board.Apply(change)
	in.catalog.recast = true
	in.forgetRules(func(r sensors.Rule) bool {
		_, exists := in.catalog.zone(r.Scope.Zone)
		return r.Scope.Zone != 0 && !exists
	})
}

// OrderZones puts the zones into the given order; the ones not named come after them.
func (in *Ingest) OrderZones(ctx context.Context, ids []sensors.ZoneID) error {
	return in.do(ctx, func() error {
		if err := in.Edits.OrderZones(ctx, ids); err != nil {
			return err
		}
		for i := range in.catalog.zones {
			z := &in.catalog.zones[i]
			if at := slices.Index(ids, z.ID); at >= 0 {
				z.Position = at + 1
			} else {
				z.Position += len(ids)
			}
		}
		in.showZones()
		return nil
	})
}

// zoneFor returns the zone of that name, making it when there is none. An empty name is no zone.
func (in *Ingest) zoneFor(ctx context.Context, name string, kind sensors.ZoneKind, simulated bool) (sensors.Zone, error) {
	if name = sensors.CleanName(name); name == "" {
		return sensors.Zone{}, nil
	}
	if z, ok := in.catalog.zoneNamed(name); ok {
		return z, nil
	}
	if kind == "" {
		kind = kindFromName(name)
	}
	return in.newZone(ctx, sensors.Zone{Name: name, Kind: kind, Simulated: simulated})
}

// kindFromName guesses what sort of place a zone is.
func kindFromName(name string) sensors.ZoneKind {
	name = strings.ToLower(name)
	for _, guess := range []struct {
		kind  sensors.ZoneKind
		words []string
	}{
		{"greenhouse", []string{"greenhouse", "glasshouse", "polytunnel", "tunnel", "gh"}},
		{"orchard", []string{"orchard", "vineyard", "apple", "cherry"}},
		{"barn", []string{"barn", "stable", "coop", "shed", "dairy", "pig", "poultry"}},
		{"store", []string{"store", "storage", "cold", "fridge", "silo"}},
		{"field", []string{"field", "meadow", "paddock", "plot", "bed"}},
	} {
		for _, word := range guess.words {
			if strings.HasPrefix(name, word) || len(word) > 2 && strings.Contains(name, word) {
				return guess.kind
			}
		}
	}
	return "other"
}
