package ingest

import (
	"context"

	"furrow/sensors"
	"furrow/sensors/live"
)

// SetFarm stores the farm's name, place and units. An error may be a sensors.Invalid.
func (in *Ingest) SetFarm(ctx context.Context, f sensors.Farm) error {
	if err := f.Validate(); err != nil {
		return err
	}
	return in.do(ctx, func() error {
		if f.CreatedAt = in.catalog.farm.CreatedAt; f.CreatedAt.IsZero() {
			f.CreatedAt = in.Now()
		}
		if err := in.Edits.SaveFarm(ctx, f); err != nil {
			return err
		}
		in.catalog.farm, in.catalog.hasFarm = f, true
		in.watch.engine.SetFarm(f)
		in.Board.Apply(live.Change{Farm: &f})
		return nil
	})
}

// EditSensor names a sensor or moves it within its device.
func (in *Ingest) EditSensor(ctx context.Context, id sensors.SensorID, edit sensors.SensorEdit) (changed sensors.Sensor, err error) {
	err = in.do(ctx, func() error {
		entry := in.catalog.sensor(id)
		if entry == nil {
			return sensors.ErrNotFound
		}
		changed = entry.Sensor
		if edit.Name != nil {
			if *edit.Name != "" {
				bad := sensors.Invalid{}
				sensors.CheckName(bad, "name", *edit.Name, "")
				if err := bad.Err(); err != nil {
					return err
				}
			}
			changed.Name = sensors.CleanName(*edit.Name)
		}
		if edit.Position != nil {
			changed.Position = *edit.Position
		}
		if err := in.Edits.UpdateSensor(ctx, changed); err != nil {
			return err
		}
		entry.Sensor = changed
		in.Board.Apply(live.Change{Sensors: []sensors.Sensor{changed}})
		return nil
	})
	return changed, err
}

func (c *catalog) sensor(id sensors.SensorID) *sensorEntry {
	for _, d := range c.byID {
		for _, s := range d.sensors {
			if s.ID == id {
				return s
			}
		}
	}
	return nil
}
