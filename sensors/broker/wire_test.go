package broker_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// wire is a client that sends and reads packets byte by byte, whatever a well-behaved one would do.
type wire struct {
	t       testing.TB
	conn    net.Conn
	r       *bufio.Reader
	version byte
}

// login is a CONNECT. Its zero value is MQTT 3.1.1, anonymous, with a new session.
type login struct {
	id, user, password string
	hasPassword        bool // even an empty one
	keep               bool // the session
	version            byte // 4 when zero
	keepAlive          uint16
	will, willPayload  string
	willRetain         bool
	properties         []byte // of MQTT 5
}

func (l login) bytes() []byte {
	name, version, flags := "MQTT", l.version, byte(0)
	if version&0x7f == 3 {
		name = "MQIsdp"
	}
	if !l.keep {
		flags |= 2
	}
	var tail [][]byte
	if l.will != "" {
		flags |= 4
		if l.willRetain {
			flags |= 0x20
		}
		if version == 5 {
			tail = append(tail, []byte{0})
		}
		tail = append(tail, field(l.will), field(l.willPayload))
	}
	if l.user != "" {
		flags |= 0x80
		tail = append(tail, field(l.user))
	}
	if l.password != "" || l.hasPassword {
		flags |= 0x40
		tail = append(tail, field(l.password))
	}
	head := append(field(name), version, flags, byte(l.keepAlive>>8), byte(l.keepAlive))
	if version == 5 {
		head = append(append(head, byte(len(l.properties))), l.properties...)
	}
	return packet(0x10, append([][]byte{head, field(l.id)}, tail...)...)
}

// dial opens a connection and sends nothing.
func (r *rig) dial(t testing.TB) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", r.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	return newWire(t, conn)
}

func newWire(t testing.TB, conn net.Conn) *wire {
	t.Cleanup(func() { _ = conn.Close() })
	return &wire{t: t, conn: conn, r: bufio.NewReader(conn), version: 4}
}

// connect signs a client in.
func (r *rig) connect(t testing.TB, l login) *wire {
	t.Helper()
	w := r.dial(t)
	if present, code := w.connect(l); code != 0 {
		t.Fatalf("CONNECT of %q: code %#x, session present %t", l.id, code, present)
	}
	return w
}

func (w *wire) connect(l login) (present bool, code byte) {
	w.t.Helper()
	if l.version == 0 {
		l.version = 4
	}
	if l.keepAlive == 0 {
		l.keepAlive = 60
	}
	w.version = l.version & 0x7f
	w.send(l.bytes())
	f := w.next(packets.Connack)
	return f.body[0] == 1, f.body[1]
}

func (w *wire) send(parts ...[]byte) {
	w.t.Helper()
	_ = w.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := w.conn.Write(bytes.Join(parts, nil)); err != nil {
		w.t.Fatalf("sending: %v", err)
	}
}

// frame is a packet that came.
type frame struct {
	kind, flags byte
	body        []byte
}

func (f frame) id() uint16 { return binary.BigEndian.Uint16(f.body) }

func (f frame) String() string {
	return fmt.Sprintf("%s %#x %q", packets.PacketNames[f.kind], f.flags, f.body)
}

// next returns the next packet, which must be of that kind.
func (w *wire) next(kind byte) frame {
	w.t.Helper()
	f, err := w.read(patience)
	if err != nil {
		w.t.Fatalf("waiting for %s: %v", packets.PacketNames[kind], err)
	}
	if f.kind != kind {
		w.t.Fatalf("got %v, want %s", f, packets.PacketNames[kind])
	}
	return f
}

func (w *wire) read(limit time.Duration) (f frame, err error) {
	_ = w.conn.SetReadDeadline(time.Now().Add(limit))
	first, err := w.r.ReadByte()
	if err != nil {
		return f, err
	}
	length, _, err := packets.DecodeLength(w.r)
	if err != nil {
		return f, err
	}
	f = frame{kind: first >> 4, flags: first & 15, body: make([]byte, length)}
	_, err = io.ReadFull(w.r, f.body)
	return f, err
}

// message returns the next PUBLISH taken apart.
func (w *wire) message() (m packets.Packet) {
	w.t.Helper()
	f := w.next(packets.Publish)
	m.ProtocolVersion = w.version
	m.FixedHeader = packets.FixedHeader{Type: packets.Publish, Qos: f.flags >> 1 & 3, Retain: f.flags&1 == 1, Dup: f.flags&8 == 8, Remaining: len(f.body)}
	if err := m.PublishDecode(f.body); err != nil {
		w.t.Fatal(err)
	}
	return m
}

// closed waits for the server to close the connection; a packet that comes before is returned.
func (w *wire) closed() (last frame) {
	w.t.Helper()
	for {
		f, err := w.read(patience)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			w.t.Fatal("the connection was not closed")
		case err != nil:
			return last
		}
		last = f
	}
}

// silent checks that all that was sent is read and nothing was answered: the next packet is the answer to a
// ping.
func (w *wire) silent() {
	w.t.Helper()
	w.send([]byte{0xc0, 0})
	w.next(packets.Pingresp)
}

// publish sends a PUBLISH and does not wait.
func (w *wire) publish(qos byte, id uint16, topic, payload string) {
	w.t.Helper()
	w.send(w.publishBytes(qos, false, id, topic, payload))
}

func (w *wire) publishBytes(qos byte, dup bool, id uint16, topic, payload string) []byte {
	if w.version == 5 {
		payload = "\x00" + payload // no properties
	}
	return publishPacket(qos, dup, id, topic, payload)
}

// subscribe asks for filters with a QoS and returns the codes of the answer.
func (w *wire) subscribe(id uint16, qos byte, filters ...string) []byte {
	w.t.Helper()
	body := [][]byte{{byte(id >> 8), byte(id)}}
	if w.version == 5 {
		body = append(body, []byte{0})
	}
	for _, f := range filters {
		body = append(body, field(f), []byte{qos})
	}
	w.send(packet(0x82, body...))
	f := w.next(packets.Suback)
	if f.id() != id {
		w.t.Fatalf("SUBACK %d, want %d", f.id(), id)
	}
	return f.body[len(f.body)-len(filters):]
}

func ack(kind byte, id uint16) []byte {
	first := kind << 4
	if kind == packets.Pubrel {
		first |= 2
	}
	return []byte{first, 2, byte(id >> 8), byte(id)}
}
