package payload

import "testing"

// TestRadioGateways is what gateways heard: tags, weather stations, phones and cars.
func TestRadioGateways(t *testing.T) {
	talk(t, [][3]string{
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","rssi":-60,"gwts":1795514400,"ts":1795514399,"data":"02010611FF990403291A1ECE1EFC18F94202CA0B53"}`, "CBB8334C884F:temperature[]=26.3@2026-11-24T09:59:59Z CBB8334C884F:humidity[]=20.5@2026-11-24T09:59:59Z CBB8334C884F:pressure[]=1027.66@2026-11-24T09:59:59Z CBB8334C884F:battery_voltage[]=2.899@2026-11-24T09:59:59Z CBB8334C884F:rssi[]=-60@2026-11-24T09:59:59Z"},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","rssi":-60,"data":"02010603031216E41699"}`, ""},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","rssi":-60,"data":"","temperature":21.5,"pressure":101325}`, "CBB8334C884F:temperature[]=21.5 CBB8334C884F:pressure[]=1013.25 CBB8334C884F:rssi[]=-60"},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:50", `{"gw_mac":"AA:CC:EE:00:11:22","ts":1795514399,"data":"2BFF9904E1170C5668C79E0065007004BD11CA00C90A0213E0AC000000DECDEE110000000000CBB8334C884F"}`, "CBB8334C8850:temperature[]=29.5@2026-11-24T09:59:59Z CBB8334C8850:humidity[]=55.3@2026-11-24T09:59:59Z CBB8334C8850:pressure[]=1011.02@2026-11-24T09:59:59Z CBB8334C8850:pm1[]=10.1@2026-11-24T09:59:59Z CBB8334C8850:pm2_5[]=11.2@2026-11-24T09:59:59Z CBB8334C8850:pm10[]=455.4@2026-11-24T09:59:59Z CBB8334C8850:co2[]=201@2026-11-24T09:59:59Z CBB8334C8850:illuminance[]=13027@2026-11-24T09:59:59Z"},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:51", `{"gw_mac":"AA:CC:EE:00:11:22","data":"17FF990406170C5668C79E007000C90501D9FFCD004C884F"}`, "CBB8334C8851:temperature[]=29.5 CBB8334C8851:humidity[]=55.3 CBB8334C8851:pressure[]=1011.02 CBB8334C8851:pm2_5[]=11.2 CBB8334C8851:co2[]=201"},
		{"ruuvi/AA:CC:EE:00:11:22/gw_status", `{"state":"online"}`, "AACCEE001122 online=true"},
		{"rtl_433/pi/events", `{"time":"2026-11-24T11:00:00Z","model":"Acurite-Tower","id":1,"channel":"A","battery_ok":0,"temperature_F":70.7,"humidity":40}`, "Acurite-Tower-A-1:battery[]=0@2026-11-24T11:00:00Z Acurite-Tower-A-1:temperature[]=21.5@2026-11-24T11:00:00Z Acurite-Tower-A-1:humidity[]=40@2026-11-24T11:00:00Z"},
		{"rtl_433/pi/states", `{"time":"2026-11-24T11:00:00Z","model":"Acurite-Tower","id":1,"channel":"A","battery_ok":0,"temperature_F":70.7,"humidity":41}`, "Acurite-Tower-A-1:humidity[]=41@2026-11-24T11:00:00Z"},
		{"rtl_433/pi/devices/Acurite-Tower/A/1/temperature_F", "70.7", ""},
		{"rtl_433/pi/devices/Acurite-Tower/A/1/humidity", "42", "Acurite-Tower-A-1:humidity[]=42"},
		{"radio/events", `{"time":"2026-11-24 11:00:00","model":"Fineoffset-WH24","id":5,"temperature_1_C":10.5,"wind_max_m_s":4.2,"rain_mm":12,"rain_rate_mm_h":1.2,"light_lux":1200,"uvi":3,"strike_count":4,"storm_dist":12,"depth_cm":45}`, "Fineoffset-WH24-5:temperature[1]=10.5 Fineoffset-WH24-5:wind_gust[]=4.2 Fineoffset-WH24-5:rain_total[]=12 Fineoffset-WH24-5:rain_rate[]=1.2 Fineoffset-WH24-5:illuminance[]=1200 Fineoffset-WH24-5:uv_index[]=3 Fineoffset-WH24-5:lightning_count[]=4 Fineoffset-WH24-5:lightning_distance[]=12 Fineoffset-WH24-5:water_level[]=0.45"},
		{"radio/devices/Fineoffset-WH24/5/pressure_hPa", "1001", "Fineoffset-WH24-5:pressure[]=1001"},
		{"rtl_433/pi/events", `{"model":"Toyota","type":"TPMS","id":"ab","pressure_kPa":220,"temperature_C":20}`, ""},
		{"home/OMG/RTL_433toMQTT/LaCrosse-TX141THBv2/1/99", `{"model":"LaCrosse-TX141THBv2","id":99,"channel":1,"battery_ok":1,"temperature_C":20.5,"rssi":-77}`, "LaCrosse-TX141THBv2-1-99:battery[]=100 LaCrosse-TX141THBv2-1-99:temperature[]=20.5 LaCrosse-TX141THBv2-1-99:rssi[]=-77"},
		{"home/OMG/SYStoMQTT", `{"uptime":120,"rssi":-60,"tempc":40}`, "home/OMG:rssi[]=-60"},
		{"home/OMG/BTtoMQTT/AABBCCDDEEFF", `{"id":"AA:BB:CC:DD:EE:FF","rssi":-80,"distance":5.1}`, ""},
		{"x/BTtoMQTT/AABBCCDDEE01", `{"id":"AA:BB:CC:DD:EE:01","brand":"Mopeka","model":"Pro","model_id":"M1017","lvl_cm":33.3,"volt":2.9,"rssi":-55}`, "AABBCCDDEE01:water_level[]=0.333 AABBCCDDEE01:battery_voltage[]=2.9 AABBCCDDEE01:rssi[]=-55"},
		{"home/TG/BTtoMQTT/AABBCCDDEE02", `{"id":"AA:BB:CC:DD:EE:02","model_id":"MCCGQ02HL","open":true,"lux":12}`, "AABBCCDDEE02:contact[]=1 AABBCCDDEE02:illuminance[]=12"},
		{"home/TG/BTtoMQTT/AABBCCDDEE03", `{"id":"AA:BB:CC:DD:EE:03","model_id":"IBT-4XS","tempc":24,"tempf":75.2,"tempc2":25,"tempf2":77,"tempf3":50}`, "AABBCCDDEE03:temperature[]=24 AABBCCDDEE03:temperature[2]=25 AABBCCDDEE03:temperature[3]=10"},
	})
}
