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
			use := a.topics[e.state]
			use.entities = added(use.entities, e)
			a.topics[e.state] = use
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
	use := a.topics[l.topic]
	for _, other := range use.lives {
		if other.entity.device == l.entity.device && l.entity.device != "" && other.on == l.on && other.off == l.off {
			return
		}
	}
	use.lives = added(use.lives, l)
	a.topics[l.topic] = use
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
		a.release(e, e.state)
		for _, l := range e.lives.parts {
			a.release(e, l.topic)
		}
		last := e.state[strings.LastIndexByte(e.state, '/')+1:]
		if list := a.patterns[last]; len(list) > 0 {
			if a.patterns[last] = without(list, func(other *entity) bool { return other == e }); len(a.patterns[last]) == 0 {
				delete(a.patterns, last)
			}
		}
		a.count--
	}
	delete(a.configs, topic)
}

// release takes an entity off a topic.
func (a *announcements) release(e *entity, topic string) {
	use, ok := a.topics[topic]
	if !ok {
		return
	}
	use.entities = without(use.entities, func(other *entity) bool { return other == e })
	use.lives = without(use.lives, func(other *life) bool { return other.entity == e })
	if a.topics[topic] = use; len(use.entities)+len(use.lives) == 0 {
		delete(a.topics, topic)
	}
}

// without returns a new list without the items that are meant, for readers may have the old one.
func without[T any](list []T, meant func(T) bool) []T {
	if !slices.ContainsFunc(list, meant) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), meant)
}

// channel returns the channel of an entity: the short one, or its own name if another entity of the device
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
