package broker_test

import "encoding/binary"

// field encodes a string or bytes with their length in front.
func field(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

// packet puts a fixed header before a body.
func packet(first byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	out := []byte{first}
	for n := len(body); ; {
		b := byte(n & 0x7f)
		if n >>= 7; n > 0 {
			out = append(out, b|0x80)
			continue
		}
		return append(append(out, b), body...)
	}
}

// connectPacket is a CONNECT of MQTT 3.1.1 with a clean session.
func connectPacket(clientID string) []byte {
	return packet(0x10, field("MQTT"), []byte{4, 2, 0, 60}, field(clientID))
}

func publishPacket(qos byte, dup bool, id uint16, topic, payload string) []byte {
	first := byte(0x30) | qos<<1
	if dup {
		first |= 8
	}
	if qos == 0 {
		return packet(first, field(topic), []byte(payload))
	}
	return packet(first, field(topic), binary.BigEndian.AppendUint16(nil, id), []byte(payload))
}
