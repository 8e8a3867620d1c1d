package payload

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestTemplates(t *testing.T) {
	const object = `{"a":{"b":21.456},"s":"12.5","event":"S","list":[1,2],"null":null,"yes":true,"zero":0,"wifi-sta":{"rssi":-61},"x.y":7}`
	for _, c := range []struct{ template, value, want string }{
		{"{{ value }}", "21.4", "21.4"},
		{"{{value|float|round(1)}}", "21.37", "21.4"},
		{"{{ value | float | round }}", "92.4", "92"},
		{"{{ value_json.a.b | round(2) }}", object, "21.46"},
		{`{{ value_json["a"]['b'] }}`, object, "21.456"},
		{"{{ value_json['wifi-sta'].rssi }}", object, "-61"},
		{"{{ value_json['x.y'] }}", object, "7"},
		{"{{ value_json.get('s') | int }}", object, "12"},
		{"{{ value_json.get('none', 5) }}", object, "5"},
		{"{{ value_json.list[1] }}", object, "2"},
		{"{{ (value|float/60/1000)|round(2) }}", "120000", "2"},
		{"{{ float(value) * 99 + 1 }}", "0.5", "50.5"},
		{"{{ (float(value|float) * 3.6) | round(2) }}", "2.5", "9"},
		{"{{ 2 + 3 * 4 - 10 / 4 }}", "", "11.5"},
		{"{{ 10 - value | float | round }}", "2.6", "7"}, // filters bind first
		{"{{ -value_json.zero + 7 // 2 % 2 }}", object, "1"},
		{"{% if value_json.event == 'S' %}ON{% else %}OFF{% endif %}", object, "ON"},
		{"{%- if value_json.zero > 3 -%}a{% elif value_json.yes and not value_json.zero %}b{%- endif %}", object, "b"},
		{"{{ 'ON' if value_json.event in ['S', 'L'] else 'OFF' }}", object, "ON"},
		{"{{ iif(1) }}", "", "outside"},
		{"{{ (value_json.yes) | iif('ON', 'OFF') }}", object, "ON"},
		{"{{ value_json.missing | default('none') }}", object, "none"},
		{"{{ value_json.missing | is_defined }}", object, "nothing"},
		{"{{ value_json.missing }}", object, "nothing"},
		{"{{ value_json.a is defined and value_json.missing is not defined }}", object, "True"},
		{"{{ value_json.null }}", object, "None"},
		{"{{ value.split(';')[1] | float(0) }}", "1;2.5;3", "2.5"},
		{"{{ value | lower | replace('a', 'b') ~ '!' }}", "AA", "bb!"},
		{"{{ 1 / 0 }}", "", "nothing"},
		{"{{ value | float }}", "warm", "nothing"},
		{"{{ value_json.a }}", "no json", "nothing"},
		{"{{ value_json }}", "21.5", "21.5"},
		{"about { 5 }", "", "about { 5 }"},
		{"{{ now().hour }}", "", "outside"}, {"{{ states('sensor.x') }}", "", "outside"}, {"{{ value | regex_replace('a') }}", "", "outside"},
		{"{% for x in value_json %}{% endfor %}", "", "outside"}, {"{% if value %}", "", "outside"}, {"{{ value", "", "outside"}, {"{{ value ) }}", "", "outside"},
		{"{% endif %}", "", "outside"}, {"{{ 'a\\'b' }}", "", "outside"}, {strings.Repeat("{{ value }}", 200), "", "outside"}, {"{{ " + strings.Repeat("(", 400) + " }}", "", "outside"},
	} {
		got := "outside"
		if compiled, err := compile(c.template); err == nil {
			text, ok := compiled.evaluate(scope{text: c.value, json: bareJSON(c.value)})
			if got = text; !ok {
				got = "nothing"
			}
		}
		if got != c.want {
			t.Errorf("%.60s of %s: got %q, want %q", c.template, c.value, got, c.want)
		}
	}
}

func TestKeysOfTemplates(t *testing.T) {
	for _, c := range [][2]string{{"{{ value_json.a.b | x }}", "a.b"}, {`{{ f(value_json["a"]['b c']) }}`, "a.b c"}, {"{{ value_json.get('rssi') }}", "rssi"}, {"{{ value }}", ""},
		{"{{ value_json", ""}, {"{{ value_json['a }}", ""}} {
		if got := templateKey(c[0]); got != c[1] {
			t.Errorf("%s: got %q, want %q", c[0], got, c[1])
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"{{ value|float|round(1) }}", "{% if value_json.a == 'S' %}ON{% elif 1 in [1] %}x{% else %}OFF{% endif %}", "{{ value_json.get('a', 1)[0] ~ 'x' if not value else -3 // 2 }}",
		"{{ value.split(',')[2] }}", "{%-if a-%}", "{{ ((((", "{{ value | replace('', value) }}", "{{ not not not value }}"} {
		f.Add(seed, `{"a":[1,"S",null,{"b":true}]}`)
	}
	f.Fuzz(func(t *testing.T, source, payload string) {
		compiled, err := compile(source)
		if key := templateKey(source); key != "" {
			if _, err := compile(keyTemplate(key)); err != nil && len(key) < 100 && !strings.ContainsAny(key, `"\`) {
				t.Errorf("%q: no template of its key %q", source, key)
			}
		}
		if err != nil || len(payload) > maxEvaluated {
			return
		}
		text, _ := compiled.evaluate(scope{text: payload, json: bareJSON(payload)})
		if len(text) > len(source)+2*maxEvaluated+maxWritten {
			t.Errorf("%q of %d bytes gave %d bytes", source, len(payload), len(text))
		}
	})
}

func TestBareJSON(t *testing.T) {
	if got := bareJSON("21.5"); got.Type != gjson.Number || bareJSON("{").Exists() || bareJSON("").Exists() {
		t.Errorf("got %v", got)
	}
}
