package payload

import (
	"strings"
	"testing"

	"furrow/sensors"
)

// TestAnnouncements announces values, moves them and takes them back.
func TestAnnouncements(t *testing.T) {
	talk(t, [][3]string{
		{"homeassistant/sensor/n1/flow/config", `{"name":"Flow","stat_t":"shed/pump/flow","uniq_id":"f1","unit_of_meas":"m³/h","dev_cla":"volume_flow_rate","val_tpl":"{{ (float(value) * 6) | round(1) }}","dev":{"ids":["n1"],"name":"Pump"}}`, ""},
		{"shed/pump/flow", "0.5", "n1:flow_rate[]=50"},
		{"homeassistant/binary_sensor/n1/leak/config", `{"stat_t":"shed/pump/ev","uniq_id":"l1","dev_cla":"moisture","val_tpl":"{% if value_json.event == 'L' %}ON{% else %}OFF{% endif %}","dev":{"ids":["n1"]}}`, ""},
		{"shed/pump/ev", `{"event":"L"}`, "n1:leak[]=1"},
		{"shed/pump/ev", `{"event":"S"}`, "n1:leak[]=0"},
		{"homeassistant/sensor/n1/batt/config", `{"stat_t":"shed/pump/st","uniq_id":"b1","dev_cla":"voltage","ent_cat":"diagnostic","unit_of_meas":"mV","val_tpl":"{{ value_json['power'].batt_mv }}","avty_t":"shed/pump/alive","pl_avail":"yes","pl_not_avail":"no","dev":{"ids":["n1"]}}`, ""},
		{"homeassistant/sensor/n1/x/config", `{"stat_t":"shed/pump/st","uniq_id":"x1","dev_cla":"temperature","unit_of_meas":"K","val_tpl":"{{ now().hour if x else value_json.kelvin }}","dev":{"ids":["n1"]}}`, ""},
		{"shed/pump/st", `{"power":{"batt_mv":3120},"kelvin":293.15}`, "n1:battery_voltage[]=3.12 n1:temperature[x]=20?"},
		{"shed/pump/st", `{"power":{}}`, ""},
		{"shed/pump/alive", "no", "n1 online=false"},
		{"shed/pump/alive", "yes", "n1 online=true"},
		{"shed/pump/alive", "perhaps", ""},
		{"homeassistant/sensor/n1/flow/config", "", ""},
		{"shed/pump/flow", "0.5", "shed/pump:flow_rate[]=0.5"},
		{"homeassistant/device/abc/config", `{"dev":{"ids":["abc"],"name":"Node"},"o":{"name":"x"},"~":"nodes/abc","cmps":{"t":{"p":"sensor","dev_cla":"temperature","unit_of_meas":"°F","stat_t":"~/t","uniq_id":"abc_t"},"t2":{"p":"sensor","dev_cla":"temperature","stat_t":"~/temperature","uniq_id":"abc_t2"},"v":{"p":"valve","stat_t":"~/v","cmd_t":"~/v/set"},"gone":{"p":"sensor"},"w":{"p":"sensor","stat_t":"~/wind","unit_of_meas":"mph"},"r":{"p":"sensor","dev_cla":"precipitation","unit_of_meas":"in","stat_t":"~/r","name":"Rain today"}},"avty":[{"t":"~/status"},{"t":"hub/status"}],"avty_mode":"all"}`, ""},
		{"nodes/abc/t", "70.7", "abc:temperature[]=21.5"},
		{"nodes/abc/temperature", "20", "abc:temperature[t2]=20"},
		{"nodes/abc/v", "open", "abc:valve[v]=1"},
		{"nodes/abc/wind", "10", "abc:wind_speed[]=4.4704"},
		{"nodes/abc/r", "1", "abc:rain_day[]=25.4"},
		{"nodes/abc/status", "online", "abc online=true"},
		{"hub/status", "offline", "abc online=false"},
		{"hub/status", "online", "abc online=true"},
		{"nodes/abc/t", "None", ""},
		{"nodes/abc/t", "unavailable", ""},
		{"homeassistant/status", "online", ""},
		{"homeassistant/sensor/foo/state", `{"temperature":22}`, "foo:temperature[]=22"},
		{"homeassistant/sensor/foo/attributes", `{"temperature":22}`, ""},
		{"homeassistant/sensor/soil1/config", `{"state_topic":"soil1/state","unit_of_measurement":"%","value_template":"{{ value_json.moisture }}"}`, ""},
		{"soil1/state", `{"moisture":31,"temperature":9}`, "soil1:soil_moisture[]=31"},
		{"homeassistant/sensor/0x1/temperature/config", `{"availability":[{"topic":"zb/farm/bridge/state"}],"device":{"identifiers":["zigbee2mqtt_0x1"],"name":"probe"},"device_class":"temperature","state_topic":"zb/farm/probe","unit_of_measurement":"°C","value_template":"{{ value_json.temperature }}"}`, ""},
		{"zb/farm/probe", `{"temperature":21.5,"humidity":44}`, "probe:temperature[]=21.5 probe:humidity[]=44"},
		{"homeassistant/sensor/omg/x-tempc/config", `{"stat_t":"+/+/BTtoMQTT/A4C138000001","uniq_id":"A4C138000001-tempc","dev_cla":"temperature","val_tpl":"{{ value_json.tempc | is_defined }}","unit_of_meas":"°C","device":{"ids":["A4C138000001"]}}`, ""},
		{"home/OMG/BTtoMQTT/A4C138000001", `{"id":"A4:C1:38:00:00:01","tempc":21.5,"tempf":70.7}`, "A4C138000001:temperature[]=21.5"},
		{"homeassistant/sensor/wild/config", `{"stat_t":"+/lab/t","dev_cla":"temperature","unit_of_meas":"°F","dev":{"ids":"lab"}}`, ""},
		{"west/lab/t", "50", "lab:temperature[]=10"},
		{"west/lab/x/t", "50", "west/lab/x:temperature[]=50"},
		{"homeassistant/sensor/own/config", `{"stat_t":"farm/gh1/t9/temperature","dev_cla":"temperature","unit_of_meas":"°F","dev":{"ids":"t9"}}`, ""},
		{"farm/gh1/t9/temperature", "50", "gh1/t9:temperature[]=10"},
		{"homeassistant/sensor/gas/config", `{"stat_t":"n/ethylene","stat_cla":"measurement","unit_of_meas":"ppm","dev":{"ids":"n"}}`, ""},
		{"n/ethylene", "0.8", "n:gas[]=0.8"},
	})
}

// TestAnnouncerIsItsOwnDevice lets a client that signed in announce: values of one device are its own, those
// of several are theirs.
func TestAnnouncerIsItsOwnDevice(t *testing.T) {
	d := New()
	send := func(topic, payload string) sensors.Decoded {
		return d.Decode(Message{Topic: topic, Payload: []byte(payload), At: noon, Source: sensors.Source{ClientID: "c", Username: "u", Key: "gh1/node"}})
	}
	send("homeassistant/sensor/a/config", `{"stat_t":"x/a","dev_cla":"temperature","dev":{"ids":["aa"],"name":"A"}}`)
	if out := send("x/a", "21"); len(out.Observations) != 1 || out.Observations[0].Device != "gh1/node" {
		t.Errorf("one device: got %+v", out)
	}
	about := send("homeassistant/sensor/b/config", `{"stat_t":"x/b","dev_cla":"temperature","dev":{"ids":["bb"],"name":"B","mf":"Acme","mdl":"M1","via_device":"hub"}}`)
	if want := (sensors.Description{Device: "bb", Name: "B", Model: "Acme M1", Gateway: "hub"}); len(about.Descriptions) != 1 || about.Descriptions[0] != want {
		t.Errorf("got %+v, want %+v", about.Descriptions, want)
	}
	for topic, want := range map[string]string{"x/a": "aa", "x/b": "bb"} {
		if out := send(topic, "21"); len(out.Observations) != 1 || out.Observations[0].Device != want {
			t.Errorf("%s: got %+v, want %s", topic, out, want)
		}
	}
}

// TestGatewaysAreKnown checks what messages tell about devices besides values.
func TestGatewaysAreKnown(t *testing.T) {
	for _, c := range []struct {
		topic, payload string
		want           sensors.Description
	}{
		{"application/1/device/24e124136b321234/event/up", `{"deviceInfo":{"devEui":"24e124136b321234","deviceName":"Bed 3","deviceProfileName":"EM500"},"rxInfo":[{"gatewayId":"far","rssi":-110},{"gatewayId":"near","rssi":-60}]}`,
			sensors.Description{Device: "24e124136b321234", Name: "Bed 3", Model: "EM500", Gateway: "near"}},
		{"ruuvi/AA:CC:EE:00:11:22/CB:B8:33:4C:88:4F", `{"gw_mac":"AA:CC:EE:00:11:22","rssi":-70,"data":"0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}`,
			sensors.Description{Device: "CBB8334C884F", Gateway: "AACCEE001122"}},
		{"home/gw/BTtoMQTT/A4C1385B120E", `{"id":"A4:C1:38:5B:12:0E","brand":"Xiaomi","model":"LYW","tempc":21}`, sensors.Description{Device: "A4C1385B120E", Model: "Xiaomi LYW", Gateway: "home/gw"}},
		{"rtl_433/pi/events", `{"model":"Nexus-TH","id":42,"temperature_C":20}`, sensors.Description{Device: "Nexus-TH-42", Model: "Nexus-TH", Gateway: "rtl_433/pi"}},
		{"spBv1.0/Farm/DBIRTH/gw1/bed3", "\x08\x01", sensors.Description{Device: "Farm/gw1/bed3", Name: "bed3", Gateway: "Farm/gw1"}},
		{"v1/gateway/telemetry", `{"A":[{"ts":1795514400000,"values":{"humidity":5}}]}`, sensors.Description{Device: "A", Gateway: "client-1"}},
		{"shellies/announce", `{"id":"shellyht-1","model":"SHHT-1"}`, sensors.Description{Device: "shellyht-1", Name: "shellyht-1", Model: "SHHT-1"}},
	} {
		if got := decode(New(), c.topic, c.payload).Descriptions; len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: got %+v, want %+v", c.topic, got, c.want)
		}
	}
}

func TestUplinksWithoutCodecAreExplained(t *testing.T) {
	for _, payload := range []string{`{"deviceInfo":{"devEui":"24e124136b321234","deviceProfileName":"P"},"fPort":2,"data":"AA=="}`,
		`{"end_device_ids":{"device_id":"d"},"uplink_message":{"f_port":2,"frm_payload":"AA=="}}`} {
		if out := decode(New(), "a/b", payload); !strings.HasPrefix(out.Problem, "Received, not decoded") || len(out.Presences) != 1 {
			t.Errorf("%s: got %+v", payload, out)
		}
	}
}
