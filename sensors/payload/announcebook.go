package payload

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// bareJSON reads a payload that is JSON, but neither object nor array.
func bareJSON(text string) gjson.Result {
	if text == "" || !gjson.Valid(text) {
		return gjson.Result{}
	}
	return gjson.Parse(text)
}

// replace makes a list of entities what a topic announced.
func (a *announcements) replace(topic string, list []*entity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remove(topic)
	if a.count+len(list) > maxEntities || len(list) == 0 {
		return
	}
	a.any.Store(true)
	topic = strings.Clone(topic)
	for _, e := range list {
		switch {
		case e.state == "":
		case strings.Contains(e.state, "+"):
			last := e.state[strings.LastIndexByte(e.state, '/')+1:]
			a.patterns[last] = added(a.patterns[last], e)
		default:
			a.states[e.state] = added(a.states[e.state], e)
		}
		for _, l := range e.lives.parts {
			a.live(l)
		}
	}
	a.configs[topic] = list
	a.count += len(list)
}

// live notes an availability topic, once for all entities that tell the same of one device by it.
func (a *announcements) live(l *life) {
	for _, other := range a.lives[l.topic] {
		if other.entity.device == l.entity.device && l.entity.device != "" && other.on == l.on && other.off == l.off {
			return
		}
	}
	a.lives[l.topic] = added(a.lives[l.topic], l)
}

// added returns a new list, for readers may have the old one.
func added[T any](list []T, item T) []T {
	if len(list) >= maxAtTopic {
		return list
	}
	return append(slices.Clone(list), item)
}

// forget takes back what a topic announced; its message was deleted.
func (a *announcements) forget(topic string) {
	if !a.any.Load() || !strings.HasSuffix(topic, "/config") {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remove(topic)
}

func (a *announcements) remove(topic string) {
	for _, e := range a.configs[topic] {
		drop(a.states, e.state, func(other *entity) bool { return other == e })
		drop(a.patterns, e.state[strings.LastIndexByte(e.state, '/')+1:], func(other *entity) bool { return other == e })
		for _, l := range e.lives.parts {
			drop(a.lives, l.topic, func(other *life) bool { return other.entity == e })
		}
		a.count--
	}
	delete(a.configs, topic)
}

// drop takes the items out of a list of the table that are meant.
func drop[T any](table map[string][]T, key string, meant func(T) bool) {
	list, ok := table[key]
	if !ok {
		return
	}
	if list = slices.DeleteFunc(slices.Clone(list), meant); len(list) == 0 {
		delete(table, key)
	} else {
		table[key] = list
	}
}

// series returns the channel of an entity: the short one, or its own name if another entity of the device
// has that.
func (a *announcements) channel(device string, n naming, id, object string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := device + "\x00" + string(n.metric) + "\x00" + n.channel
	if other, taken := a.series[key]; taken && other != id {
		return object
	}
	if len(a.series) >= maxEntities {
		clear(a.series)
	}
	a.series[key] = strings.Clone(id)
	return n.channel
}

// announced notes whose values a client announces.
func (a *announcements) announced(client, device string) {
	if client == "" || device == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.clients[client]
	if !ok && len(a.clients) >= maxRemembered {
		return
	}
	if ok && known.device != device {
		known.several = true
	} else if !ok {
		known.device = strings.Clone(device)
	}
	a.clients[strings.Clone(client)] = known
}

// alone reports whether a client announces values of one device only, which is then itself.
func (a *announcements) alone(client string) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	known, ok := a.clients[client]
	return ok && !known.several
}

// alive reads an availability message; ok is false when it tells nothing yet.
func (a *announcements) alive(l *life, s scope) (online, ok bool) {
	text := s.text
	if l.template != nil {
		if text, ok = l.template.evaluate(s); !ok {
			return false, false
		}
	}
	if text != l.on && text != l.off {
		return false, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l.heard, l.online = true, text == l.on
	all, some := true, false
	for _, part := range l.entity.lives.parts {
		all = all && (part.online || !part.heard)
		some = some || part.online
	}
	switch l.entity.lives.mode {
	case "all":
		return all, true
	case "any":
		return some, true
	}
	return l.online, true
}
