package notify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"furrow/sensors"
)

func TestEveryKindIsWhole(t *testing.T) {
	for _, k := range Kinds() {
		if k.Label == "" || k.Asks == "" || k.Help == "" || k.Example == "" || k.Wrong == "" {
			t.Errorf("%s lacks words: %+v", k.Kind, k)
		}
		if _, err := read(sensors.Channel{Kind: k.Kind, Target: k.Example}); err != nil && k.Kind != "webpush" {
			t.Errorf("%s does not take its own example %q: %v", k.Kind, k.Example, err)
		}
		switch _, posted := posts[k.Kind]; k.Kind {
		case "email", "mqtt", "webpush", "webhook":
		default:
			if !posted {
				t.Errorf("%s cannot be sent", k.Kind)
			}
		}
	}
}

func TestTargetsThatCannotBeRead(t *testing.T) {
	for kind, targets := range map[string][]string{
		"email":    {"ann", "ann@", "a@b.c, d@e.f", "a@b.c\r\nBcc: x@y.z"},
		"webhook":  {"example.com", "ftp://example.com", "https://", "javascript:alert(1)", "https://exa mple.com", "//example.com/x", "file:///etc/passwd"},
		"ntfy":     {"two words", "https://ntfy.sh/", "https://ntfy.sh", "https://ntfy.sh/topic?x=1", "https://ntfy.sh/a/%2e%2e"},
		"telegram": {"123456:AAE", "123456:AAExampleExampleExampleExampleExam@", "token@1", "123456:AAExampleExampleExample/../Exam@1"},
		"pushover": {"short@short", "azGDORePK8gMaC0QOYAMyEEuzJnyUi"},
		"sms":      {"AC0123456789abcdef0123456789abcdef:t@+15550100", "AC0123456789abcdef0123456789abcdef@+15550100/+15550199", "AC1/../x:t@+15550100/+15550199"},
		"signal":   {"https://signal.example.com/+15550100", "/+15550100/+15550199", "https://signal.example.com/5550100/+15550199"},
		"slack":    {"http://hooks.slack.com/services/T/B/X", "https://user:pass@hooks.slack.com/x"},
		"matrix":   {"https://matrix.example.org/!room:example.org", "https://tok@matrix.example.org/", "http://tok@matrix.example.org/!room:example.org"},
		"gotify":   {"https://gotify.example.org"},
		"mqtt":     {"a/+/b", "#", "$SYS/x", "a b c d", strings.Repeat("x", 201)},
		"webpush":  {"{}", "https://push.example.com", `{"endpoint":"x","keys":{"p256dh":"a","auth":"b"}}`},
		"pigeon":   {"anything"},
	} {
		for _, target := range append(targets, "", "  ", strings.Repeat("x", maxTarget+1), "a\x00b") {
			var bad sensors.Invalid
			if _, err := read(sensors.Channel{Kind: kind, Target: target}); !errors.As(err, &bad) || bad.Error() == "" {
				t.Errorf("%s takes %.60q: %v", kind, target, err)
			}
		}
	}
}

func TestRedactedTargetsHoldNoSecret(t *testing.T) {
	for kind, tc := range map[string]struct{ target, secret, want string }{
		"email":    {"ann.miller@example.com", "miller", "a…@example.com"},
		"webhook":  {"https://u:hunter2secret@example.com/hook/AbCdEf?key=GhIjKl", "hunter2secret", "example.com/…"},
		"ntfy":     {"our-secret-topic", "our-secret-topic", "ntfy.sh/…"},
		"telegram": {"123456:AAExampleExampleExampleExampleExam@-100987", "AAExample", "chat -100987"},
		"pushover": {"azGDORePK8gMaC0QOYAMyEEuzJnyUi@uQiRzpo4DXghDmr9QzzfQu27cmVRsG", "azGDO", "…VRsG"},
		"sms":      {"AC0123456789abcdef0123456789abcdef:thetoken@+15550100/+15550199", "thetoken", "…0199"},
		"signal":   {"https://signal.example.com/+15550100/+15550199", "+15550100", "signal.example.com …0199"},
		"slack":    {"https://hooks.slack.com/services/T000/B000/XXXX", "XXXX", "hooks.slack.com/…"},
		"matrix":   {"https://syt_token@matrix.example.org/!room:example.org", "syt_token", "matrix.example.org/…"},
		"gotify":   {"https://AppToken@gotify.example.org", "AppToken", "gotify.example.org/…"},
		"mqtt":     {"cmnd/siren/POWER ON OFF", "OFF", "cmnd/siren/POWER"},
		"slacker":  {"whatever-secret", "secret", "…"},
	} {
		if got := Redact(kind, tc.target); got != tc.want || strings.Contains(got, tc.secret) {
			t.Errorf("Redact(%s) = %q, want %q", kind, got, tc.want)
		}
	}
}

func TestSirenWords(t *testing.T) {
	for target, want := range map[string][2]string{
		"siren":                                {"ON", "OFF"},
		"siren 1":                              {"1", "OFF"},
		"siren 1 0":                            {"1", "0"},
		" siren  1 0":                          {"1", "0"},
		`z/set {"state":"ON"} {"state":"OFF"}`: {`{"state":"ON"}`, `{"state":"OFF"}`},
	} {
		for firing, word := range map[int]string{2: want[0], 0: want[1]} {
			var got string
			s := NewSender(Options{Publish: func(_ context.Context, _ string, payload []byte) error { got = string(payload); return nil }})
			if err := s.Send(t.Context(), sensors.Channel{Kind: "mqtt", Target: target}, Message{StillFiring: firing}); err != nil || got != word {
				t.Errorf("%q with %d firing publishes %q, %v; want %q", target, firing, got, err, word)
			}
		}
	}
}
