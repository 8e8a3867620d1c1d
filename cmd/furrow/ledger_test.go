package main

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// ledger counts what all senders of a test were promised, and says when it is enough for this time.
type ledger struct {
	promised atomic.Int64
	target   atomic.Int64
	reached  chan struct{} // has room for one
	draining atomic.Bool   // senders finish what is under way and end
}

func newLedger() *ledger { return &ledger{reached: make(chan struct{}, 1)} }

// expect sets how many promises from now on are enough.
func (l *ledger) expect(n int64) { l.target.Store(l.promised.Load() + n) }

func (l *ledger) note() {
	if l.promised.Add(1) == l.target.Load() {
		l.reached <- struct{}{}
	}
}

// sender is one device. It numbers its readings, remembers which of them the broker has promised to keep,
// and outlives the broker: what was not acknowledged it sends again, as MQTT wants it.
type sender struct {
	id       string
	qos      byte
	dialect  dialect
	ledger   *ledger
	next     int      // number of the next message
	flight   []parcel // sent and not done with, oldest first
	promised []int    // messages that were acknowledged: PUBACK, or PUBREC for QoS 2
}

// parcel is a message under way.
type parcel struct {
	number   int
	id       uint16
	received bool // QoS 2: PUBREC came, PUBCOMP did not
}

// senderWindow is how many messages of a sender are under way at once.
const senderWindow = 20

// run sends until the ledger is drained or the connection breaks.
func (s *sender) run(address string) error {
	conn, err := connectMQTT(address, s.id, "", "", false)
	if err != nil {
		return err
	}
	answers := make(chan packets.ControlPacket)
	go func() {
		defer close(answers)
		for {
			p, err := packets.ReadPacket(conn)
			if err != nil {
				return
			}
			answers <- p
		}
	}()
	err = s.talk(conn, answers)
	_ = conn.Close()
	for range answers { // until the reader has seen it
	}
	return err
}

func (s *sender) talk(conn net.Conn, answers <-chan packets.ControlPacket) error {
	for _, p := range s.flight {
		if err := s.send(conn, p, true); err != nil {
			return err
		}
	}
	for {
		for len(s.flight) < senderWindow && !s.ledger.draining.Load() {
			p := parcel{number: s.next, id: uint16(s.next%65535 + 1)}
			s.next++
			s.flight = append(s.flight, p)
			if err := s.send(conn, p, false); err != nil {
				return err
			}
		}
		if len(s.flight) == 0 {
			return nil
		}
		answer, ok := <-answers
		if !ok {
			return errors.New("the connection broke")
		}
		if err := s.take(conn, answer); err != nil {
			return err
		}
	}
}

func (s *sender) send(conn net.Conn, p parcel, again bool) error {
	if p.received {
		return s.release(conn, p.id)
	}
	topic, payload := s.dialect.message(s.id, p.number)
	m := newPublish(topic, payload, s.qos, p.id)
	m.Dup = again
	_, err := conn.Write(encoded(m))
	return err
}

func (s *sender) release(conn net.Conn, id uint16) error {
	r := packets.NewControlPacket(packets.Pubrel).(*packets.PubrelPacket)
	r.MessageID = id
	return r.Write(conn)
}

// take enters an answer into the ledger.
func (s *sender) take(conn net.Conn, answer packets.ControlPacket) error {
	id := answer.Details().MessageID
	for i := range s.flight {
		p := &s.flight[i]
		if p.id != id {
			continue
		}
		switch answer.(type) {
		case *packets.PubackPacket:
			s.promise(p.number)
			s.flight = append(s.flight[:i], s.flight[i+1:]...)
		case *packets.PubrecPacket:
			if !p.received {
				p.received = true
				s.promise(p.number)
			}
			return s.release(conn, id)
		case *packets.PubcompPacket:
			s.flight = append(s.flight[:i], s.flight[i+1:]...)
		default:
			return fmt.Errorf("%s: unexpected %v", s.id, answer)
		}
		return nil
	}
	return fmt.Errorf("%s: an answer for packet %d, which is not under way: %v", s.id, id, answer)
}

func (s *sender) promise(number int) {
	s.promised = append(s.promised, number)
	s.ledger.note()
}

// dialect is a way to write the message with a number. Every message holds the readings 2·number and
// 2·number+1 of CO₂, or the first of them alone.
type dialect struct {
	name    string
	pairs   bool
	message func(id string, number int) (topic, payload string)
}

// values are the readings in a message.
func (d dialect) values(number int) []float64 {
	if d.pairs {
		return []float64{float64(2 * number), float64(2*number + 1)}
	}
	return []float64{float64(2 * number)}
}

// dialects are ways to send, with and without a time of the device's own.
func dialects() []dialect {
	begin := time.Now().Add(-20 * 24 * time.Hour).Truncate(time.Second).UTC()
	at := func(n int) string { return begin.Add(time.Duration(n) * time.Second).Format(time.RFC3339) }
	return []dialect{
		{"plain", false, func(id string, n int) (string, string) { return "farm/crash/" + id + "/co2", fmt.Sprint(2 * n) }},
		{"timed", false, func(id string, n int) (string, string) {
			return "farm/crash/" + id, fmt.Sprintf(`{"time":%q,"co2":%d}`, at(n), 2*n)
		}},
		{"backlog", true, func(id string, n int) (string, string) {
			return "farm/crash/" + id, fmt.Sprintf(`[{"time":%q,"co2":%d},{"time":%q,"co2":%d}]`, at(2*n), 2*n, at(2*n+1), 2*n+1)
		}},
		{"tasmota", false, func(id string, n int) (string, string) {
			return "tele/" + id + "/SENSOR", fmt.Sprintf(`{"Time":"2026-03-01T12:00:00","SCD40":{"CarbonDioxide":%d}}`, 2*n)
		}},
		{"zigbee2mqtt", false, func(id string, n int) (string, string) {
			return "zigbee2mqtt/" + id, fmt.Sprintf(`{"co2":%d,"linkquality":90}`, 2*n)
		}},
	}
}
