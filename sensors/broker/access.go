package broker

import (
	"net/netip"
	"strings"

	"github.com/mochi-mqtt/server/v2/packets"
)

func private(ip netip.Addr) bool { return ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsLoopback() }

// judge says why a publish to a topic is refused, "" when it is not.
func (c *guardConn) judge(topic string) (packets.Code, string) {
	switch {
	case !validTopic(topic):
		return packets.ErrTopicNameInvalid, refusedTopic
	case strings.HasPrefix(topic, "$") && !strings.HasPrefix(topic, "$aws/"):
		return packets.ErrNotAuthorized, refusedSystem
	case !c.grant.Command && commandTopic(topic):
		return packets.ErrNotAuthorized, refusedCommand
	}
	return packets.CodeSuccess, ""
}

func (c *guardConn) mayPublish(topic string) bool {
	_, why := c.judge(topic)
	return why == ""
}

// commandTopic reports whether devices take commands on the topic, in Furrow's own convention or another
// dialect's: a stranger on the network must not open a valve that listens here.
func commandTopic(topic string) bool {
	head, last := "", topic
	if slash := strings.LastIndexByte(topic, '/'); slash >= 0 {
		head, last = topic[:slash], topic[slash+1:]
	}
	if strings.HasPrefix(topic, "farm/") {
		return last == "command"
	}
	switch last {
	case "command", "set": // ESPHome, Shelly; Zigbee2MQTT, Homie
		return head != ""
	case "rpc": // Shelly; what it reports comes on events/rpc
		return head != "" && !strings.HasSuffix(head, "/events") && head != "events"
	}
	if strings.HasSuffix(head, "/set") { // Zigbee2MQTT's set/<attribute>
		return true
	}
	return strings.HasPrefix(topic, "cmnd/") || strings.Contains(topic, "/cmnd/") // Tasmota
}

// mayRead says whether the client may subscribe to a filter, or be sent a topic. A program with the grant
// may everything; a device only what names it before any wildcard; others nothing.
func (c *guardConn) mayRead(filter string) bool {
	if c.grant.Subscribe {
		return true
	}
	if c.grant.Device == 0 || strings.HasPrefix(filter, "$") {
		return false
	}
	literal := filter
	if wild := strings.IndexAny(filter, "+#"); wild >= 0 {
		literal = strings.TrimSuffix(filter[:wild], "/")
	}
	return c.named(literal)
}

// mayRetain says whether what the client publishes there may be kept for later subscribers: never what
// strangers say, nor what one device says in the name of another.
func (b *Broker) mayRetain(c *guardConn, topic string) bool {
	if !c.grant.Command && !(c.grant.Device != 0 && c.named(topic)) {
		return false
	}
	if b.server.Topics.Retained.Len() < b.limits.retained {
		return true
	}
	_, replaces := b.server.Topics.Retained.Get(topic)
	return replaces
}

// named reports whether a topic has the signed-in device's key or user name as whole levels. In Furrow's own
// convention they have their place; a device called like a zone does not have all of the zone.
func (c *guardConn) named(topic string) bool {
	key, username := c.grant.Key, c.source.Username
	if place, own := strings.CutPrefix(topic, "farm/"); own {
		_, device, _ := strings.Cut(place, "/")
		return within(place, key) || within(device, username)
	}
	levels := "/" + topic + "/"
	return key != "" && strings.Contains(levels, "/"+key+"/") || username != "" && strings.Contains(levels, "/"+username+"/")
}

// within reports whether topic is root or below it.
func within(topic, root string) bool {
	rest, found := strings.CutPrefix(topic, root)
	return found && root != "" && (rest == "" || rest[0] == '/')
}

// validTopic reports whether something may be published there.
func validTopic(topic string) bool {
	return topic != "" && len(topic) <= maxTopic && strings.Count(topic, "/") < maxLevels && !strings.ContainsAny(topic, "+#\x00")
}

// validFilter reports whether a filter is one; mochi takes "a#" and "a+/b".
func validFilter(filter string) bool {
	if filter == "" || len(filter) > maxTopic || strings.Count(filter, "/") >= maxLevels || strings.ContainsRune(filter, 0) {
		return false
	}
	for rest, last := filter, false; !last; {
		level, after, found := strings.Cut(rest, "/")
		last = !found
		if strings.Contains(level, "#") && (level != "#" || !last) || strings.Contains(level, "+") && level != "+" {
			return false
		}
		rest = after
	}
	return true
}
