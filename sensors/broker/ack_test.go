package broker_test

import (
	"errors"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors"
)

const reading = "farm/house/node1/temperature"

func TestAcknowledgesOnlyWhatIsStored(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a"})
	w.publish(1, 7, reading, "21.5")
	w.silent()
	r.ingest.release(t, 1, nil)
	if got := w.next(packets.Puback).id(); got != 7 {
		t.Errorf("PUBACK %d, want 7", got)
	}
	d := r.ingest.deliveries(reading)[0]
	if o := d.Decoded.Observations; len(o) != 1 || o[0].Value != 21.5 || d.PacketID != 7 || d.Dup || d.Source.ClientID != "a" || d.Source.Address != "127.0.0.1" {
		t.Errorf("delivery %+v", d)
	}
}

func TestCutsTheLinkInsteadOfAcknowledgingAFailure(t *testing.T) {
	for _, version := range []byte{4, 5} {
		for _, qos := range []byte{1, 2} {
			r := newRig(t)
			r.ingest.hold()
			w := r.connect(t, login{id: "a", version: version})
			w.publish(qos, 1, reading, "21.5")
			w.publish(qos, 2, reading, "21.6")
			r.ingest.release(t, 1, nil)
			if got := w.next(map[byte]byte{1: packets.Puback, 2: packets.Pubrec}[qos]).id(); got != 1 {
				t.Errorf("version %d: acknowledged %d, want 1", version, got)
			}
			r.ingest.release(t, 1, sensors.ErrDiskFull)
			if last := w.closed(); last.kind != 0 {
				t.Errorf("version %d QoS %d: got %v before the end, want nothing", version, qos, last)
			}
			if got := r.Stats().Failed; got != 1 {
				t.Errorf("%d failed publishes, want 1", got)
			}
		}
	}
}

func TestLosesNoLinkOverAFailedQoS0Publish(t *testing.T) {
	r := newRig(t)
	r.ingest.fail(sensors.ErrStorage)
	w := r.connect(t, login{id: "a"})
	w.publish(0, 0, reading, "21.5")
	w.silent()
}

func TestKeepsTheOrderOfAcknowledgements(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a"})
	const n = 200 // all of them outstanding at once: the reader does not wait for commits
	for id := uint16(1); id <= n; id++ {
		topic := reading
		if id%10 == 0 {
			topic = "$SYS/forged" // refused, and not before those that came first
		}
		w.publish(1, id, topic, "1")
	}
	r.ingest.await(t, n)
	w.silent()
	r.ingest.release(t, 50, nil)
	r.ingest.release(t, n-50, nil)
	for id := uint16(1); id <= n; id++ {
		if got := w.next(packets.Puback).id(); got != id {
			t.Fatalf("PUBACK %d, want %d", got, id)
		}
	}
}

func TestSendsTheAcknowledgementsOfABatchInOneWrite(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a"})
	const n = 100
	for id := uint16(1); id <= n; id++ {
		w.publish(1, id, reading, "1")
	}
	r.ingest.release(t, n, nil)
	w.next(packets.Puback)
	if got := w.r.Buffered(); got != 4*(n-1) { // all that came with the first
		t.Errorf("%d bytes came with the first acknowledgement, want %d", got, 4*(n-1))
	}
}

func TestSlowsDownAClientThatIgnoresTheWindow(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a"})
	const n = 700
	for id := uint16(1); id <= n; id++ {
		w.publish(1, id, reading, "1")
	}
	r.ingest.await(t, 512)
	r.ingest.release(t, 1, nil)
	w.next(packets.Puback)
	r.ingest.await(t, 512) // one more was let in, no more
	for released := 1; released < n; released++ {
		r.ingest.release(t, 1, nil)
		w.next(packets.Puback)
	}
	w.silent()
}

func TestQoS2IsStoredOnce(t *testing.T) {
	for _, version := range []byte{4, 5} {
		r := newRig(t)
		w := r.connect(t, login{id: "a", version: version})
		w.publish(2, 9, reading, "21.5")
		w.next(packets.Pubrec)
		w.send(w.publishBytes(2, true, 9, reading, "21.5"))
		if f := w.next(packets.Pubrec); f.id() != 9 || len(f.body) != 2 {
			t.Errorf("version %d: a redelivery was answered %v, want a plain PUBREC", version, f)
		}
		w.send(ack(packets.Pubrel, 9))
		w.next(packets.Pubcomp)
		if got := len(r.ingest.deliveries(reading)); got != 1 {
			t.Errorf("version %d: %d deliveries, want 1", version, got)
		}
		w.publish(2, 9, reading, "21.6") // the id is free again
		w.next(packets.Pubrec)
		if got := len(r.ingest.deliveries(reading)); got != 2 {
			t.Errorf("version %d: %d deliveries after the second publish, want 2", version, got)
		}
	}
}

func TestAnswersReleaseOfAnUnknownID(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a"})
	w.send(ack(packets.Pubrel, 77))
	if f := w.next(packets.Pubcomp); f.id() != 77 || len(f.body) != 2 {
		t.Errorf("got %v", f)
	}
	five := r.connect(t, login{id: "b", version: 5})
	five.send(ack(packets.Pubrel, 77))
	if f := five.next(packets.Pubcomp); f.id() != 77 || f.body[2] != packets.ErrPacketIdentifierNotFound.Code {
		t.Errorf("got %v, want reason 0x92", f)
	}
}

func TestQoS2RedeliveredOnANewLinkIsAnsweredThere(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a", keep: true})
	w.publish(2, 5, reading, "21.5")
	r.ingest.await(t, 1)
	_ = w.conn.Close()
	again := r.connect(t, login{id: "a", keep: true})
	again.send(again.publishBytes(2, true, 5, reading, "21.5"))
	again.silent()
	r.ingest.release(t, 1, nil)
	if got := again.next(packets.Pubrec).id(); got != 5 {
		t.Errorf("PUBREC %d, want 5", got)
	}
	if got := len(r.ingest.deliveries(reading)); got != 1 {
		t.Errorf("%d deliveries, want 1", got)
	}
	again.send(ack(packets.Pubrel, 5))
	again.next(packets.Pubcomp)
}

func TestQoS2FailureCutsTheLinkThatWaits(t *testing.T) {
	r := newRig(t)
	r.ingest.hold()
	w := r.connect(t, login{id: "a", keep: true})
	w.publish(2, 5, reading, "21.5")
	r.ingest.await(t, 1)
	_ = w.conn.Close()
	again := r.connect(t, login{id: "a", keep: true})
	again.send(again.publishBytes(2, true, 5, reading, "21.5"))
	again.silent()
	r.ingest.release(t, 1, sensors.ErrStorage)
	again.closed()
	third := r.connect(t, login{id: "a", keep: true})
	third.send(third.publishBytes(2, true, 5, reading, "21.5"))
	r.ingest.release(t, 1, nil)
	third.next(packets.Pubrec)
}

func TestACleanSessionForgetsQoS2(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", keep: true})
	w.publish(2, 5, reading, "21.5")
	w.next(packets.Pubrec)
	_ = w.conn.Close()
	again := r.connect(t, login{id: "a"})
	again.publish(2, 5, reading, "30")
	again.next(packets.Pubrec)
	if got := len(r.ingest.deliveries(reading)); got != 2 {
		t.Errorf("%d deliveries, want 2: the session is new", got)
	}
}

func TestARedeliveryIsMarked(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a"})
	w.send(w.publishBytes(1, true, 3, reading, "21.5"))
	w.next(packets.Puback)
	if d := r.ingest.deliveries(reading)[0]; !d.Dup || d.PacketID != 3 {
		t.Errorf("Dup %t, PacketID %d", d.Dup, d.PacketID)
	}
}

func TestTooManyUnreleasedQoS2PublishesEndTheLink(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a", version: 5})
	for id := uint16(1); id <= 8192; id++ {
		w.publish(2, id, reading, "1")
		w.next(packets.Pubrec)
	}
	w.publish(2, 8193, reading, "1")
	if last := w.closed(); last.kind != packets.Disconnect || last.body[0] != packets.ErrReceiveMaximum.Code {
		t.Errorf("got %v, want DISCONNECT 0x93", last)
	}
}

// A broken decoder must not make a device send the same message for ever.
func TestADecoderThatPanicsCostsTheMessageOnly(t *testing.T) {
	r := newRig(t, breakDecoder)
	w := r.connect(t, login{id: "a"})
	w.publish(1, 1, reading, "boom")
	w.next(packets.Puback)
	if d := r.ingest.deliveries(reading)[0]; d.Decoded.Problem == "" {
		t.Error("nobody is told that the message could not be read")
	}
	if got := r.Stats().Panics; got != 1 {
		t.Errorf("%d panics counted, want 1", got)
	}
}

// Shutting down, ingest takes nothing more: the client keeps its message.
func TestWhatIngestDoesNotTakeIsNotAcknowledged(t *testing.T) {
	r := newRig(t, refuseSubmit)
	w := r.connect(t, login{id: "a"})
	w.publish(1, 1, reading, "1")
	if last := w.closed(); last.kind != 0 {
		t.Errorf("got %v, want nothing", last)
	}
}

var errClosing = errors.New("closing")
