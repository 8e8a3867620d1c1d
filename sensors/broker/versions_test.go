package broker_test

import (
	"fmt"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/mochi-mqtt/server/v2/packets"
)

// paho is a real client of MQTT 3.1 (3) or 3.1.1 (4).
func (r *rig) paho(t *testing.T, version uint, id, user string) mqtt.Client {
	t.Helper()
	o := mqtt.NewClientOptions().AddBroker("tcp://" + r.Address().String()).SetProtocolVersion(version).SetClientID(id).
		SetAutoReconnect(false).SetConnectTimeout(patience)
	if user != "" {
		o.SetUsername(user).SetPassword("secret")
	}
	c := mqtt.NewClient(o)
	wait(t, c.Connect())
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

func wait(t *testing.T, token mqtt.Token) {
	t.Helper()
	if !token.WaitTimeout(patience) {
		t.Fatal("no answer")
	}
	if err := token.Error(); err != nil {
		t.Fatal(err)
	}
}

func TestRealClientsOfOlderVersions(t *testing.T) {
	r := newRig(t)
	for _, version := range []uint{3, 4} {
		for qos := byte(0); qos <= 2; qos++ {
			topic := fmt.Sprintf("farm/v%d/q%d/temperature", version, qos)
			got := make(chan mqtt.Message, 8)
			reader := r.paho(t, version, fmt.Sprintf("reader-%d-%d", version, qos), "reader")
			wait(t, reader.Subscribe(topic, qos, func(_ mqtt.Client, m mqtt.Message) { got <- m }))
			device := r.paho(t, version, fmt.Sprintf("device-%d-%d", version, qos), "")
			for n := range 3 {
				wait(t, device.Publish(topic, qos, false, fmt.Sprint(20+n)))
			}
			for n := range 3 {
				select {
				case m := <-got:
					if string(m.Payload()) != fmt.Sprint(20+n) || m.Qos() != qos || m.Retained() {
						t.Errorf("version %d QoS %d: got %s, QoS %d, retained %t", version, qos, m.Payload(), m.Qos(), m.Retained())
					}
				case <-time.After(patience):
					t.Fatalf("version %d QoS %d: message %d did not come", version, qos, n)
				}
			}
			if n := len(r.ingest.deliveries(topic)); n != 3 {
				t.Errorf("version %d QoS %d: %d deliveries, want 3", version, qos, n)
			}
		}
	}
}

func TestMQTT5(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "reader", user: "reader", password: "secret", version: 5})
	if got := reader.subscribe(1, 2, "farm/#"); got[0] != 2 {
		t.Fatalf("granted %d, want 2", got[0])
	}
	device := r.connect(t, login{id: "device", version: 5})
	contentType := []byte{0x03, 0, 4, 't', 'e', 'x', 't'}
	user := append([]byte{0x26}, append(field("unit"), field("C")...)...)
	properties := append(append([]byte{byte(len(contentType) + len(user))}, contentType...), user...)
	for qos := byte(0); qos <= 2; qos++ {
		device.send(publishPacket(qos, false, 5, reading, string(properties)+"21.5"))
		switch qos {
		case 1:
			device.next(packets.Puback)
		case 2:
			device.next(packets.Pubrec)
			device.send(ack(packets.Pubrel, 5))
			device.next(packets.Pubcomp)
		}
		m := reader.message()
		if m.FixedHeader.Qos != qos || string(m.Payload) != "21.5" || m.Properties.ContentType != "text" || len(m.Properties.User) != 1 || m.Properties.MessageExpiryInterval != 0 {
			t.Errorf("QoS %d: got %+v", qos, m)
		}
		switch qos {
		case 1:
			reader.send(ack(packets.Puback, m.PacketID))
		case 2:
			reader.send(ack(packets.Pubrec, m.PacketID))
			reader.next(packets.Pubrel)
			reader.send(ack(packets.Pubcomp, m.PacketID))
		}
	}
}

// The answer to CONNECT tells clients of MQTT 5 what the broker enforces.
func TestConnackTellsTheLimits(t *testing.T) {
	r := newRig(t)
	w := r.dial(t)
	w.send(login{id: "a", version: 5}.bytes()) // keep-alive 0
	var pk packets.Packet
	pk.ProtocolVersion, pk.FixedHeader.Type = 5, packets.Connack
	if err := pk.ConnackDecode(w.next(packets.Connack).body); err != nil {
		t.Fatal(err)
	}
	if p := pk.Properties; p.MaximumPacketSize != 256<<10 || p.ReceiveMaximum != 512 || p.TopicAliasMaximum != 0 || p.ServerKeepAlive != 600 {
		t.Errorf("got %+v", p)
	}
}

func TestSubscribersGetMessagesAfterTheCommit(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "reader", user: "reader", password: "secret"})
	reader.subscribe(1, 0, "#")
	r.ingest.hold()
	device := r.connect(t, login{id: "device"})
	device.publish(1, 1, reading, "21.5")
	device.publish(0, 0, reading, "21.6")
	r.ingest.await(t, 2)
	reader.silent()
	r.ingest.release(t, 2, nil)
	for _, want := range []string{"21.5", "21.6"} {
		if m := reader.message(); string(m.Payload) != want {
			t.Errorf("got %s, want %s", m.Payload, want)
		}
	}
	device.next(packets.Puback)
}

// Another broker that forwards to this one is not sent its own messages back, and what it repeats is not new.
func TestABridge(t *testing.T) {
	r := newRig(t)
	bridge := r.connect(t, login{id: "bridge", user: "app", password: "secret", version: 0x84})
	bridge.subscribe(1, 1, "farm/#")
	other := r.connect(t, login{id: "other"})
	bridge.publish(1, 1, reading, "1")
	bridge.next(packets.Puback)
	other.publish(1, 1, reading, "2")
	other.next(packets.Puback)
	if m := bridge.message(); string(m.Payload) != "2" {
		t.Errorf("the bridge got %s back", m.Payload)
	}
}

// Mochi drops what its queue for a client does not hold; a batch may be longer than that.
func TestSubscribersGetAllOfALargeBatch(t *testing.T) {
	r := newRig(t)
	reader := r.connect(t, login{id: "reader", user: "reader", password: "secret"})
	reader.subscribe(1, 0, "farm/#")
	r.ingest.hold()
	const clients, each = 10, 500
	for n := range clients {
		w := r.connect(t, login{id: fmt.Sprint("device", n)})
		for id := uint16(1); id <= each; id++ {
			w.publish(1, id, reading, fmt.Sprint(id))
		}
	}
	r.ingest.release(t, clients*each, nil)
	for n := range clients * each {
		if f, err := reader.read(patience); err != nil || f.kind != packets.Publish {
			t.Fatalf("after %d messages: %v, %v", n, f, err)
		}
	}
}
