package payload

import (
	"slices"
	"strings"

	"furrow/sensors"
)

// classes are Home Assistant's classes of sensors: the metric that each stands for, and those that a name
// may make of it.
var classes = map[string][]sensors.MetricID{
	"temperature": {"temperature", "soil_temperature", "dew_point", "water_temperature", "leaf_temperature", "device_temperature"},
	"humidity":    {"humidity", "soil_moisture"}, "moisture": {"soil_moisture", "leaf_wetness"},
	"pressure": {"pressure", "pressure_msl", "line_pressure", "soil_tension", "vpd"}, "atmospheric_pressure": {"pressure", "pressure_msl"},
	"carbon_dioxide": {"co2"}, "volatile_organic_compounds_parts": {"tvoc"}, "volatile_organic_compounds": {"tvoc"}, "pm1": {"pm1"}, "pm25": {"pm2_5"}, "pm10": {"pm10"}, "ammonia": {"nh3"},
	"illuminance": {"illuminance"}, "irradiance": {"solar_radiation"}, "ph": {"soil_ph"}, "conductivity": {"soil_conductivity"},
	"precipitation":           {"rain_total", "rain_event", "rain_hour", "rain_day", "rain_week", "rain_month", "rain_year"},
	"precipitation_intensity": {"rain_rate"}, "wind_speed": {"wind_speed", "wind_gust"}, "wind_direction": {"wind_direction"},
	"distance": {"distance", "water_level", "lightning_distance"}, "water": {"water_volume"}, "volume": {"water_volume"}, "volume_storage": {"water_volume"}, "volume_flow_rate": {"flow_rate"},
	"weight": {"weight"}, "battery": {"battery"}, "voltage": {"voltage", "battery_voltage"}, "current": {"current"}, "power": {"power"}, "energy": {"energy"},
	"signal_strength": {"rssi", "snr"},
}

// binaryClasses are those of binary sensors.
var binaryClasses = map[string]sensors.MetricID{"door": "contact", "window": "contact", "opening": "contact", "garage_door": "contact", "motion": "motion", "occupancy": "motion",
	"presence": "motion", "moisture": "leak", "battery": "battery_low", "power": ""}

// announcedNaming returns what an entity measures: by its class, its names or its unit, in this order.
func (d *Decoder) announcedNaming(m *message, c config, e *entity, key string) naming {
	state := topicMessage(m, e.state)
	if e.state == "" || e.kind != "sensor" && e.kind != "binary_sensor" && e.kind != "switch" && e.kind != "valve" {
		return naming{}
	}
	n := d.announcedMetric(c, e, key, state)
	if n.metric == "" {
		return n
	}
	n.unit = c.text("unit_of_measurement", n.unit)
	if native, told := d.native(state); native != "" && !told {
		if len(state.path) >= 4 && esphomeTypes[state.last(2)] {
			n.channel = state.last(1) // as without the announcement
		}
		return n
	}
	device := e.device
	if device == "" {
		device = e.place(state)
	}
	n.channel = foreign(n.channel, device+" "+e.node+" "+config{own: c.get("device").Map()}.text("name", ""))
	n.channel = d.announce.channel(device, n, e.id, e.object)
	return n
}

// announcedMetric finds metric and channel. Names that tell nothing about the class are the channel.
func (d *Decoder) announcedMetric(c config, e *entity, key string, state *message) naming {
	class, unit := c.text("device_class", ""), c.text("unit_of_measurement", "")
	allowed := classes[class]
	if e.kind != "sensor" {
		allowed = nil
		if metric := binaryClasses[class]; metric != "" && e.kind == "binary_sensor" {
			allowed = []sensors.MetricID{metric}
		}
	}
	end := state.last(0)
	if tails[strings.ToLower(end)] {
		end = state.last(1)
	}
	for _, name := range []string{key[strings.LastIndexByte(key, '.')+1:], end, e.object, c.text("name", "")} {
		n, ok := d.names.named(name)
		if !ok || allowed != nil && !slices.Contains(allowed, n.metric) || allowed == nil && class != "" && e.kind == "sensor" {
			continue
		}
		if (n.metric.Info().Class == sensors.Switch) == (e.kind == "sensor") && n.metric != "battery_low" || !fits(n.metric, unit) {
			continue
		}
		return n
	}
	switch n := (naming{channel: e.object}); {
	case e.kind == "switch" || e.kind == "valve":
		n.metric = sensors.MetricID(e.kind)
		return n
	case allowed != nil:
		n.metric = byUnit(allowed, unit, c.text("entity_category", "") == "diagnostic")
		return n
	case class == "" && e.kind == "sensor":
		if n.metric = metricOfUnit(unit); n.metric == "" {
			n = otherMetric(c, e, unit)
		}
		return n
	}
	return naming{}
}

// fits reports whether a metric can have a unit.
func fits(metric sensors.MetricID, unit string) bool {
	_, ok := toBase(metric, 1, unit)
	return ok
}

// byUnit chooses among the metrics of a class by what the unit and the category tell.
func byUnit(allowed []sensors.MetricID, unit string, diagnostic bool) sensors.MetricID {
	switch name := unitName(unit); {
	case allowed[0] == "pressure" && (name == "bar" || name == "psi") && slices.Contains(allowed, "line_pressure"):
		return "line_pressure"
	case allowed[0] == "temperature" && diagnostic:
		return "device_temperature"
	case allowed[0] == "voltage" && diagnostic:
		return "battery_voltage"
	case allowed[0] == "rssi" && name == "db":
		return "snr"
	}
	return allowed[0]
}

// otherMetric keeps a measurement that has no class and no known name under its own.
func otherMetric(c config, e *entity, unit string) (n naming) {
	if unit == "" || c.text("state_class", "") == "" || c.text("entity_category", "") != "" {
		return n
	}
	switch unitName(unit) {
	case "mph", "km/h", "m/s":
		return naming{metric: "wind_speed", channel: e.object}
	case "s", "ms", "min", "h", "d", "b", "kb", "mb", "%":
		return n
	}
	n.metric = ownMetric(e.object)
	return n
}

// foreign takes words out of a channel that only name the device.
func foreign(channel, device string) string {
	if channel == "" {
		return ""
	}
	own := map[string]bool{}
	for _, w := range words(device) {
		own[w] = true
	}
	var kept []string
	for _, w := range words(channel) {
		if !own[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return strings.Join(kept, "_")
}
