package payload

import "testing"

// TestShellies holds values of both generations.
func TestShellies(t *testing.T) {
	talk(t, [][3]string{
		{"shellies/shelly1pm-A/relay/0", "on", "shelly1pm-A:switch[0]=1"},
		{"shellies/shelly1pm-A/relay/0/power", "12.5", "shelly1pm-A:power[0]=12.5"},
		{"shellies/shelly1pm-A/relay/0/energy", "60000", "shelly1pm-A:energy[0]=1"},
		{"shellies/shelly1pm-A/temperature", "51.2", "shelly1pm-A:device_temperature[]=51.2"},
		{"shellies/shelly1pm-A/temperature_f", "124", ""},
		{"shellies/shelly1-A/ext_temperature/1", "21.5", "shelly1-A:temperature[1]=21.5"},
		{"shellies/shelly1-A/ext_temperature_f/1", "70.7", ""},
		{"shellies/shelly1-A/relay/0/command", "off", ""},
		{"shellies/shellyflood-A/sensor/flood", "true", "shellyflood-A:leak[]=1"},
		{"shellies/shellydw-A/sensor/state", "close", "shellydw-A:contact[]=0"},
		{"shellies/shellyem-A/emeter/1/total", "1500", "shellyem-A:energy[1]=1.5"},
		{"site/shellies/shellyht-A/sensor/temperature", "nan", ""},
		{"shellies/shellyht-A/online", "false", "shellyht-A online=false"},
		{"shellyplus1pm-a/status/switch:1", `{"id":1,"output":true,"apower":12.1,"voltage":230.1,"aenergy":{"total":1234.5},"temperature":{"tC":45.2,"tF":113.4}}`, "shellyplus1pm-a:switch[1]=1 shellyplus1pm-a:power[1]=12.1 shellyplus1pm-a:voltage[1]=230.1 shellyplus1pm-a:energy[1]=1.2345 shellyplus1pm-a:device_temperature[1]=45.2"},
		{"shellyplus1-a/status/temperature:100", `{"id":100,"tC":21.5,"tF":70.7}`, "shellyplus1-a:temperature[100]=21.5"},
		{"barn/plug/events/rpc", `{"src":"shellyplus1-b","method":"NotifyStatus","params":{"ts":1795514400.5,"switch:0":{"output":false,"apower":1}}}`, "shellyplus1-b:switch[]=0@2026-11-24T10:00:00.5Z shellyplus1-b:power[]=1@2026-11-24T10:00:00.5Z"},
		{"barn/plug/online", "false", "shellyplus1-b online=false"},
		{"barn/plug/status/switch:0", `{"output":true,"apower":1}`, "shellyplus1-b:switch[]=1"},
		{"shellyplusht-a/events/rpc", `{"src":"shellyplusht-a","method":"NotifyFullStatus","params":{"ts":null,"temperature:0":{"tC":null,"errors":["read"]},"wifi":{"rssi":-61},"bthomedevice:200":{"rssi":-70,"battery":90}}}`, "shellyplusht-a:rssi[]=-61 shellyplusht-a:battery[bthomedevice:200]=90 shellyplusht-a:rssi[bthomedevice:200]=-70"},
		{"shellyplusht-a/events/rpc", `{"src":"shellyplusht-a","method":"NotifyEvent","params":{"temperature:0":{"tC":1}}}`, ""},
	})
}
