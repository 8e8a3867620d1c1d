package payload

import "testing"

// TestStationsAndControllers is weather stations, a sprinkler and industrial gateways.
func TestStationsAndControllers(t *testing.T) {
	talk(t, [][3]string{
		{"ecowitt/AA", "PASSKEY=ABC&stationtype=GW2000A&dateutc=2026-11-24+11%3A30%3A00&tempinf=72.50&soilmoisture1=33&soilad1=200&tf_ch1=60.1&leafwetness_ch2=40&pm25_ch1=8.0&co2=600&tf_co2=70.0&lightning=12&lightning_num=3&rrain_piezo=0.1&soilbatt1=1.4&wh65batt=0&batt1=1&wh57batt=4&wh90batt=3.1&temp2f=&maxdailygust=3&freq=868M", "ABC:temperature[in]=22.5@2026-11-24T11:30:00Z ABC:soil_moisture[1]=33@2026-11-24T11:30:00Z ABC:soil_temperature[1]=15.6111@2026-11-24T11:30:00Z ABC:leaf_wetness[2]=40@2026-11-24T11:30:00Z ABC:pm2_5[1]=8@2026-11-24T11:30:00Z ABC:co2[]=600@2026-11-24T11:30:00Z ABC:temperature[co2]=21.1111@2026-11-24T11:30:00Z ABC:lightning_distance[]=12@2026-11-24T11:30:00Z ABC:lightning_count[]=3@2026-11-24T11:30:00Z ABC:rain_rate[piezo]=2.54@2026-11-24T11:30:00Z ABC:battery_voltage[soil 1]=1.4@2026-11-24T11:30:00Z ABC:battery_low[wh65]=0@2026-11-24T11:30:00Z ABC:battery_low[1]=1@2026-11-24T11:30:00Z ABC:battery[wh57]=80@2026-11-24T11:30:00Z ABC:battery_voltage[wh90]=3.1@2026-11-24T11:30:00Z"},
		{"w/raw", `{"PASSKEY":"ABC","dateutc":"2026-11-24 11:30:00","tempinf":"72.5","tempf":"64.4","baromrelin":"29.9","dailyrainin":"0.1"}`, "ABC:temperature[in]=22.5@2026-11-24T11:30:00Z ABC:temperature[]=18@2026-11-24T11:30:00Z ABC:pressure_msl[]=1012.53@2026-11-24T11:30:00Z ABC:rain_day[]=2.54@2026-11-24T11:30:00Z"},
		{"w/e", `{"tempin":21.5,"humidityin":44,"baromrel":1013.2,"temp":15,"windspeed":10,"dailyrain":5,"lightning":3,"wh65batt":"OFF","windchill":null}`, "w/e:temperature[in]=21.5 w/e:humidity[in]=44 w/e:pressure_msl[]=1013.2 w/e:temperature[]=15 w/e:wind_speed[]=2.77778 w/e:rain_day[]=5 w/e:lightning_distance[]=3 w/e:battery_low[wh65]=0"},
		{"wx/loop", `{"dateTime":"1795514400","usUnits":"16.0","outTemp_C":"10.0","barometer_mbar":"1013.2","windSpeed_kph":"10","rain_cm":"0.1","dayRain_cm":"1.2","rainRate_cm_per_hour":"0.5","inTemp_C":"20","extraTemp1_C":"11","soilTemp1_C":"9","soilMoist1_centibar":"35","leafWet1":"7.5","UV":"None","heatindex_C":"12","txBatteryStatus":"0","consBatteryVoltage_volt":"4.5"}`, "wx:temperature[]=10@2026-11-24T10:00:00Z wx:pressure_msl[]=1013.2@2026-11-24T10:00:00Z wx:wind_speed[]=2.77778@2026-11-24T10:00:00Z wx:rain_day[]=12@2026-11-24T10:00:00Z wx:rain_rate[]=5@2026-11-24T10:00:00Z wx:temperature[in]=20@2026-11-24T10:00:00Z wx:temperature[extra_1]=11@2026-11-24T10:00:00Z wx:soil_temperature[1]=9@2026-11-24T10:00:00Z wx:soil_tension[1]=35@2026-11-24T10:00:00Z wx:leaf_wetness[1]=50@2026-11-24T10:00:00Z wx:battery_low[tx]=0@2026-11-24T10:00:00Z wx:battery_voltage[cons]=4.5@2026-11-24T10:00:00Z"},
		{"wx/outTemp_C", "10.0", ""},
		{"wy/loop", `{"dateTime":"1795514400","usUnits":"1","outTemp":"50","barometer":"29.9","windSpeed":"10","dayRain":"1"}`, "wy:temperature[]=10@2026-11-24T10:00:00Z wy:pressure_msl[]=1012.53@2026-11-24T10:00:00Z wy:wind_speed[]=4.4704@2026-11-24T10:00:00Z wy:rain_day[]=25.4@2026-11-24T10:00:00Z"},
		{"opensprinkler/station/3", `{"state":1,"duration":600}`, "opensprinkler:valve[3]=1"},
		{"os/garden/sensor1", `{"state":0}`, "os/garden:contact[sensor1]=0"},
		{"os/raindelay", `{"state":1}`, ""},
		{"domoticz/in", `{"idx":7,"nvalue":0,"svalue":"21.4;55;1","Battery":88,"RSSI":7}`, "domoticz-7:temperature[]=21.4 domoticz-7:humidity[]=55 domoticz-7:battery[]=88"},
		{"domoticz/in", `{"idx":8,"nvalue":0,"svalue":"21.4;55;1;1013;0"}`, "domoticz-8:temperature[]=21.4 domoticz-8:humidity[]=55 domoticz-8:pressure[]=1013"},
		{"v1/gateway/telemetry", `{"Pump A":[{"ts":1795514400000,"values":{"pressure_bar":3.1,"temperature":20}}]}`, "Pump A:line_pressure[]=310@2026-11-24T10:00:00Z Pump A:temperature[]=20@2026-11-24T10:00:00Z"},
		{"v1/gateway/connect", `{"device":"Pump A"}`, "Pump A online=true"},
		{"v1/devices/me/attributes", `{"temperature":1}`, ""},
		{"neuron/app1", `{"timestamp":1795514400000,"node":"plc","group":"g1","values":{"temperature":21.5},"errors":{"humidity":3002}}`, "plc:temperature[g1]=21.5@2026-11-24T10:00:00Z"},
	})
}
