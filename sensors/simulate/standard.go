package simulate

import (
	"slices"
	"time"
)

// standard is the farm that the demonstration shows. What tells most about a zone comes first in it.
func standard() []plan {
	return slices.Concat(tomatoHouse(), pepperHouse(), arable(), appleOrchard(), dairy(), appleStore(), waterworks())
}

func tomatoHouse() []plan {
	const zone = "Greenhouse 1"
	return []plan{
		{site: tomatoes, zone: zone, name: "Climate box", dialect: furrowObject, every: 10 * time.Second, probes: []probe{
			celsius("temperature", airTemperature, 2), relative("humidity", airTemperature, 1), carbonDioxide("co2"),
			vapourDeficit("vpd", 0, 1), decibels("rssi", -58)}},
		{site: tomatoes, zone: zone, name: "Light sensor", dialect: furrowValues, every: 15 * time.Second, probes: []probe{photons("par")}},
		{site: tomatoes, zone: zone, name: "Slab 4", dialect: furrowObject, every: time.Minute, probes: []probe{
			moisture("soil_moisture", soilMoisture), soilCelsius("soil_temperature", soilTemperature), conductivity("soil_conductivity"),
			packVolts("battery_voltage")}},
		{site: tomatoes, zone: zone, name: "Leaf thermometer", dialect: furrowValues, every: 30 * time.Second, probes: []probe{leafCelsius("leaf_temperature")}},
		{site: tomatoes, zone: zone, name: "North end", dialect: zigbee, every: 5 * time.Minute, probes: zigbeeClimate(airTemperature)},
		{site: tomatoes, zone: zone, name: "Vents", dialect: furrowValues, every: time.Minute, onChange: true, probes: []probe{contact("contact", openClosed)}},
	}
}

func pepperHouse() []plan {
	const zone = "Greenhouse 2"
	return []plan{
		{site: peppers, zone: zone, name: "Climate", dialect: tasmota, every: time.Minute, probes: []probe{decibels("Signal", -64),
			chip("SCD40", celsius("Temperature", airTemperature, 1)), chip("SCD40", relative("Humidity", airTemperature, 1)),
			chip("SCD40", dewPointFrom("DewPoint", 1, 2, 1)), chip("SCD40", carbonDioxide("CarbonDioxide"))}},
		{site: peppers, zone: zone, name: "Light", dialect: plainObject, every: 30 * time.Second, probes: []probe{photons("par"), lux("lux"), decibels("rssi", -66)}},
		{site: peppers, zone: zone, name: "Pepper slab 2", dialect: zigbee, every: 10 * time.Minute, probes: zigbeeSoil()},
		{site: peppers, zone: zone, name: "South end", dialect: zigbee, every: 5 * time.Minute, probes: zigbeeClimate(airTemperature)},
	}
}

func arable() []plan {
	const zone = "North field"
	return []plan{
		{site: northField, zone: zone, name: "Soil probe 1", dialect: furrowObject, every: 10 * time.Minute, stamped: true, probes: soilProbe()},
		{site: northField, zone: zone, name: "Weather station", dialect: furrowObject, every: 30 * time.Second, stamped: true, probes: []probe{
			celsius("temperature", airTemperature, 1), relative("humidity", airTemperature, 0), dewPointFrom("dew_point", 0, 1, 1),
			atmosphere("pressure"), wind("wind_speed", windSpeed), wind("wind_gust", windGust), bearing("wind_direction"),
			watts("solar_radiation"), rainfall("rain_rate", rainRate), rainfall("rain_day", rainDay), solarVolts("battery_voltage")}},
		{site: northField, zone: zone, name: "Soil probe 2", dialect: plainObject, every: 10 * time.Minute, patchy: true, probes: []probe{
			moisture("soil_moisture", soilMoisture), soilCelsius("soil_temp", soilTemperature), solarVolts("battery_voltage"), decibels("rssi", -97)}},
	}
}

func appleOrchard() []plan {
	const zone = "Orchard"
	return []plan{
		{site: orchardSite, zone: zone, name: "Low corner", dialect: furrowValues, every: time.Minute, probes: []probe{
			celsius("temperature", valleyTemperature, 2), relative("humidity", valleyTemperature, 1)}},
		{site: orchardSite, zone: zone, name: "Upper row", dialect: furrowObject, every: time.Minute, stamped: true, probes: []probe{
			celsius("temperature", airTemperature, 2), relative("humidity", airTemperature, 1), dewPointFrom("dew_point", 0, 1, 2), solarVolts("battery_voltage")}},
		{site: orchardSite, zone: zone, name: "Leaf sensor", dialect: plainObject, every: 5 * time.Minute, dying: true, probes: []probe{
			wetness("leaf_wetness"), leafCelsius("leaf_temp"), percentLeft("battery"), decibels("rssi", -79)}},
		{site: orchardSite, zone: zone, name: "Soil probe 3", dialect: furrowObject, every: 10 * time.Minute, stamped: true, probes: soilProbe()},
	}
}

func dairy() []plan {
	const zone = "Dairy barn"
	return []plan{
		{site: barnSite, zone: zone, name: "Air north", dialect: plainObject, every: 30 * time.Second, probes: []probe{
			celsius("temp", airTemperature, 1), relative("hum", airTemperature, 1), ammonia("nh3"), carbonDioxide("co2"), decibels("rssi", -71)}},
		{site: barnSite, zone: zone, name: "Air south", dialect: tasmota, every: time.Minute, probes: []probe{decibels("Signal", -69),
			chip("BME280", celsius("Temperature", airTemperature, 1)), chip("BME280", relative("Humidity", airTemperature, 1)),
			chip("BME280", dewPointFrom("DewPoint", 1, 2, 1)), chip("BME280", atmosphere("Pressure"))}},
		{site: barnSite, zone: zone, name: "Calving pen", dialect: zigbee, every: 5 * time.Minute, probes: zigbeeClimate(airTemperature)},
		{site: barnSite, zone: zone, name: "Water meter", dialect: furrowObject, every: 30 * time.Second, probes: []probe{litresMin("flow_rate"), litres("water_volume")}},
		{site: barnSite, zone: zone, name: "Fans", dialect: zigbee, every: time.Minute, probes: plug()},
	}
}

func appleStore() []plan {
	const zone = "Cold store"
	return []plan{
		{site: storeSite, zone: zone, name: "Air", dialect: tasmota, every: time.Minute, probes: []probe{decibels("Signal", -74),
			chip("SHT3X", celsius("Temperature", airTemperature, 1)), chip("SHT3X", relative("Humidity", airTemperature, 1)),
			chip("SHT3X", dewPointFrom("DewPoint", 1, 2, 1))}},
		{site: storeSite, zone: zone, name: "Core probe", dialect: furrowObject, every: 2 * time.Minute, probes: []probe{
			celsius("temperature", productTemperature, 2), percentLeft("battery"), decibels("rssi", -83)}},
		{site: storeSite, zone: zone, name: "Store door", dialect: zigbee, every: time.Minute, onChange: true, probes: []probe{
			contact("contact", untruth), percentLeft("battery"), cellVolts("voltage"), linkQuality("linkquality")}},
		{site: storeSite, zone: zone, name: "Compressor", dialect: zigbee, every: time.Minute, probes: plug()},
	}
}

func waterworks() []plan {
	const zone = "Pump house"
	return []plan{
		{site: pumpSite, zone: zone, name: "Tank", dialect: plainValues, every: 30 * time.Second, probes: []probe{level("water_level"), waterCelsius("water_temperature")}},
		{site: pumpSite, zone: zone, name: "Main line", dialect: furrowObject, every: 10 * time.Second, probes: []probe{linePressureOf("line_pressure"), litresMin("flow_rate")}},
		{site: pumpSite, zone: zone, name: "Pump", dialect: zigbee, every: time.Minute, probes: plug()},
		{site: pumpSite, zone: zone, name: "Floor", dialect: zigbee, every: 10 * time.Minute, probes: []probe{
			leak("water_leak"), percentLeft("battery"), cellVolts("voltage"), linkQuality("linkquality")}},
	}
}
