package simulate

import "furrow/sensors"

// The probes that devices are built of, with the noise and accuracy of what is sold.

func part(field string, metric sensors.MetricID, read func(*measuring) float64, decimals int) probe {
	info := metric.Info()
	return probe{field: field, metric: metric, read: read, decimals: decimals, low: info.Min, high: info.Max, write: number}
}

// wavers adds noise and what specimens differ by, both in the metric's unit.
func (p probe) wavers(noise, wrong float64) probe {
	p.noise, p.wrong = noise, wrong
	return p
}

// wavesWith adds noise and error that are a part of the value.
func (p probe) wavesWith(share, wrong float64) probe {
	p.share, p.wrong = share, wrong
	return p
}

func (p probe) inSteps(step float64) probe {
	p.step = step
	return p
}

func (p probe) written(write form) probe {
	p.write = write
	return p
}

// chip puts a probe into a Tasmota device's block, by whose name the decoder tells it from others.
func chip(name string, p probe) probe {
	p.block, p.channel = name, name
	return p
}

func celsius(field string, of quantity, decimals int) probe {
	return part(field, "temperature", plainly(of), decimals).wavers(0.03, 0.12)
}

func relative(field string, at quantity, decimals int) probe {
	return part(field, "humidity", humidityAt(at), decimals).wavers(0.15, 0.9)
}

func dewPointFrom(field string, celsius, percent, decimals int) probe {
	return part(field, "dew_point", derived(celsius, percent, dewPointOf), decimals)
}

func vapourDeficit(field string, celsius, percent int) probe {
	return part(field, "vpd", derived(celsius, percent, deficitOf), 2)
}

func carbonDioxide(field string) probe {
	return part(field, "co2", plainly(co2), 0).wavers(4, 15)
}

func ammonia(field string) probe { return part(field, "nh3", plainly(nh3), 1).wavesWith(0.02, 0.05) }

func photons(field string) probe { return part(field, "par", plainly(par), 0).wavesWith(0.006, 0.03) }

func watts(field string) probe {
	return part(field, "solar_radiation", plainly(radiation), 0).wavesWith(0.005, 0.03)
}

// lux of daylight: 54 for each µmol of it.
func lux(field string) probe {
	return part(field, "illuminance", func(m *measuring) float64 { return 54 * m.of(par) }, 0).wavesWith(0.01, 0.05).inSteps(10)
}

func moisture(field string, of quantity) probe {
	return part(field, "soil_moisture", plainly(of), 1).wavers(0.05, 0.8)
}

func soilCelsius(field string, of quantity) probe {
	return part(field, "soil_temperature", plainly(of), 1).wavers(0.02, 0.2)
}

func conductivity(field string) probe {
	return part(field, "soil_conductivity", plainly(soilConductivity), 0).wavesWith(0.004, 0.03)
}

func leafCelsius(field string) probe {
	return part(field, "leaf_temperature", plainly(leafTemperature), 1).wavers(0.08, 0.2)
}

func wetness(field string) probe {
	return part(field, "leaf_wetness", plainly(leafWetness), 0).wavesWith(0.015, 0.03)
}

func waterCelsius(field string) probe {
	return part(field, "water_temperature", plainly(waterTemperature), 2).wavers(0.02, 0.1).inSteps(0.0625)
}

func atmosphere(field string) probe {
	return part(field, "pressure", plainly(airPressure), 1).wavers(0.06, 0.4)
}

func wind(field string, of quantity) probe {
	return part(field, sensors.MetricID(field), plainly(of), 1).wavesWith(0.05, 0.02)
}

func bearing(field string) probe {
	return part(field, "wind_direction", func(m *measuring) float64 {
		return degrees(m.of(windDirection) + 9*m.device.own.gauss(ownTurning, uint64(m.milli)))
	}, 0)
}

// degrees brings an angle into [0, 360) as whole degrees.
func degrees(angle float64) float64 {
	whole := int(angle+720.5) % 360
	return float64(whole)
}

// rainfall is measured by a bucket that tips.
func rainfall(field string, of quantity) probe {
	return part(field, sensors.MetricID(field), plainly(of), 1).inSteps(0.2)
}

func level(field string) probe {
	return part(field, "water_level", plainly(waterLevel), 3).wavers(0.003, 0.005)
}

func litresMin(field string) probe {
	return part(field, "flow_rate", plainly(flow), 1).wavesWith(0.01, 0.01)
}

func litres(field string) probe { return part(field, "water_volume", plainly(volume), 0) }

func linePressureOf(field string) probe {
	return part(field, "line_pressure", plainly(linePressure), 0).wavers(0.8, 3)
}

func contact(field string, write form) probe {
	return part(field, "contact", plainly(open), 0).written(write)
}

func leak(field string) probe {
	return part(field, "leak", func(*measuring) float64 { return 0 }, 0).written(truth)
}

func percentLeft(field string) probe { return part(field, "battery", charge, 0) }

func cellVolts(field string) probe {
	return part(field, "battery_voltage", cellVoltage, 3).wavers(0.004, 0.02).inSteps(0.005).written(thousandths)
}

func packVolts(field string) probe {
	return part(field, "battery_voltage", packVoltage, 2).wavers(0.005, 0.02)
}

func solarVolts(field string) probe {
	return part(field, "battery_voltage", sunCharged, 2).wavers(0.005, 0.02)
}

func decibels(field string, mean float64) probe {
	return part(field, "rssi", signal(mean), 0).wavers(1.6, 4)
}

func linkQuality(field string) probe {
	return part(field, "link_quality", signal(118), 0).wavers(7, 20)
}

func zigbeeClimate(at quantity) []probe {
	return []probe{percentLeft("battery"), relative("humidity", at, 2), linkQuality("linkquality"), celsius("temperature", at, 2), cellVolts("voltage")}
}

// zigbeeSoil calls the soil's temperature just temperature; the decoder knows better.
func zigbeeSoil() []probe {
	return []probe{percentLeft("battery"), linkQuality("linkquality"), moisture("soil_moisture", soilMoisture), soilCelsius("temperature", soilTemperature)}
}

// plug is a switched socket that measures what goes through it; a thermostat or a float switches it.
func plug() []probe {
	volts := part("voltage", "voltage", mains, 1).wavers(0.3, 1)
	watts := part("power", "power", plainly(power), 1).wavesWith(0.006, 0.01)
	amps := part("current", "current", derived(0, 1, amperes), 2)
	state := part("state", "switch", plainly(running), 0).written(onOff)
	return []probe{volts, watts, amps, state, part("energy", "energy", plainly(energy), 2), linkQuality("linkquality")}
}

func mains(m *measuring) float64 {
	return 230 + 3*m.device.own.drift(ownMains, float64(m.milli)/1.1e7)
}

// amperes of a motor whose power factor is 0.86.
func amperes(volts, watts float64) float64 { return watts / volts / 0.86 }

// soilProbe measures at two depths.
func soilProbe() []probe {
	upper, lower := moisture("soil_moisture_20cm", soilMoisture), moisture("soil_moisture_60cm", soilMoistureDeep)
	upper.channel, lower.channel = "20cm", "60cm"
	return []probe{upper, lower, soilCelsius("soil_temperature", soilTemperature), conductivity("soil_conductivity"), solarVolts("battery_voltage"), decibels("rssi", -92)}
}
