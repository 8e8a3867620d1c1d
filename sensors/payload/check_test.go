package payload

import (
	"testing"
	"unicode/utf8"

	"furrow/sensors"
)

// decode reads one message of an anonymous client.
func decode(d *Decoder, topic, payload string) sensors.Decoded {
	return d.Decode(Message{Topic: topic, Payload: []byte(payload), At: noon, Source: sensors.Source{ClientID: "client-1"}})
}

// talk sends messages, each a topic, a payload and what is to be read of it, to one decoder in turn.
func talk(t *testing.T, messages [][3]string) {
	t.Helper()
	d := New()
	for _, m := range messages {
		if got := read(d, m[0], m[1]); got != m[2] {
			t.Errorf("%s %s\n got %s\nwant %s", m[0], m[1], got, m[2])
		}
	}
}

// checkSound holds a result against what every result keeps, whatever the message was: the rooms behind
// this one rely on it.
func checkSound(t *testing.T, out sensors.Decoded) {
	t.Helper()
	if len(out.Observations) > maxObservations || len(out.Descriptions) > maxObservations {
		t.Errorf("%d observations, %d descriptions, want at most %d", len(out.Observations), len(out.Descriptions), maxObservations)
	}
	for _, o := range out.Observations {
		checkKey(t, o.Device)
		if !finite(o.Value) || sentinel(o.Metric, o.Value) {
			t.Errorf("%+v: the value is no number that can be stored", o)
		}
		if o.Quality == sensors.Good && !o.Metric.Info().Plausible(o.Value) {
			t.Errorf("%+v: good, but not plausible", o)
		}
		if o.Metric == "" || !o.Metric.Known() && ownMetric(string(o.Metric)) != o.Metric {
			t.Errorf("%+v: neither a known metric nor a clean name", o)
		}
		if o.At != 0 && (o.At < 1000*absolute || o.At > sensors.MilliOf(noon)+86_400_000) {
			t.Errorf("%+v: the time cannot be", o)
		}
		if !utf8.ValidString(o.Channel) {
			t.Errorf("%+v: the channel is not text", o)
		}
	}
	for _, p := range out.Presences {
		checkKey(t, p.Device)
	}
	for _, about := range out.Descriptions {
		checkKey(t, about.Device)
	}
	if out.Problem != "" && !utf8.ValidString(out.Problem) {
		t.Errorf("problem %q is not text", out.Problem)
	}
}

// checkKey checks that a device's key can be stored, shown and found again.
func checkKey(t *testing.T, key string) {
	t.Helper()
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) || cleanKey(key) != key {
		t.Errorf("key %q is empty, too long or not clean", key)
	}
}
