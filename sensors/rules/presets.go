package rules

import (
	"time"

	"furrow/sensors"
)

// Preset is a handful of rules for a kind of place that farmers know by name. They are a beginning: the manager
// chooses where they watch and changes what does not fit.
type Preset struct {
	ID    string
	Name  string
	Kind  sensors.ZoneKind // of the places it is for, "" for the whole farm
	About string           // when it fits, in a sentence
	// Rules have no id; their scope is the kind of zone, or the farm.
	Rules []sensors.Rule
}

// Where the limits are from. Those that stand in no paper say so.
const (
	fromBayer    = "Bayer Vegetables on tomatoes: day 21–27 °C, night 17–18 °C; above 34 °C no fruit sets."
	fromKonop    = "Konopacki, Spanish Journal of Agricultural Research: below 0.2 kPa disease, above 1.4 kPa stress."
	fromSeedling = "Bayer Vegetables, seedlings 19–20 °C; humidity 70–80 %: common extension advice."
	fromLettuce  = "Cornell and Rutgers, lettuce under glass: day 24 °C, night 19 °C."
	fromHB66     = "USDA Agriculture Handbook 66, storage of fruits and vegetables."
	fromTHI      = "NRC 1971 temperature-humidity index: at 50 % humidity 25 °C is THI 72 (milk falls), 31 °C is THI 80 (severe)."
	fromLohmann  = "Lohmann management guide for layers."
	fromLayers   = "Kang and others 2020: layers pant from 28.5 °C, lose performance from 27.5 °C."
	fromBuds     = "WSU EB0913 and Penn State, critical bud temperatures: full bloom 10 % killed at 28 °F (−2.2 °C). Shelters read 1–3 °C above the buds."
	fromGrain    = "Cool below 10 °C stops most insects; 65 % humidity in the grain is safe for long: extension services, ASABE D245."
	fromHeating  = "Heating grain spoils: a rise of 1 °C a day is common extension advice for turning it."
	fromAmmonia  = "25 ppm ammonia is the usual welfare limit in barns (common extension advice)."
	fromTension  = "Common extension advice for loam; sandy soil dries faster. Set it by your own soil."
	fromCommon   = "Common practice; set it to your own."
)

// Presets returns all presets in the order in which people are offered them. The caller may keep and change
// them.
func Presets() []Preset {
	list := []Preset{
		{"greenhouse-tomato", "Greenhouse tomato", "greenhouse", "A crop of tomatoes under glass or plastic.", []sensors.Rule{
			above("Too hot for tomatoes", "temperature", sensors.Critical, 32, 10*time.Minute, fromBayer),
			belowByNight("Too cold for tomatoes", "temperature", sensors.Warning, 16, 14, 15*time.Minute, fromBayer),
			outside("Air too damp or too dry", "vpd", sensors.Warning, 0.2, 1.4, 30*time.Minute, fromKonop),
			above("Humidity invites mould", "humidity", sensors.Warning, 90, time.Hour, "Botrytis and leaf mould need hours above 90 % (Sentelhas 2008: leaves are wet from 90 %)."),
		}},
		{"greenhouse-lettuce", "Greenhouse lettuce", "greenhouse", "Lettuce and other leaves under glass.", []sensors.Rule{
			above("Too hot for lettuce", "temperature", sensors.Warning, 28, 15*time.Minute, fromLettuce),
			below("Too cold for lettuce", "temperature", sensors.Warning, 7, 15*time.Minute, fromCommon),
		}},
		{"seedlings", "Seedlings and cuttings", "greenhouse", "Trays that must stay warm and damp.", []sensors.Rule{
			outside("Seedlings too cold or too hot", "temperature", sensors.Critical, 16, 28, 10*time.Minute, fromSeedling),
			below("Air too dry for seedlings", "humidity", sensors.Warning, 60, 20*time.Minute, fromSeedling),
			below("Trays dry out", "soil_moisture", sensors.Warning, 25, 30*time.Minute, fromCommon),
		}},
		{"cold-store-apples", "Cold store: apples and pears", "store", "Fruit that keeps around 0 °C.", []sensors.Rule{
			above("Cold store too warm", "temperature", sensors.Critical, 4, 30*time.Minute, fromHB66+" Apples −1 to 4 °C."),
			clearAt(-0.8, below("Fruit may freeze", "temperature", sensors.Critical, -1.2, 10*time.Minute, fromHB66+" Apples freeze at −1.5 °C.")),
			below("Fruit shrivels", "humidity", sensors.Warning, 85, time.Hour, fromHB66+" Apples 90–95 %."),
			rate("Cold store warms fast", "temperature", sensors.Warning, 3, 10*time.Minute, "An open door or a dead compressor: "+fromCommon),
		}},
		{"cold-store-potatoes", "Store: table potatoes", "store", "Potatoes for eating, kept at 2 to 4 °C.", []sensors.Rule{
			outside("Potatoes too cold or too warm", "temperature", sensors.Warning, 2, 6, time.Hour, fromHB66+" Table potatoes 2–4 °C."),
			below("Potatoes dry out", "humidity", sensors.Warning, 88, time.Hour, fromHB66+" Potatoes 90–95 %."),
		}},
		{"grain-store", "Grain store", "store", "Dry grain, watched for heating and damp.", []sensors.Rule{
			above("Grain is warm", "temperature", sensors.Warning, 15, 6*time.Hour, fromGrain),
			above("Grain is damp", "humidity", sensors.Warning, 65, 6*time.Hour, fromGrain),
			rate("Grain heats up", "temperature", sensors.Critical, 0.5, 2*time.Hour, fromHeating),
		}},
		{"dairy-barn", "Dairy barn: heat", "barn", "Cows give less milk long before they look hot.", []sensors.Rule{
			above("Cows are hot", "temperature", sensors.Warning, 25, 30*time.Minute, fromTHI),
			above("Heat is dangerous for cows", "temperature", sensors.Critical, 31, 15*time.Minute, fromTHI),
			above("Barn is damp", "humidity", sensors.Info, 85, 2*time.Hour, fromCommon),
			above("Ammonia in the barn", "nh3", sensors.Warning, 25, 20*time.Minute, fromAmmonia),
		}},
		{"poultry-layers", "Poultry: laying hens", "barn", "Grown hens; they like 20 to 24 °C.", []sensors.Rule{
			above("Hens are hot", "temperature", sensors.Critical, 28, 10*time.Minute, fromLayers),
			below("Hens are cold", "temperature", sensors.Warning, 16, 20*time.Minute, fromLohmann),
			above("Ammonia in the hen house", "nh3", sensors.Warning, 20, 20*time.Minute, fromAmmonia),
		}},
		{"poultry-chicks", "Poultry: chicks in the first days", "barn", "Day-old chicks need 33 to 36 °C; lower it week by week.", []sensors.Rule{
			outside("Chicks too cold or too hot", "temperature", sensors.Critical, 32, 37, 5*time.Minute, fromLohmann+" 35–36 °C on days 1 and 2."),
			outside("Air of the chicks", "humidity", sensors.Warning, 50, 75, 30*time.Minute, fromLohmann+" 60–70 %."),
		}},
		{"frost-watch", "Frost watch in the orchard", "orchard", "Blossom in spring; the warning comes while there is time to start the water.", []sensors.Rule{
			below("Frost is near", "temperature", sensors.Warning, 2, 5*time.Minute, fromBuds),
			below("Frost", "temperature", sensors.Critical, 0.5, 5*time.Minute, fromBuds),
			rate("Temperature drops fast", "temperature", sensors.Info, 4, 15*time.Minute, fromCommon),
		}},
		{"field-water", "Soil too dry", "field", "When to irrigate, by moisture or by tension.", []sensors.Rule{
			below("Soil too dry", "soil_moisture", sensors.Warning, 20, time.Hour, fromTension),
			above("Soil water hard to reach", "soil_tension", sensors.Warning, 60, time.Hour, fromTension),
		}},
		{"water", "Tank and pipes", "", "Water level, pressure and leaks.", []sensors.Rule{
			below("Tank low", "water_level", sensors.Warning, 0.5, 10*time.Minute, fromCommon),
			below("Tank nearly empty", "water_level", sensors.Critical, 0.2, 5*time.Minute, fromCommon),
			below("Line pressure low", "line_pressure", sensors.Warning, 150, 5*time.Minute, fromCommon),
			above("Leak", "leak", sensors.Critical, 0.5, 0, fromCommon),
		}},
		{"devices", "Batteries and signal", "", "Sensors that will soon fall silent.", []sensors.Rule{
			below("Battery low", "battery", sensors.Info, 20, time.Hour, fromCommon),
			above("Battery reported low", "battery_low", sensors.Info, 0.5, time.Hour, fromCommon),
		}},
	}
	for i := range list {
		for j := range list[i].Rules {
			list[i].Rules[j].Scope.ZoneKind = list[i].Kind
		}
	}
	return list
}

func preset(name string, m sensors.MetricID, c sensors.Condition, s sensors.Severity, l sensors.Limits, hold time.Duration, source string) sensors.Rule {
	return sensors.Rule{Name: name, Enabled: true, Severity: s, Metric: m, Condition: c, Limits: l, Hold: hold, Source: source}.WithDefaults(false, true)
}

func above(name string, m sensors.MetricID, s sensors.Severity, limit float64, hold time.Duration, source string) sensors.Rule {
	return preset(name, m, sensors.Above, s, sensors.Limits{Limit: limit}, hold, source)
}

func below(name string, m sensors.MetricID, s sensors.Severity, limit float64, hold time.Duration, source string) sensors.Rule {
	return preset(name, m, sensors.Below, s, sensors.Limits{Limit: limit}, hold, source)
}

// clearAt narrows the way back where the place is kept close to the limit.
func clearAt(value float64, r sensors.Rule) sensors.Rule {
	r.Clear = value
	return r
}

// belowByNight has another limit from sunset to sunrise.
func belowByNight(name string, m sensors.MetricID, s sensors.Severity, day, night float64, hold time.Duration, source string) sensors.Rule {
	r := below(name, m, s, day, hold, source)
	r.NightWhen, r.Night = sensors.NightBySun, sensors.Limits{Limit: night}
	return r.WithDefaults(false, true)
}

func outside(name string, m sensors.MetricID, s sensors.Severity, low, high float64, hold time.Duration, source string) sensors.Rule {
	return preset(name, m, sensors.Outside, s, sensors.Limits{Low: low, High: high}, hold, source)
}

func rate(name string, m sensors.MetricID, s sensors.Severity, perHour float64, hold time.Duration, source string) sensors.Rule {
	return preset(name, m, sensors.Rate, s, sensors.Limits{Limit: perHour}, hold, source)
}
