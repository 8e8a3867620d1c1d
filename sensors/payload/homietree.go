package payload

import (
	"slices"
	"strings"
)

const maxChildren = 200

func (t *homieTree) knows(topic string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.devices) > 0 && t.devices[topic] != nil
}

// meet notes a device and returns the topic of the one it belongs to, "" for none.
func (t *homieTree) meet(topic string) (parent string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := t.device(topic); d != nil {
		return d.parent
	}
	return ""
}

// device returns the device of a topic, nil when there are too many.
func (t *homieTree) device(topic string) *homieDevice {
	d := t.devices[topic]
	if d == nil && len(t.devices) < maxHomie {
		d = &homieDevice{}
		t.devices[strings.Clone(topic)] = d
	}
	return d
}

// adopt makes one device the child of another.
func (t *homieTree) adopt(parent, child string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, c := t.device(parent), t.device(child)
	if p == nil || c == nil || p == c {
		return
	}
	c.parent = strings.Clone(parent)
	if name := child[strings.LastIndexByte(child, '/')+1:]; len(p.children) < maxChildren && !slices.Contains(p.children, name) {
		p.children = append(p.children, strings.Clone(name))
	}
}

// childrenOf returns the ids of the devices that are lost with this one.
func (t *homieTree) childrenOf(topic string) []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if d := t.devices[topic]; d != nil {
		return slices.Clone(d.children)
	}
	return nil
}

// property learns an attribute of a property.
func (t *homieTree) property(topic, attribute, value string) {
	if attribute != "$unit" && attribute != "$datatype" || len(value) > 16 || len(topic) > maxTopic {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.properties[topic]
	if !ok && len(t.properties) >= 4*maxHomie {
		return
	}
	if attribute == "$unit" {
		p.unit = strings.Clone(value)
	} else {
		p.datatype = strings.Clone(value)
	}
	t.properties[strings.Clone(topic)] = p
}

func (t *homieTree) propertyOf(topic string) homieProperty {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.properties[topic]
}
