package broker_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors/broker"
)

func (r *rig) expectPresence(t *testing.T, want ...string) {
	t.Helper()
	eventually(t, func() bool { return len(r.ingest.presence()) >= len(want) }, "presence")
	if got := r.ingest.presence(); !slices.Equal(got, want) {
		t.Errorf("presence %q, want %q", got, want)
	}
}

func TestIngestLearnsWhoIsThere(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a"})
	r.expectPresence(t, "a true")
	w.send([]byte{0xe0, 0})
	w.closed()
	r.expectPresence(t, "a true", "a false")
	_ = r.connect(t, login{id: "b"}).conn.Close()
	r.expectPresence(t, "a true", "a false", "b true", "b false")
	refused := r.dial(t)
	refused.connect(login{id: "c", user: "c", password: "guess"})
	refused.closed()
	r.expectPresence(t, "a true", "a false", "b true", "b false")
}

// A client that comes back before its old connection was found dead has been there all the time.
func TestATakeOverIsNoAbsence(t *testing.T) {
	r := newRig(t)
	five := r.connect(t, login{id: "a", version: 5})
	again := r.connect(t, login{id: "a"})
	if last := five.closed(); last.kind != packets.Disconnect || last.body[0] != packets.ErrSessionTakenOver.Code {
		t.Errorf("the older client got %v, want DISCONNECT 0x8e", last)
	}
	third := r.connect(t, login{id: "a"})
	if last := again.closed(); last.kind != 0 {
		t.Errorf("a client of MQTT 3.1.1 got %v", last)
	}
	third.silent()
	r.expectPresence(t, "a true", "a true", "a true")
}

// The same client id with other credentials is another client.
func TestSessionsBelongToWhoeverSignedIn(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "x", user: "reader", password: "secret", keep: true})
	reader.subscribe(1, 1, "farm/#")
	stranger := r.dial(t)
	if present, code := stranger.connect(login{id: "x", keep: true}); present || code != 0 {
		t.Errorf("session present %t, code %d", present, code)
	}
	if present, _ := r.dial(t).connect(login{id: "u:reader/x", keep: true}); present {
		t.Error("a stranger was given a session by its name")
	}
	stranger.publish(1, 1, reading, "1")
	stranger.next(packets.Puback)
	if m := reader.message(); string(m.Payload) != "1" {
		t.Errorf("got %q", m.Payload)
	}
}

func TestAWillReachesIngestAndSubscribers(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "r", user: "reader", password: "secret"})
	reader.subscribe(1, 0, "#")
	const topic = "tele/plug/LWT"
	for _, user := range []string{"", "node1"} {
		l := login{id: "plug", will: topic, willPayload: "Offline", willRetain: true}
		if user != "" {
			l.user, l.password = user, "secret"
		}
		_ = r.connect(t, l).conn.Close()
		if m := reader.message(); m.TopicName != topic || string(m.Payload) != "Offline" {
			t.Errorf("got %q on %s", m.Payload, m.TopicName)
		}
	}
	eventually(t, func() bool { return len(r.ingest.deliveries(topic)) == 2 }, "the wills at ingest")
	for _, d := range r.ingest.deliveries(topic) {
		if p := d.Decoded.Presences; len(p) != 1 || p[0].Online || d.PacketID != 0 || d.Receipt != nil {
			t.Errorf("delivery %+v", d)
		}
	}
	late := r.connect(t, login{id: "late", user: "reader", password: "secret"})
	late.subscribe(1, 0, topic)
	late.silent() // neither a stranger nor another device may leave something behind there
}

func TestAWillIsSentWheneverTheLinkBreaks(t *testing.T) {
	for name, end := range map[string]func(*rig, *wire){
		"a protocol error": func(_ *rig, w *wire) { w.send([]byte{0x36, 0}) },
		"a wildcard topic": func(_ *rig, w *wire) { w.publish(1, 1, "a/#", "1") },
		"a storage fault": func(r *rig, w *wire) {
			r.ingest.fail(errClosing)
			w.publish(1, 1, reading, "1")
		},
		"a take-over": func(r *rig, w *wire) { r.connect(w.t, login{id: "a"}) },
	} {
		r := newRig(t)
		w := r.connect(t, login{id: "a", will: "farm/house/node9/status", willPayload: "offline"})
		end(r, w)
		w.closed()
		eventually(t, func() bool { return len(r.ingest.deliveries("farm/house/node9/status")) == 1 }, "the will after "+name)
	}
}

func TestAGoodbyeTakesTheWillBack(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", will: "farm/house/node9/status", willPayload: "offline"})
	w.send([]byte{0xe0, 0})
	w.closed()
	r.expectPresence(t, "a true", "a false")
	if got := r.ingest.deliveries("farm/house/node9/status"); len(got) != 0 {
		t.Errorf("the will was sent: %+v", got[0])
	}
}

// Wills are where bare mochi asks nobody.
func TestAWillMayNotCommand(t *testing.T) {
	r := newRig(t)
	device := r.connect(t, login{id: "n", user: "node1", password: "secret"})
	device.subscribe(1, 1, commands)
	for _, l := range []login{{id: "a", will: commands, willPayload: "on"}, {id: "b", user: "reader", password: "secret", will: commands, willPayload: "on"}, {id: "c", will: "$SYS/a", willPayload: "x"}} {
		_ = r.connect(t, l).conn.Close()
	}
	eventually(t, func() bool { return r.Stats().Connections == 1 }, "the clients to be gone")
	device.silent()
}

func TestKeepAlive(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", keepAlive: 1})
	begun := time.Now()
	w.closed()
	if silent := time.Since(begun); silent < time.Second {
		t.Errorf("cut after %v, want not before 1.5 s in whole seconds", silent)
	}
}

func TestSessionsEnd(t *testing.T) {
	r := newRig(t, func(_ *broker.Options, l *broker.Limits) { l.Sessions = 3 })
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		w := r.connect(t, login{id: id, user: "reader", password: "secret", keep: true})
		w.subscribe(1, 1, "farm/#")
		_ = w.conn.Close()
		eventually(t, func() bool { return r.Stats().Connections == 0 }, "the client to be gone")
	}
	if kept, readers := r.Kept(); kept != 3 || readers != 3 {
		t.Errorf("%d sessions are kept, %d of them read; want 3 and 3", kept, readers)
	}
	for id, want := range map[string]bool{"a": false, "e": true} {
		w := r.dial(t)
		if present, _ := w.connect(login{id: id, user: "reader", password: "secret", keep: true}); present != want {
			t.Errorf("session of %s present: %t, want %t", id, present, want)
		}
	}
}

// Whether anybody reads decides whether messages are passed on, so it must not be lost count of.
func TestCountsWhoReads(t *testing.T) {
	r := newRig(t)
	expect := func(when string, want int) {
		t.Helper()
		eventually(t, func() bool { _, readers := r.Kept(); return readers == want }, "readers "+when)
	}
	l := login{id: "r", user: "reader", password: "secret"}
	w := r.connect(t, l)
	expect("before", 0)
	w.subscribe(1, 0, "farm/#", "other/#")
	expect("after SUBSCRIBE", 1)
	stranger := r.connect(t, login{id: "s"})
	stranger.send(packet(0xa2, []byte{0, 1}, field("farm/#"), field("other/#"))) // mochi counts another's subscriptions down here
	stranger.next(packets.Unsuback)
	expect("after another's UNSUBSCRIBE", 1)
	stranger.publish(0, 0, reading, "1")
	w.message()
	w.send(packet(0xa2, []byte{0, 1}, field("farm/#")))
	w.next(packets.Unsuback)
	expect("with one left", 1)
	w.send(packet(0xa2, []byte{0, 1}, field("other/#")))
	w.next(packets.Unsuback)
	expect("after the last UNSUBSCRIBE", 0)
	w.subscribe(1, 0, "farm/#")
	_ = w.conn.Close()
	expect("after the session", 0)
	l.keep = true
	w = r.connect(t, l)
	w.subscribe(1, 0, "farm/#")
	_ = w.conn.Close()
	w = r.connect(t, l)
	expect("after coming back", 1)
	if err := r.Send(context.Background(), "farm/a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	w.message()
	l.keep = false
	r.connect(t, l)
	expect("in a new session", 0)
}
