package payload

import "testing"

// TestTasmotaDiscovery tells a Tasmota's own words first.
func TestTasmotaDiscovery(t *testing.T) {
	talk(t, [][3]string{
		{"tasmota/discovery/AABB/config", `{"dn":"Pump","t":"tasmota_49A3BC","ft":"site/%topic%/%prefix%/","tp":["c","s","t"],"ofln":"Weg","onln":"Da","md":"Sonoff"}`, ""},
		{"tasmota/discovery/AABB/sensors", `{"sn":{"DHT11":{"Temperature":21}}}`, ""},
		{"site/tasmota_49A3BC/t/SENSOR", `{"DHT11":{"Temperature":21,"Humidity":50},"TempUnit":"C"}`, "site/tasmota_49A3BC:temperature[DHT11]=21 site/tasmota_49A3BC:humidity[DHT11]=50"},
		{"site/tasmota_49A3BC/t/LWT", "Weg", "site/tasmota_49A3BC online=false"},
		{"site/tasmota_49A3BC/t/STATE", `{"Vcc":3.1,"Wifi":{"RSSI":80,"Signal":-60},"POWER2":"OFF"}`, "site/tasmota_49A3BC:rssi[]=-60 site/tasmota_49A3BC:battery_voltage[]=3.1 site/tasmota_49A3BC:switch[2]=0"},
		{"stat/pump/STATUS10", `{"StatusSNS":{"BME280":{"Temperature":70,"Pressure":29.9},"PressureUnit":"inHg","TempUnit":"F"}}`, "pump:temperature[BME280]=21.1111 pump:pressure[BME280]=1012.53"},
		{"tele/farm/barn/SENSOR", `{"DS18B20-1":{"Temperature":85.0},"DS18B20-2":{"Temperature":-127}}`, "farm/barn:temperature[DS18B20-1]=85?"},
	})
}
