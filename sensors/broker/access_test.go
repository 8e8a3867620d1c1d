package broker_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors/broker"
)

func TestWhoMayComeIn(t *testing.T) {
	for name, c := range map[string]struct {
		unclaimed bool
		err       error
		login     login
		want      byte
	}{
		"anonymous":                            {login: login{id: "a"}, want: 0},
		"user name out of habit":               {login: login{id: "a", user: "esp"}, want: 0},
		"device":                               {login: login{id: "a", user: "node1", password: "secret"}, want: 0},
		"wrong password":                       {login: login{id: "a", user: "node1", password: "guess"}, want: 4},
		"wrong password, MQTT 5":               {login: login{id: "a", user: "node1", password: "guess", version: 5}, want: 0x86},
		"this machine before there's an owner": {unclaimed: true, login: login{id: "a"}, want: 0},
		"credentials cannot be looked up":      {err: errors.New("locked"), login: login{id: "a", user: "x", password: "y"}, want: 3},
		"the same, MQTT 5":                     {err: errors.New("locked"), login: login{id: "a", user: "x", password: "y", version: 5}, want: 0x88},
	} {
		r := newRig(t)
		r.access.unclaimed, r.access.err = c.unclaimed, c.err
		w := r.dial(t)
		if _, code := w.connect(c.login); code != c.want {
			t.Errorf("%s: code %#x, want %#x", name, code, c.want)
		}
		if c.want != 0 {
			w.closed()
		}
	}
}

func TestAnUnprovenUserNameCountsForNothing(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", user: "node1"}) // a device's name, without its password
	w.publish(1, 1, reading, "1")
	w.next(packets.Puback)
	if s := r.ingest.deliveries(reading)[0].Source; s.Username != "" || s.Device != 0 || s.Key != "" {
		t.Errorf("source %+v", s)
	}
}

func TestCredentialsComeWithTheDelivery(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", user: "node1", password: "secret"})
	w.publish(1, 1, "anything", "1")
	w.next(packets.Puback)
	if s := r.ingest.deliveries("anything")[0].Source; s.Username != "node1" || s.Device != 1 || s.Key != "house/node1" || s.ClientID != "a" {
		t.Errorf("source %+v", s)
	}
}

func TestWhoMaySubscribe(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		user, filter string
		want         byte
	}{
		{"", "farm/#", 0x80},
		{"", "#", 0x80},
		{"reader", "#", 0},
		{"reader", "$SYS/#", 0},
		{"node1", "#", 0x80},
		{"node1", "+/house/node1/command", 0x80},
		{"node1", "farm/#", 0x80},
		{"node1", "farm/house/#", 0x80},
		{"node1", "farm/house/node1/command", 0},
		{"node1", "farm/house/node1/#", 0},
		{"node1", "farm/barn/node1/#", 0}, // its user name, in another zone
		{"node1", "farm/node1/#", 0x80},   // a zone that has the name of the device
		{"node1", "farm/house/node10/command", 0x80},
		{"node1", "cmnd/node1/#", 0},
		{"node1", "cmnd/+/node1", 0x80},
		{"node1", "node1/#", 0},
		{"node1", "$share/g/#", 0x80},
		{"node1", "$SHARE/g/farm/house/node1/#", 0x80},
		{"reader", "farm/a#", 0x80},
		{"reader", "farm+/a", 0x80},
	} {
		l := login{id: "c" + c.user}
		if c.user != "" {
			l.user, l.password = c.user, "secret"
		}
		if got := r.connect(t, l).subscribe(1, 0, c.filter)[0]; got != c.want {
			t.Errorf("%q subscribes to %s: %#x, want %#x", c.user, c.filter, got, c.want)
		}
	}
}

func TestWhoMayPublish(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "r", user: "reader", password: "secret"})
	reader.subscribe(1, 0, "#")
	for _, c := range []struct {
		user, topic string
		allowed     bool
	}{
		{"", "farm/house/node1/temperature", true},
		{"", "farm/house/node1/command", false},
		{"", "$SYS/broker/uptime", false},
		{"", "$aws/things/a/shadow/update", true},
		{"", "cmnd/plug/POWER", false},
		{"", "zigbee2mqtt/valve/set", false},
		{"node1", "farm/house/node1/command", false},
		{"node1", "farm/house/node1/state", true},
		{"reader", "farm/house/node1/command", false},
		{"app", "farm/house/node1/command", true},
		{"app", "cmnd/plug/POWER", true},
	} {
		for _, version := range []byte{4, 5} {
			for qos := byte(0); qos <= 2; qos++ {
				l := login{id: "p", version: version}
				if c.user != "" {
					l.user, l.password = c.user, "secret"
				}
				w := r.connect(t, l)
				w.publish(qos, 1, c.topic, "1")
				if qos > 0 {
					f := w.next(map[byte]byte{1: packets.Puback, 2: packets.Pubrec}[qos])
					if refused := len(f.body) > 2; refused != (!c.allowed && version == 5) {
						t.Errorf("%q on %s, version %d QoS %d: answered %v", c.user, c.topic, version, qos, f)
					}
				}
				w.silent()
				if c.allowed && !strings.HasPrefix(c.topic, "$") {
					if m := reader.message(); m.TopicName != c.topic {
						t.Errorf("passed on %s, want %s", m.TopicName, c.topic)
					}
				}
			}
		}
		ds := r.ingest.deliveries(c.topic)
		if d := ds[len(ds)-1]; !c.allowed && (d.Decoded.Problem == "" || len(d.Decoded.Observations) > 0) {
			t.Errorf("%s: ingest got %+v, want only the reason", c.topic, d.Decoded)
		}
		reader.silent() // nothing that was refused is passed on
	}
}

func TestRetaining(t *testing.T) {
	r := newRig(t, func(_ *broker.Options, l *broker.Limits) { l.Retained = 23 }) // 20 of them are the broker's own
	for _, c := range []struct {
		user, topic, payload string
		kept                 bool
	}{
		{"", "farm/house/node9/status", "online", false},         // a stranger's
		{"node1", "farm/house/node1/status", "online", true},     // a device's own
		{"node1", "farm/house/node2/status", "online", false},    // another's
		{"node1", "farm/house/node1/temperature", "21.5", false}, // a reading
		{"app", "any/note", "keep me", true},                     // a program's
		{"app", "any/other", "keep me", true},                    //
		{"app", "any/more", "one too many", false},               //
		{"app", "any/note", "replaced", true},                    //
	} {
		l := login{id: "p"}
		if c.user != "" {
			l.user, l.password = c.user, "secret"
		}
		w := r.connect(t, l)
		first := publishPacket(1, false, 1, c.topic, c.payload)
		first[0] |= 1
		w.send(first)
		w.next(packets.Puback)
		reader := r.connect(t, login{id: "r", user: "reader", password: "secret"})
		reader.subscribe(1, 0, c.topic)
		if !c.kept {
			reader.silent()
			continue
		}
		if m := reader.message(); string(m.Payload) != c.payload || !m.FixedHeader.Retain {
			t.Errorf("%s: kept %q, want %q", c.topic, m.Payload, c.payload)
		}
	}
}

func TestCommandTopics(t *testing.T) {
	for topic, want := range map[string]bool{
		"farm/house/valve/command": true, "command": false, "farm/house/command/temperature": false,
		"cmnd/plug/POWER": true, "plug/cmnd/POWER": true, "home/plug/cmnd/POWER": true, "cmnd": false,
		"zigbee2mqtt/valve/set": true, "zigbee2mqtt/valve/set/state": true, "set": false, "farm/set/a": false,
		"shellyplus1-a/rpc": true, "shellyplus1-a/events/rpc": false, "events/rpc": false, "esp/switch/pump/command": true,
		"esp/switch/pump/state": false, "farm/house/valve/commands": false,
	} {
		if got := broker.CommandTopic(topic); got != want {
			t.Errorf("%s: %t, want %t", topic, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	for filter, want := range map[string]bool{
		"#": true, "+": true, "a/+/b": true, "a/#": true, "/": true, "+/+/#": true, "a//b": true,
		"": false, "a#": false, "#/a": false, "a/#/b": false, "a+/b": false, "a/b+": false, "a\x00": false,
		strings.Repeat("a/", 199) + "a": true, strings.Repeat("a/", 200) + "a": false, strings.Repeat("a", 1025): false,
	} {
		if got := broker.ValidFilter(filter); got != want {
			t.Errorf("%.40q: %t, want %t", filter, got, want)
		}
	}
}
