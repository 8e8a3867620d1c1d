package payload

import (
	"strings"

	"github.com/tidwall/gjson"

	"furrow/sensors"
)

// abbreviations are the short forms of the keys that are read here.
var abbreviations = map[string]string{"state_topic": "stat_t", "value_template": "val_tpl", "state_value_template": "stat_val_tpl", "unit_of_measurement": "unit_of_meas",
	"device_class": "dev_cla", "state_class": "stat_cla", "unique_id": "uniq_id", "object_id": "obj_id", "default_entity_id": "def_ent_id", "entity_category": "ent_cat",
	"payload_on": "pl_on", "payload_off": "pl_off", "state_on": "stat_on", "state_off": "stat_off", "state_open": "stat_open", "state_closed": "stat_clsd",
	"availability": "avty", "availability_topic": "avty_t", "availability_mode": "avty_mode", "availability_template": "avty_tpl", "payload_available": "pl_avail",
	"payload_not_available": "pl_not_avail", "device": "dev", "identifiers": "ids", "connections": "cns", "manufacturer": "mf", "model": "mdl", "platform": "p",
	"components": "cmps", "topic": "t"}

// config is one announcement, or one component of a device's, with the defaults of the device.
type config struct{ own, shared map[string]gjson.Result }

// get returns the value of a key in either form.
func (c config) get(key string) gjson.Result {
	for _, object := range []map[string]gjson.Result{c.own, c.shared} {
		if v, ok := object[key]; ok {
			return v
		}
		if short := abbreviations[key]; short != "" {
			if v, ok := object[short]; ok {
				return v
			}
		}
	}
	return gjson.Result{}
}

// text returns a text, or what stands for it when there is none.
func (c config) text(key, otherwise string) string {
	if v := c.get(key); v.Type == gjson.String || v.Type == gjson.Number || v.IsBool() {
		return v.String()
	}
	return otherwise
}

// topic returns a topic, with the base that ~ stands for.
func (c config) topic(text string) string {
	base := c.text("~", "")
	if after, ok := strings.CutPrefix(text, "~"); ok {
		text = base + after
	} else if before, ok := strings.CutSuffix(text, "~"); ok {
		text = before + base
	}
	if text = strings.Trim(text, "/"); len(text) > maxTopic {
		return ""
	}
	return text
}

// learnAnnounced takes over an announcement.
func (d *Decoder) learnAnnounced(m *message) {
	c := config{own: m.root.Map()}
	kind, node := m.last(2), ""
	if !components[kind] {
		kind, node = m.last(3), m.last(2)
	}
	var list []*entity
	if kind == "device" {
		count := 0
		c.get("components").ForEach(func(name, component gjson.Result) bool {
			one := config{own: component.Map()}
			if kind := one.text("platform", ""); len(one.own) > 1 { // the platform alone takes a component back
				list = append(list, d.entity(m, config{one.own, c.own}, kind, "", name.Str))
			}
			count++
			return count < maxComponents
		})
	} else {
		list = append(list, d.entity(m, c, kind, node, m.last(1)))
	}
	d.announce.replace(m.Topic, list)
	for _, e := range list {
		for _, l := range e.livesList() {
			if base, ok := strings.CutSuffix(l.topic, "/bridge/state"); ok {
				d.learnBridge(base)
			}
		}
	}
	d.announce.announced(m.Source.Key, identifier(c))
	d.describeAnnounced(m, c, list)
}

// describeAnnounced passes on what an announcement says about its device.
func (d *Decoder) describeAnnounced(m *message, c config, list []*entity) {
	about := config{own: c.get("device").Map()}
	for _, e := range list {
		if e.state == "" || strings.ContainsAny(e.state, "+#") && e.device == "" {
			continue
		}
		state, gateway := topicMessage(m, e.state), about.text("via_device", "")
		if native, _ := d.native(state); native != "" {
			gateway = "" // its own messages tell that better
		}
		m.describe(sensors.Description{Device: d.deviceOf(m, e, state), Name: about.text("name", ""), Gateway: gateway,
			Model: strings.TrimSpace(about.text("manufacturer", "") + " " + about.text("model", ""))})
		return
	}
}

// identifier returns what identifies the device of an announcement, "" when nothing does.
func identifier(c config) string {
	device := config{own: c.get("device").Map()}
	ids := device.get("identifiers")
	if ids.IsArray() {
		ids = ids.Get("0")
	}
	if id := ids.String(); id != "" {
		return id
	}
	if id := device.get("connections").Get("0.1").String(); id != "" {
		return id
	}
	return device.text("name", "")
}

// entity makes the entity of an announcement. Those that have no state, or that are no sensors or switches,
// keep no metric.
func (d *Decoder) entity(m *message, c config, kind, node, object string) *entity {
	state := c.topic(c.text("state_topic", ""))
	e := &entity{config: m.Topic, id: c.text("unique_id", object), object: object, state: state, node: node, kind: kind, device: identifier(c)}
	if strings.Contains(state, "#") || strings.HasSuffix(state, "+") {
		e.state = "" // matches what nobody can know
	}
	source := c.text("value_template", c.text("state_value_template", ""))
	key := ""
	if source != "" {
		key = templateKey(source)
		var err error
		if e.template, err = compile(source); err != nil {
			e.guessed = true
			e.template, _ = compile(keyTemplate(key))
		}
	}
	e.on, e.off = c.text("state_on", c.text("payload_on", "ON")), c.text("state_off", c.text("payload_off", "OFF"))
	if kind == "valve" {
		e.on, e.off = c.text("state_open", "open"), c.text("state_closed", "closed")
	}
	e.naming = d.announcedNaming(m, c, e, key)
	e.lives = c.lives(e)
	return e
}

// lives reads the availability of an entity.
func (c config) lives(e *entity) *lives {
	all := &lives{mode: c.text("availability_mode", "latest")}
	add := func(from config, topic, source string) {
		l := &life{entity: e, topic: c.topic(topic), on: from.text("payload_available", "online"), off: from.text("payload_not_available", "offline")}
		if source != "" {
			l.template, _ = compile(source)
		}
		if l.topic != "" && !strings.ContainsAny(l.topic, "+#") && len(all.parts) < maxLives {
			all.parts = append(all.parts, l)
		}
	}
	if topic := c.text("availability_topic", ""); topic != "" {
		add(c, topic, c.text("availability_template", ""))
	}
	list := c.get("availability")
	if list.IsObject() {
		one := config{own: list.Map()}
		add(one, one.text("topic", ""), one.text("value_template", ""))
	} else if list.IsArray() {
		list.ForEach(func(_, item gjson.Result) bool {
			if one := (config{own: item.Map()}); item.IsObject() {
				add(one, one.text("topic", ""), one.text("value_template", ""))
			}
			return len(all.parts) < maxLives
		})
	}
	return all
}

func (e *entity) livesList() []*life { return e.lives.parts }

// templateKey returns the JSON path that a template takes its value from, as dots, "" for none.
func templateKey(source string) string {
	_, rest, ok := strings.Cut(source, "value_json")
	if !ok {
		return ""
	}
	var keys []string
	for len(keys) < maxNested {
		var key string
		switch {
		case strings.HasPrefix(rest, ".get("):
			rest = "[" + rest[len(".get("):]
			continue
		case strings.HasPrefix(rest, "."):
			end := strings.IndexFunc(rest[1:], func(r rune) bool { return r >= 0x80 || r != '_' && !isLetter(byte(r)) && (r < '0' || r > '9') })
			if key = rest[1:]; end >= 0 {
				key = rest[1 : 1+end]
			}
			rest = rest[1+len(key):]
		case len(rest) > 3 && rest[0] == '[' && (rest[1] == '\'' || rest[1] == '"'):
			key, rest, ok = strings.Cut(rest[2:], rest[1:2])
			if !ok {
				key = ""
			}
			if rest != "" && (rest[0] == ']' || rest[0] == ')') {
				rest = rest[1:]
			}
		}
		if key == "" {
			break
		}
		keys = append(keys, key)
	}
	return strings.Join(keys, ".")
}

// keyTemplate is the template of a value that only its key is known of.
func keyTemplate(key string) string {
	if key == "" {
		return "{{ value }}"
	}
	var b strings.Builder
	b.WriteString("{{ value_json")
	for part := range strings.SplitSeq(key, ".") {
		b.WriteString(`["` + part + `"]`)
	}
	return b.String() + " }}"
}
