package broker_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"furrow/sensors/broker"
)

// packetZoo is one of everything that a client may send, and some things that it may not.
func packetZoo(version byte) [][]byte {
	p := ""
	if version == 5 {
		p = "\x00"
	}
	l := login{id: "zoo", version: version, keepAlive: 60, will: "farm/a/b", willPayload: "x", user: "node1", password: "secret"}
	return [][]byte{
		l.bytes(), login{id: "", version: version}.bytes(), login{id: "zoo", version: version, keep: true}.bytes(),
		publishPacket(0, false, 0, "farm/a/b/temperature", p+"21.5"),
		publishPacket(1, false, 1, "farm/a/b", p+`{"temperature":21.5,"time":1700000000}`),
		publishPacket(2, true, 2, "tele/x/SENSOR", p+`{"Time":"2026-01-01T00:00:00","AM2301":{"Temperature":1}}`),
		publishPacket(1, false, 3, "\u202e/\uffff", p+"\x00\xff"), publishPacket(3, false, 3, "a", p+"1"), publishPacket(1, false, 0, "a", p+"1"),
		publishPacket(1, false, 4, "", p+"1"), publishPacket(1, false, 4, strings.Repeat("/", 3000), p+"1"),
		ack(packets.Puback, 1), ack(packets.Pubrec, 1), ack(packets.Pubrel, 2), ack(packets.Pubcomp, 1), ack(packets.Pubrel, 0),
		packet(0x82, []byte{0, 1}, []byte(p), field("farm/#"), []byte{1}), packet(0x82, []byte{0, 1}, []byte(p)),
		packet(0x82, []byte{0, 1}, []byte(p), field("$share/g/a"), []byte{1}), packet(0x82, []byte{0, 1}, []byte(p), field("$share"), []byte{1}),
		packet(0x82, []byte{0, 1}, []byte(p), field("a/#/b"), []byte{3}), packet(0x82, []byte{0, 0}, []byte(p), field("a"), []byte{1}),
		packet(0xa2, []byte{0, 1}, []byte(p), field("farm/#")), packet(0xa2, []byte{0, 1}),
		{0xc0, 0}, {0xd0, 0}, {0xe0, 0}, {0xf0, 0}, {0xf0, 2, 0x18, 0}, {0x00, 0}, {0x20, 2, 0, 0}, {0x90, 3, 0, 1, 0}, {0xb0, 2, 0, 1},
		packet(0xe0, []byte{4, 0}), packet(0x32, field("a"), []byte{0, 1, 3, 0x23, 0, 1}), packet(0x32, field("a"), []byte{0, 1, 2, 0x0b, 1}),
	}
}

// mutate damages a packet in one of the ways in which packets are damaged.
func mutate(rng *rand.Rand, p []byte) []byte {
	p = append([]byte(nil), p...)
	switch rng.IntN(6) {
	case 0:
		return p[:rng.IntN(len(p)+1)]
	case 1:
		p[rng.IntN(len(p))] ^= 1 << rng.IntN(8)
	case 2:
		p[rng.IntN(len(p))] = byte(rng.IntN(256))
	case 3:
		at := rng.IntN(len(p))
		p = append(p[:at], append([]byte{byte(rng.IntN(256))}, p[at:]...)...)
	case 4:
		if len(p) > 2 { // the length still fits, and what it counts is cut
			cut := rng.IntN(len(p) - 1)
			p = append([]byte{p[0], byte(cut)}, p[2:min(len(p), 2+cut)]...)
		}
	}
	return p
}

// A few thousand whole and damaged packets, in and out of place. A well-behaved client is served all the time.
func TestDamagedPacketsHurtNobodyElse(t *testing.T) {
	r := newRig(t)
	probe := r.connect(t, login{id: "probe", user: "app", password: "secret"})
	probe.subscribe(1, 0, "probe")
	rng := rand.New(rand.NewPCG(1, 2))
	const connections, each = 400, 8
	for n := range connections {
		version := []byte{3, 4, 5}[n%3]
		zoo := packetZoo(version)
		w := r.dial(t)
		if n%8 > 0 {
			w.send(login{id: fmt.Sprint("fuzz", n%5), user: []string{"", "node1", "app"}[rng.IntN(3)], password: "secret", version: version, keepAlive: 1}.bytes())
		}
		for range each {
			p := zoo[rng.IntN(len(zoo))]
			if rng.IntN(3) > 0 {
				p = mutate(rng, p)
			}
			if _, err := w.conn.Write(p); err != nil {
				break // cut already
			}
		}
		if n%20 == 0 {
			probe.publish(1, 1, "probe", fmt.Sprint(n))
			for range 2 { // the answer and the message, in any order
				if _, err := probe.read(3 * time.Second); err != nil {
					t.Fatalf("after %d connections: %v", n, err)
				}
			}
		}
		_ = w.conn.Close()
	}
	eventually(t, func() bool { return r.Stats().Connections == 1 }, "the damaged connections to end")
	probe.silent()
	t.Logf("panics of the library: %d", r.Stats().Panics)
}

// FuzzStream sends bytes as they come, on a fresh connection and on one that has signed in.
func FuzzStream(f *testing.F) {
	for _, version := range []byte{4, 5} {
		for _, p := range packetZoo(version) {
			f.Add(p, version)
		}
	}
	r := newRig(f)
	f.Fuzz(func(t *testing.T, stream []byte, version byte) {
		raw := r.dial(t)
		_, _ = raw.conn.Write(stream)
		w := r.dial(t)
		w.send(login{id: "fuzz", version: []byte{3, 4, 5}[version%3], keepAlive: 60}.bytes())
		w.next(packets.Connack)
		_, _ = w.conn.Write(stream)
		_, _ = raw.conn.Close(), w.conn.Close()
		r.connect(t, login{id: "probe"}).silent()
	})
}

func TestAFloodOfConnections(t *testing.T) {
	r := newRig(t, func(o *broker.Options, _ *broker.Limits) { o.MaxConnections = 100 })
	var flood []net.Conn
	for range 400 {
		if conn, err := net.Dial("tcp", r.Address().String()); err == nil {
			flood = append(flood, conn)
		}
	}
	eventually(t, func() bool { return r.Stats().Connections == 100 && r.Stats().Refused == uint64(len(flood)-100) }, "the rest of the flood to be refused")
	for _, conn := range flood {
		_ = conn.Close()
	}
	eventually(t, func() bool { // once some of it is gone
		w := r.dial(t)
		w.send(connectPacket("a"))
		_, err := w.read(patience)
		return err == nil
	}, "a client to be served")
}

func TestTheLargestPacket(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a"})
	w.publish(1, 1, reading, strings.Repeat(" ", 256<<10-len(reading)-10)+"21.5")
	w.next(packets.Puback)
	w.publish(1, 2, reading, strings.Repeat(" ", 256<<10)+"21.5")
	w.closed()
}

func TestASecondConnectEndsTheLink(t *testing.T) {
	r := newRig(t)
	w := r.connect(t, login{id: "a"})
	w.send(login{id: "b", version: 4}.bytes())
	w.closed()
}
