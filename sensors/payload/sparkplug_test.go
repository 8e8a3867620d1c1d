package payload

import (
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"furrow/sensors"
)

// wireMetric writes one metric: each field is a number and a value of the type that the field has.
func wireMetric(fields ...any) (b []byte) {
	for i := 0; i < len(fields); i += 2 {
		number := protowire.Number(fields[i].(int))
		switch v := fields[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, number, protowire.VarintType), uint64(v))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, number, protowire.BytesType), v)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), v)
		case float32:
			b = protowire.AppendFixed32(protowire.AppendTag(b, number, protowire.Fixed32Type), math.Float32bits(v))
		case float64:
			b = protowire.AppendFixed64(protowire.AppendTag(b, number, protowire.Fixed64Type), math.Float64bits(v))
		}
	}
	return b
}

func wirePayload(metrics ...[]byte) (b []byte) {
	b = wireMetric(1, 1_795_514_400_000)
	for _, m := range metrics {
		b = append(b, wireMetric(2, m)...)
	}
	return b
}

func TestSparkplug(t *testing.T) {
	unit := wireMetric(1, "low", 1, "engUnit", 2, wireMetric(1, 10, 5, float32(1)), 2, wireMetric(1, 12, 8, "°F"))
	birth := wirePayload(
		wireMetric(1, "bdSeq", 4, 8, 11, 3),
		wireMetric(1, "Node Control/Rebirth", 4, 11, 14, 0),
		wireMetric(1, "Properties/Temperature", 4, 9, 12, float32(5)),
		wireMetric(1, "Air/Temperature", 2, 1, 4, 9, 12, float32(70.7), 9, unit),
		wireMetric(1, "Frost", 2, 2, 4, 2, 10, 0xfffffffb), // Int16 −5
		wireMetric(1, "Offset Total", 2, 3, 4, 4, 11, -7),  // Int64
		wireMetric(1, "Humidity", 2, 4, 4, 10, 7, 1),       // null
		wireMetric(1, "Pump/Valve", 2, 5, 4, 11, 14, 1),
		wireMetric(1, "Label", 4, 12, 15, "text"))
	const at = "@2026-11-24T10:00:00Z"
	first := "F/gw/bed:temperature[]=21.5" + at + " F/gw/bed:frost[]=-5" + at + " F/gw/bed:offset_total[]=-7" + at + " F/gw/bed:valve[pump]=1" + at + " F/gw/bed online=true"
	talk(t, [][3]string{
		{"spBv1.0/F/DDATA/gw/bed", string(wirePayload(wireMetric(2, 1, 12, float32(70.7)))), ""}, // before its birth
		{"spBv1.0/F/DBIRTH/gw/bed", string(birth), first},
		{"spBv1.0/F/DDATA/gw/bed", string(wirePayload(wireMetric(2, 1, 3, 1_795_514_460_000, 5, 1, 12, float32(50)), wireMetric(2, 9, 12, float32(1)))), "F/gw/bed:temperature[]=10@2026-11-24T10:01:00Z"},
		{"other/F/NBIRTH/gw", string(wirePayload(wireMetric(1, "Temperature", 2, 1, 13, 12.5))), "F/gw:temperature[]=12.5" + at + " F/gw online=true"},
		{"other/F/NDATA/gw", string(wirePayload(wireMetric(2, 1, 13, math.NaN()), wireMetric(1, "Humidity", 13, math.Inf(1)))), ""},
		{"spBv1.0/F/NDATA/gw", "\x0a\xff", ""},
		{"spBv1.0/F/DCMD/gw/bed", string(wirePayload(wireMetric(2, 1, 12, float32(1)))), ""},
		{"spBv1.0/F/DDEATH/gw/bed", string(wirePayload()), "F/gw/bed online=false"},
		{"spBv1.0/F/NDEATH/gw", string(wirePayload()), "F/gw online=false"},
	})
}

func TestSparkplugSaysWhatIsMissing(t *testing.T) {
	d := New()
	if out := decode(d, "spBv1.0/F/NDATA/gw", string(wirePayload(wireMetric(2, 1, 12, float32(1))))); out.Problem == "" || len(out.Observations) > 0 {
		t.Errorf("an alias that nobody named: got %+v", out)
	}
	decode(d, "spBv1.0/F/NBIRTH/gw", string(wirePayload()))
	decode(d, "spBv1.0/F/DBIRTH/gw/bed", string(wirePayload(wireMetric(1, "Temperature", 2, 1, 12, float32(1)))))
	out := decode(d, "spBv1.0/F/NDEATH/gw", string(wirePayload()))
	if len(out.Presences) != 2 || out.Presences[1].Device != "F/gw/bed" || out.Presences[1].Online {
		t.Errorf("with the gateway its devices are gone: got %+v", out.Presences)
	}
	if out := decode(d, "x/y", "\x08\x96\x01\xff"); out.Problem == "" || out.Dialect == "sparkplug" {
		t.Errorf("other binary: got %+v", out)
	}
}

func TestBirthsAreBounded(t *testing.T) {
	b := births{edges: map[string]*edge{}}
	for i := range 3 * maxEdges {
		metrics := []sparkMetric{{name: "a", alias: uint64(i), hasAlias: true}}
		b.resolve(string(rune('a'+i%26))+string(rune(i)), "d", metrics, true, false)
	}
	if len(b.edges) > maxEdges || b.names > maxAllNames {
		t.Errorf("%d edges with %d names", len(b.edges), b.names)
	}
}

func FuzzSparkplug(f *testing.F) {
	f.Add(wirePayload(wireMetric(1, "Air/Temperature", 2, 1, 4, 9, 12, float32(70.7), 9, wireMetric(1, "engUnit", 2, wireMetric(8, "V")))), wirePayload(wireMetric(2, 1, 13, 5.)))
	f.Add([]byte{0x0a, 0xff}, []byte{0x12, 0x02, 0x08})
	f.Fuzz(func(t *testing.T, birth, data []byte) {
		d := New()
		for _, m := range []struct {
			topic   string
			payload []byte
		}{{"n/F/NBIRTH/gw", birth}, {"n/F/DBIRTH/gw/bed", birth}, {"n/F/DDATA/gw/bed", data}} {
			checkSound(t, d.Decode(Message{Topic: m.topic, Payload: m.payload, At: noon, Source: sensors.Source{ClientID: "c"}}))
		}
	})
}
