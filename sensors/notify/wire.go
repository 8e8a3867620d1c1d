package notify

import (
	"encoding/base64"
	"math"
	"net/url"
	"time"

	"furrow/sensors"
)

// AlertFields is an alert as programs read it, in the API and in webhooks.
type AlertFields struct {
	ID             string   `json:"id"`
	Name           string   `json:"name" doc:"The rule's name when it began."`
	Rule           *string  `json:"rule_id" nullable:"true" doc:"Null when the rule was deleted since, or when it is about Furrow itself, such as a missed drill."`
	Sensor         *string  `json:"sensor_id" nullable:"true" doc:"Null when it is about a whole device."`
	Device         *string  `json:"device_id" nullable:"true" doc:"Null when the device is gone, or when it is about Furrow itself."`
	Severity       string   `json:"severity" enum:"info,warning,critical"`
	State          string   `json:"state" enum:"pending,firing,acknowledged,resolved"`
	Since          *string  `json:"since" nullable:"true" format:"date-time" doc:"When the condition began."`
	StartedAt      *string  `json:"started_at" nullable:"true" format:"date-time"`
	AcknowledgedAt *string  `json:"acknowledged_at" nullable:"true" format:"date-time"`
	ResolvedAt     *string  `json:"resolved_at" nullable:"true" format:"date-time"`
	SnoozedUntil   *string  `json:"snoozed_until" nullable:"true" format:"date-time"`
	Value          *float64 `json:"value" nullable:"true" doc:"The newest value, in the metric's base unit; null for silence."`
	Peak           *float64 `json:"peak" nullable:"true" doc:"The worst value so far."`
	AckBy          string   `json:"acknowledged_by,omitempty"`
	Note           string   `json:"note,omitempty"`
	Behind         int      `json:"behind,omitempty" doc:"How many sensors fell silent with this one's device."`
	Past           bool     `json:"past,omitempty" doc:"Found in late data; nobody was told."`
	Drill          bool     `json:"drill,omitempty"`
	Why            string   `json:"why,omitempty" doc:"Why it ended, if not by its value."`
}

// AlertOf writes an alert for programs.
func AlertOf(a sensors.Alert) AlertFields {
	return AlertFields{ID: a.ID.String(), Name: a.RuleName, Rule: idOrNull(a.Rule), Sensor: idOrNull(a.Sensor), Device: idOrNull(a.Device),
		Severity: string(a.Severity), State: string(a.State), Since: stamp(a.Since), StartedAt: stamp(a.StartedAt),
		AcknowledgedAt: stamp(a.AcknowledgedAt), ResolvedAt: stamp(a.ResolvedAt), SnoozedUntil: stamp(a.SnoozedUntil),
		Value: number(a.Value), Peak: number(a.Peak), AckBy: a.AckBy, Note: a.Note, Behind: a.Behind, Past: a.Past, Drill: a.Drill, Why: a.Why}
}

// webhookBody is what a webhook gets. Alert and Rule are the gravest alert's, Rule null when there is none; Alerts
// lists up to maxListed when there are several.
type webhookBody struct {
	Event  string        `json:"event"`
	ID     string        `json:"id"`
	Alert  *AlertFields  `json:"alert"`
	Rule   *RuleFields   `json:"rule"`
	Text   string        `json:"text"`
	URL    string        `json:"url"`
	At     string        `json:"at"`
	Count  int           `json:"count"`
	Alerts []AlertFields `json:"alerts,omitempty"`
}

func webhook(a address, m Message) post {
	body := webhookBody{Event: string(m.Event), ID: m.Key, Text: m.Title, URL: m.Open, At: m.At.UTC().Format(time.RFC3339Nano), Count: m.Total}
	if m.Text != "" {
		body.Text += "\n" + m.Text
	}
	for i, line := range m.Lines {
		alert := AlertOf(line.Alert)
		if i == 0 {
			body.Alert = &alert
		}
		if i == 0 && line.Rule.ID != 0 {
			rule := RuleOf(line.Rule)
			body.Rule = &rule
		}
		if m.Total > 1 {
			body.Alerts = append(body.Alerts, alert)
		}
	}
	p := jsonPost(a.url, map[string]string{"Idempotency-Key": m.Key}, body)
	p.basic = true
	return p
}

func stamp(at sensors.Milli) *string {
	if at == 0 {
		return nil
	}
	text := at.Time().Format(time.RFC3339Nano)
	return &text
}

func idOrNull[ID interface {
	~int64
	String() string
}](id ID) *string {
	if id == 0 {
		return nil
	}
	text := id.String()
	return &text
}

// number keeps what JSON cannot say out of it.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func basicAuth(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func linkTitle(m Message) string {
	if m.Acknowledge != "" {
		return "I've got it"
	}
	return "Open"
}

// orTitle stands in for an empty text where a channel refuses one.
func orTitle(text string, m Message) string { return first(text, m.Title) }

func withQuery(address, name, text string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set(name, text)
	u.RawQuery = q.Encode()
	return u.String()
}
