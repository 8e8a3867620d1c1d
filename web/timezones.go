package web

import (
	_ "embed"
	"strings"
	"sync"
	_ "time/tzdata" // for machines without a list of time zones of their own

	"furrow/views"
)

// timeZoneNames are the IANA zones that people live in, one a line, in order.
//
//go:embed timezones.txt
var timeZoneNames string

// timeZones returns the zones by part of the world, as a form offers them. Nobody may change the answer.
var timeZones = sync.OnceValue(func() []views.ChoiceGroup {
	var groups []views.ChoiceGroup
	for name := range strings.Lines(timeZoneNames) {
		name = strings.TrimSpace(name)
		region, place, found := strings.Cut(name, "/")
		if !found {
			region, place = "Other", name
		}
		if n := len(groups); n == 0 || groups[n-1].Label != region {
			groups = append(groups, views.ChoiceGroup{Label: region})
		}
		last := &groups[len(groups)-1]
		last.Choices = append(last.Choices, views.Choice{Value: name, Label: strings.ReplaceAll(strings.ReplaceAll(place, "_", " "), "/", ", ")})
	}
	return groups
})
