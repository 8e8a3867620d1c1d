package sensors

// ZoneEdit, DeviceEdit and SensorEdit change what is not nil.
type (
	ZoneEdit struct {
		Name     *string
		Kind     *ZoneKind
		Crop     *string
		Position *int
	}
	DeviceEdit struct {
		Name *string
		Zone *ZoneID // zero takes it out of its zone
		// ZoneName, if Zone is nil, names a zone, made when there is none of that name.
		ZoneName *string
	}
	SensorEdit struct {
		Name     *string
		Position *int
	}
)
