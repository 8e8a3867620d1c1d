package web

import (
	"strconv"
	"strings"
	"time"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/views"
)

// ruleValues is what the form shows of a rule.
func (s *Server) ruleValues(r sensors.Rule) views.Fields {
	v := map[string]string{"name": r.Name, "metric": string(r.Metric), "scope": scopeText(r.Scope), "condition": string(r.Condition),
		"severity": string(r.Severity), "hold": lengthText(r.Hold), "repeat": lengthText(r.Repeat), "night": string(r.NightWhen), "source": r.Source}
	if r.Other != 0 {
		v["other_sensor_id"] = "sensor:" + r.Other.String()
	}
	s.limitValues(v, "", r, r.Limits)
	if r.NightWhen != sensors.AllDay {
		s.limitValues(v, "night_", r, r.Night)
	}
	if r.NightWhen == sensors.NightByClock {
		v["night_from"], v["night_to"] = notify.ClockText(r.NightFrom), notify.ClockText(r.NightTo)
	}
	if r.Active.From != r.Active.To {
		v["active_from"], v["active_to"] = notify.ClockText(r.Active.From), notify.ClockText(r.Active.To)
	}
	v["days"] = joined(r.Active.Days, func(d time.Weekday) string { return strconv.Itoa(int(d)) })
	v["months"] = joined(r.Active.Months, func(m time.Month) string { return strconv.Itoa(int(m)) })
	v["recipients"] = joined(r.Recipients, sensors.RecipientID.String)
	return fieldsOf(v)
}

func joined[T any](all []T, text func(T) string) string {
	parts := make([]string, len(all))
	for i, one := range all {
		parts[i] = text(one)
	}
	return strings.Join(parts, ",")
}

// limitValues adds the numbers that count for the rule's condition. The usual clear value is left out, so that
// it follows the limit.
func (s *Server) limitValues(v map[string]string, prefix string, r sensors.Rule, l sensors.Limits) {
	info := r.Metric.Info()
	span := r.Condition == sensors.Rate || r.Condition == sensors.Difference
	switch r.Condition {
	case sensors.Silent:
		return
	case sensors.Outside:
		v[prefix+"low"], v[prefix+"high"] = s.plainNumber(info, l.Low, false), s.plainNumber(info, l.High, false)
	default:
		v[prefix+"limit"] = s.plainNumber(info, l.Limit, span)
	}
	usual := r
	usual.Limits = l
	if usual = usual.WithDefaults(false, true); usual.Limits.Clear != l.Clear {
		v[prefix+"clear"] = s.plainNumber(info, l.Clear, span || r.Condition == sensors.Outside)
	}
}

// lengthText writes a time as the choices have it.
func lengthText(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
