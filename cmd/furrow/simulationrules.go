package main

import (
	"time"

	"furrow/sensors"
)

// simulatedRules are what the simulated farm is watched for, by the zone, with limits that are broken now and then
// and not all day.
var simulatedRules = map[string]sensors.Rule{
	"Orchard": {Name: "Hard frost in the orchard", Severity: sensors.Critical, Metric: "temperature", Condition: sensors.Below,
		Limits: sensors.Limits{Limit: -2, Clear: -1}, Hold: 10 * time.Minute},
	"Greenhouse 2": {Name: "Peppers too hot", Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 30, Clear: 28.5}, Hold: 15 * time.Minute},
	"Cold store": {Name: "Cold store too warm", Severity: sensors.Warning, Metric: "temperature", Condition: sensors.Above,
		Limits: sensors.Limits{Limit: 2.5, Clear: 2}, Hold: 10 * time.Minute},
	"North field": {Name: "Wheat is thirsty", Severity: sensors.Info, Metric: "soil_moisture", Condition: sensors.Below,
		Limits: sensors.Limits{Limit: 20, Clear: 22}, Hold: time.Hour},
}
