package broker_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors/broker"
)

// What a broker owes its clients and bare mochi does not keep. Each test fails without the mend it names.

const commands = "farm/house/node1/command"

// device signs in as the one that takes commands, with a session that stays.
func (r *rig) device(t *testing.T) *wire {
	t.Helper()
	return r.connect(t, login{id: "n", user: "node1", password: "secret", keep: true})
}

// queue leaves n commands for the device, which is away.
func (r *rig) queue(t *testing.T, n int) {
	t.Helper()
	away := r.device(t)
	away.subscribe(1, 1, commands)
	_ = away.conn.Close()
	eventually(t, func() bool { return r.Stats().Connections == 0 }, "the device to be gone")
	r.order(t, 0, n)
}

func (r *rig) order(t *testing.T, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if err := r.Send(context.Background(), commands, fmt.Append(nil, "command ", n)); err != nil {
			t.Fatal(err)
		}
	}
}

// obey reads commands in order and acknowledges them.
func (w *wire) obey(from, to int, dup bool) {
	w.t.Helper()
	for n := from; n < to; n++ {
		m := w.message()
		if want := fmt.Sprint("command ", n); string(m.Payload) != want || m.FixedHeader.Dup != dup {
			w.t.Fatalf("got %q (dup %t), want %q", m.Payload, m.FixedHeader.Dup, want)
		}
		w.send(ack(packets.Puback, m.PacketID))
	}
}

func TestQueuedCommandsComeInOrderAndOnce(t *testing.T) {
	r := newRig(t)
	r.queue(t, 200)
	back := r.device(t)
	r.order(t, 200, 210) // new ones follow the old ones
	back.obey(0, 200, true)
	back.obey(200, 210, false)
	back.silent()
	_ = back.conn.Close()
	r.device(t).silent()
}

func TestResubscribingWhileCommandsAreQueued(t *testing.T) {
	for _, version := range []byte{4, 5} {
		r := newRig(t)
		l := login{id: "n", user: "node1", password: "secret", keep: true, version: version, properties: []byte{0x11, 0, 0, 1, 0}}
		if version == 4 {
			l.properties = nil
		}
		away := r.connect(t, l)
		away.subscribe(1, 1, commands)
		_ = away.conn.Close()
		eventually(t, func() bool { return r.Stats().Connections == 0 }, "the device to be gone")
		r.order(t, 0, 3)
		back := r.connect(t, l)
		var ids []uint16
		for range 3 {
			ids = append(ids, back.message().PacketID)
		}
		for _, id := range ids { // ids that the queued commands have too
			if got := back.subscribe(id, 1, commands); got[0] != 1 {
				t.Errorf("version %d: SUBACK %#x, want 1", version, got[0])
			}
			unsubscribe := [][]byte{{byte(id >> 8), byte(id)}, field("farm/house/node1/other")}
			if version == 5 {
				unsubscribe = [][]byte{unsubscribe[0], {0}, unsubscribe[1]}
			}
			back.send(packet(0xa2, unsubscribe...))
			if f := back.next(packets.Unsuback); f.id() != id || bytes.IndexByte(f.body[2:], packets.ErrPacketIdentifierInUse.Code) >= 0 {
				t.Errorf("version %d: got %v", version, f)
			}
		}
		_ = back.conn.Close()
		r.connect(t, l).obey(0, 3, true) // none was lost over it
	}
}

func TestAnUnacknowledgedCommandSurvivesPublishesOfTheDevice(t *testing.T) {
	r := newRig(t)
	r.queue(t, 5)
	back := r.device(t)
	var ids []uint16
	for range 5 {
		ids = append(ids, back.message().PacketID)
	}
	for n, id := range ids {
		for _, qos := range []byte{1, 2} {
			back.publish(qos, id, reading, fmt.Sprint(n))
			back.next(map[byte]byte{1: packets.Puback, 2: packets.Pubrec}[qos])
		}
		back.send(ack(packets.Pubrel, id))
		back.next(packets.Pubcomp)
	}
	_ = back.conn.Close()
	r.device(t).obey(0, 5, true)
}

func TestDeliveryGoesOnBeyondTheReceiveMaximum(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "reader", user: "reader", password: "secret", version: 5, properties: []byte{0x21, 0, 10}})
	reader.subscribe(1, 1, "farm/#")
	device := r.connect(t, login{id: "device"})
	const n = 600
	go func() {
		for id := uint16(1); id <= n; id++ {
			_, _ = device.conn.Write(publishPacket(1, false, id, reading, fmt.Sprint(id)))
		}
	}()
	for id := 1; id <= n; id++ {
		m := reader.message()
		if string(m.Payload) != fmt.Sprint(id) {
			t.Fatalf("got %s, want %d", m.Payload, id)
		}
		reader.send(ack(packets.Puback, m.PacketID))
	}
}

func TestTakeOversLeaveNoGhost(t *testing.T) {
	r := newRig(t)
	l := login{id: "n", user: "node1", password: "secret"} // a clean session, which ends with each connection
	app := r.connect(t, login{id: "app", user: "app", password: "secret"})
	for n := range 300 {
		w := r.connect(t, l)
		w.subscribe(1, 0, commands)
		app.publish(0, 0, commands, fmt.Sprint(n))
		if m := w.message(); string(m.Payload) != fmt.Sprint(n) {
			t.Fatalf("take-over %d: got %s", n, m.Payload)
		}
	}
	eventually(t, func() bool { return r.Stats().Connections == 2 }, "the older connections to end")
}

func TestATruncatedSubscribeHurtsOnlyItsSender(t *testing.T) {
	r := newRig(t)
	other := r.connect(t, login{id: "other"})
	w := r.connect(t, login{id: "a", version: 5})
	w.send(packet(0x82, []byte{0, 1, 0}, field("farm/#"))) // without its options
	w.closed()
	eventually(t, func() bool { return r.Stats().Panics == 1 }, "the panic to be caught")
	other.silent()
	r.connect(t, login{id: "a", version: 5}).silent()
}

func TestASlowSubscriberDelaysNobody(t *testing.T) {
	r := newRig(t)
	slow := r.connect(t, login{id: "slow", user: "reader", password: "secret", keep: true})
	slow.subscribe(1, 1, "farm/#") // and reads no more
	device := r.connect(t, login{id: "device"})
	payload := strings.Repeat("x", 20_000)
	for id := uint16(1); id <= 400; id++ {
		device.publish(1, id, "farm/house/node1/note", payload)
		device.next(packets.Puback)
	}
	eventually(t, func() bool { return r.Stats().Connections == 1 }, "the slow subscriber to be cut")
}

func TestAStalledSubscriberIsCutInTime(t *testing.T) {
	r := newRig(t, func(_ *broker.Options, l *broker.Limits) { l.Stall, l.Pending = 50*time.Millisecond, 64<<20 })
	slow := r.connect(t, login{id: "slow", user: "reader", password: "secret"})
	slow.subscribe(1, 0, "farm/#")
	device := r.connect(t, login{id: "device"})
	payload := strings.Repeat("x", 200_000)
	for range 60 { // more than the socket's buffers hold, less than the outbox does
		device.publish(0, 0, "farm/house/node1/note", payload)
	}
	device.silent()
	eventually(t, func() bool { return r.Stats().Connections == 1 }, "the stalled subscriber to be cut")
}

func TestASilentConnectionIsClosed(t *testing.T) {
	r := newRig(t, func(_ *broker.Options, l *broker.Limits) { l.Connect = 30 * time.Millisecond })
	r.dial(t).closed()
	half := r.dial(t)
	half.send([]byte{0x10, 30, 0, 4, 'M', 'Q'})
	half.closed()
}

func TestBigPacketsAreRefused(t *testing.T) {
	r := newRig(t)
	for name, header := range map[string][]byte{
		"CONNECT of 100 MB":       {0x10, 0x80, 0xc2, 0xd7, 0x2f},
		"PUBLISH before CONNECT":  {0x30, 10},
		"endless length":          {0x10, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"another protocol's word": []byte("GET / HTTP/1.1\r\n\r\n"),
	} {
		w := r.dial(t)
		w.send(header)
		if last := w.closed(); last.kind != 0 {
			t.Errorf("%s: got %v", name, last)
		}
	}
	w := r.connect(t, login{id: "a"})
	w.send([]byte{0x30, 0x80, 0xc2, 0xd7, 0x2f})
	w.closed()
}

func TestSmallClientsMayLeaveThingsEmpty(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "reader", user: "reader", password: "secret"})
	reader.subscribe(1, 0, "farm/#")
	w := r.connect(t, login{id: "a", user: "esp", hasPassword: true, will: "farm/house/node9/note"})
	_ = w.conn.Close()
	if m := reader.message(); m.TopicName != "farm/house/node9/note" || len(m.Payload) != 0 {
		t.Errorf("the will came as %q on %s", m.Payload, m.TopicName)
	}
}

func TestNoExpiryIsInvented(t *testing.T) {
	r := newRig(t)
	app := r.connect(t, login{id: "app", user: "app", password: "secret", version: 5})
	app.subscribe(1, 1, "farm/#")
	app.send(packet(0x33, field("farm/house/note"), []byte{0, 1, 0}, []byte("kept"))) // QoS 1, retained
	for range 2 {                                                                     // the answer and the message, in any order
		if f, err := app.read(patience); err != nil || f.kind == packets.Publish && f.body[len(f.body)-5] != 0 {
			t.Errorf("got %v, %v: want no properties", f, err)
		}
	}
}

func TestDeepTopicsDelayNobody(t *testing.T) {
	r := newRig(t)
	deep := strings.Repeat("/", 20_000)
	w := r.connect(t, login{id: "a", user: "app", password: "secret", will: deep, willPayload: "x"})
	if got := w.subscribe(1, 0, deep, strings.Repeat("/", 60_000), "farm/#"); got[0] != 0x80 || got[1] != 0x80 || got[2] != 0 {
		t.Errorf("granted %#x", got)
	}
	w.publish(1, 2, deep, "1")
	w.next(packets.Puback)
	w.publish(1, 3, reading, "1")
	for range 2 { // the message and the answer, in any order
		if _, err := w.read(patience); err != nil {
			t.Fatal(err)
		}
	}
	five := r.connect(t, login{id: "b", version: 5})
	five.publish(1, 2, deep, "1")
	if f := five.next(packets.Puback); f.body[2] != packets.ErrTopicNameInvalid.Code {
		t.Errorf("got %v, want reason 0x90", f)
	}
}
