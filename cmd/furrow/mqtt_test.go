package main

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// mqttClient is a small MQTT 3.1.1 client that does one thing at a time.
type mqttClient struct {
	t    testing.TB
	conn net.Conn
	next uint16
}

// dial connects to a server's broker, with credentials if there are any.
func dial(t testing.TB, s *server, id, username, password string) *mqttClient {
	t.Helper()
	c, err := connectMQTT(s.mqtt, id, username, password, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &mqttClient{t: t, conn: c}
}

// connectMQTT opens a connection and waits until it is let in.
func connectMQTT(address, id, username, password string, clean bool) (net.Conn, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.CleanSession, hello.ClientIdentifier, hello.Keepalive = "MQTT", 4, clean, id, 60
	if username != "" {
		hello.UsernameFlag, hello.Username, hello.PasswordFlag, hello.Password = true, username, true, []byte(password)
	}
	_ = conn.SetDeadline(time.Now().Add(hang))
	err = hello.Write(conn)
	if err == nil {
		var answer packets.ControlPacket
		if answer, err = packets.ReadPacket(conn); err == nil {
			if ack, ok := answer.(*packets.ConnackPacket); !ok || ack.ReturnCode != packets.Accepted {
				err = packets.ConnErrors[packets.ErrRefusedNotAuthorised]
			}
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func newPublish(topic, payload string, qos byte, id uint16) *packets.PublishPacket {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload, p.Qos, p.MessageID = topic, []byte(payload), qos, id
	return p
}

// publish sends a message and, with QoS 1, waits for its acknowledgement.
func (c *mqttClient) publish(topic, payload string, qos byte) {
	c.t.Helper()
	c.next++
	if err := newPublish(topic, payload, qos, c.next).Write(c.conn); err != nil {
		c.t.Fatal(err)
	}
	if qos == 0 {
		return
	}
	answer, err := packets.ReadPacket(c.conn)
	if err != nil {
		c.t.Fatalf("%s was not acknowledged: %v", topic, err)
	}
	if ack, ok := answer.(*packets.PubackPacket); !ok || ack.MessageID != c.next {
		c.t.Fatalf("%s: got %v instead of its acknowledgement", topic, answer)
	}
}

// encoded returns the bytes of a packet.
func encoded(p packets.ControlPacket) []byte {
	var b bytes.Buffer
	_ = p.Write(&b) // a buffer takes everything
	return b.Bytes()
}
