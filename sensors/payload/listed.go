package payload

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Lists within JSON: of named values, of parts of a device, or of the same readings at several times.

// naming members tell what an element of a list is about, value members how much it is.
var (
	namingMembers = []string{"metric", "measurement", "quantity", "parameter", "sensor", "name", "type", "key"}
	valueMembers  = []string{"value", "val"}
)

const maxListed = 1000 // elements of one list that are read

// list reads the objects of a list. Those with a time of their own are a backlog; those without are parts of
// the device, told apart by a name or, if there are several, by their place.
func (w walk) list(key, lower string, value gjson.Result) {
	if w.depth >= maxNested {
		return
	}
	inside := w.inside
	if !wrappers[lower] {
		inside = strings.Trim(inside+"/"+key, "/")
	}
	items := value.Array()
	for i, item := range items[:min(len(items), maxListed)] {
		if !item.IsObject() {
			continue
		}
		part, at := w, w.m.clock.of(item, w.own)
		if at == (moment{}) {
			part.inside = strings.Trim(inside+"/"+partName(item, i, len(items)), "/")
		} else {
			part.at = at
		}
		part.item(item)
	}
}

// item reads one object: a value that names what it is, or values by their keys.
func (w walk) item(object gjson.Result) {
	amount := first(object, valueMembers)
	if !amount.Exists() || amount.IsObject() || amount.IsArray() {
		w.object(object)
		return
	}
	for _, member := range namingMembers {
		if n, ok := w.m.names.named(object.Get(member).Str); ok {
			w.measured(n, amount, object.Get("unit").Str)
			return
		}
	}
	w.object(object)
}

// measured adds the amount of a metric, in a unit that may stand beside it.
func (w walk) measured(n naming, amount gjson.Result, unit string) {
	v, inText, ok := scalar(amount)
	if !ok || n.boolean(amount) {
		return
	}
	for _, told := range []string{inText, n.unit} {
		if unit == "" {
			unit = told
		}
	}
	w.put(n, v, unit)
}

// named reports whether an element names what its value is.
func named(object gjson.Result) bool {
	return first(object, valueMembers).Exists() && first(object, namingMembers).Exists()
}

// partName returns what tells the element i of n from its neighbours, "" when its values do.
func partName(object gjson.Result, i, n int) string {
	name := first(object, []string{"id", "name", "channel", "address", "addr"})
	switch {
	case named(object):
		return ""
	case (name.Type == gjson.String || name.Type == gjson.Number) && len(name.String()) <= 40:
		return name.String()
	case n > 1:
		return strconv.Itoa(i + 1)
	}
	return ""
}

// first returns the first of the members that the object has.
func first(object gjson.Result, members []string) gjson.Result {
	for _, member := range members {
		if found := object.Get(member); found.Exists() {
			return found
		}
	}
	return gjson.Result{}
}
