package payload

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"furrow/sensors"
)

// Ruuvi Gateway: <base>/<gateway>/<tag> with the raw advertisement of a tag, which is decoded here: data
// formats 3 and 5 of RuuviTags, 6 and E1 of Ruuvi Air. Newer firmware may add decoded values.

func claimsRuuvi(_ *Decoder, m *message) bool {
	if !m.json {
		return false
	}
	return m.has(markGateway) || m.last(0) == "gw_status"
}

func decodeRuuvi(_ *Decoder, m *message) {
	gateway := m.root.Get("gw_mac").Str
	if m.last(0) == "gw_status" {
		if gateway == "" {
			gateway = m.last(1)
		}
		if online, ok := statusWord(m.root.Get("state").Str); ok {
			m.present(m.owner(plainAddress(gateway)), online)
		}
		m.idle = true
		return
	}
	device, at := plainAddress(m.last(0)), moment{}
	if at, _ = m.clock.text(first(m.root, []string{"ts", "gwts"}).String()); at.quality != sensors.Good {
		at = moment{quality: at.quality}
	}
	data, _ := hex.DecodeString(m.root.Get("data").Str)
	switch payload := ruuviPayload(data); {
	case payload != nil:
		m.ruuviFrame(device, payload, at)
	case m.root.Get("temperature").Exists():
		for _, k := range ruuviKeys {
			m.take(device, k.naming, m.root.Get(k.key), at)
		}
	}
	if len(m.out.Observations) > 0 || strings.Contains(strings.ToUpper(m.root.Get("data").Str), "FF9904") {
		m.take(device, naming{metric: "rssi"}, m.root.Get("rssi"), at)
		m.describe(sensors.Description{Device: device, Gateway: plainAddress(gateway)})
	}
	m.idle = true
}

// ruuviKeys are the values that newer firmware decodes itself.
var ruuviKeys = []keyed{{"temperature", naming{metric: "temperature"}}, {"humidity", naming{metric: "humidity"}}, {"pressure", naming{metric: "pressure", unit: "pa"}},
	{"voltage", naming{metric: "battery_voltage"}}, {"CO2", naming{metric: "co2"}}, {"PM1.0", naming{metric: "pm1"}}, {"PM2.5", naming{metric: "pm2_5"}}, {"PM10.0", naming{metric: "pm10"}}}

// ruuviPayload finds Ruuvi's part of an advertisement: structures of length, type and content, of which one
// is the maker's (FF) with the company 0499. It returns nil when there is none.
func ruuviPayload(data []byte) []byte {
	for len(data) >= 2 {
		length := int(data[0])
		if length == 0 || length >= len(data) {
			return nil
		}
		part := data[1 : 1+length]
		if len(part) > 3 && part[0] == 0xff && part[1] == 0x99 && part[2] == 0x04 {
			return part[3:]
		}
		data = data[1+length:]
	}
	return nil
}

// ruuviFrame reads a payload by its format, the first byte. Values that are not available are left out.
func (m *message) ruuviFrame(device string, p []byte, at moment) {
	f := ruuviReader{m, device, at, p}
	switch {
	case p[0] == 3 && len(p) >= 14:
		f.humidity3()
	case p[0] == 5 && len(p) >= 18:
		f.air()
		if power := binary.BigEndian.Uint16(p[13:]) >> 5; power != 0x7ff {
			f.put("battery_voltage", float64(power)/1000+1.6)
		}
	case p[0] == 6 && len(p) >= 20:
		f.air()
		f.word("pm2_5", 7, .1)
		f.word("co2", 9, 1)
	case p[0] == 0xe1 && len(p) >= 40:
		f.air()
		f.word("pm1", 7, .1)
		f.word("pm2_5", 9, .1)
		f.word("pm10", 13, .1)
		f.word("co2", 15, 1)
		if light := uint32(p[19])<<16 | uint32(p[20])<<8 | uint32(p[21]); light != 0xffffff {
			f.put("illuminance", float64(light)/100)
		}
	case p[0] == 8:
		m.out.Problem = "This tag sends encrypted; its readings cannot be seen."
	default:
		m.out.Problem = "This data format of Ruuvi is not known here."
	}
}

type ruuviReader struct {
	m      *message
	device string
	at     moment
	p      []byte
}

func (f ruuviReader) put(metric sensors.MetricID, v float64) {
	f.m.observe(f.device, metric, "", v, f.at)
}

// word adds an unsigned value of 16 bits.
func (f ruuviReader) word(metric sensors.MetricID, offset int, factor float64) {
	if v := binary.BigEndian.Uint16(f.p[offset:]); v != 0xffff {
		f.put(metric, float64(v)*factor)
	}
}

// air adds what formats 5, 6 and E1 begin with.
func (f ruuviReader) air() {
	if t := int16(binary.BigEndian.Uint16(f.p[1:])); t != -0x8000 {
		f.put("temperature", float64(t)*.005)
	}
	f.word("humidity", 3, .0025)
	if pressure := binary.BigEndian.Uint16(f.p[5:]); pressure != 0xffff {
		f.put("pressure", (float64(pressure)+50000)/100)
	}
}

// humidity3 reads format 3.
func (f ruuviReader) humidity3() {
	t := float64(f.p[2]&0x7f) + float64(f.p[3])/100
	if f.p[2]&0x80 != 0 {
		t = -t
	}
	f.put("temperature", t)
	f.put("humidity", float64(f.p[1])/2)
	f.put("pressure", (float64(binary.BigEndian.Uint16(f.p[4:]))+50000)/100)
	f.put("battery_voltage", float64(binary.BigEndian.Uint16(f.p[12:]))/1000)
}
