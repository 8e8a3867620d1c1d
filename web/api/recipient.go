package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/web/auth"
)

type recipient struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Channels []channel   `json:"channels" doc:"Tried in this order: the next when one fails."`
	Quiet    *quietHours `json:"quiet_hours" doc:"Hold back all but critical alerts; null for none."`
	Escalate *string     `json:"escalate_after" doc:"How long nobody must have acknowledged before this recipient is told; null for at once."`
}

type channel struct {
	Kind   string `json:"kind" doc:"Such as webhook, email or ntfy."`
	Target string `json:"target" maxLength:"2000" doc:"Address, topic or token, as the kind needs it. Whole for tokens of the scope admin only."`
}

type quietHours struct {
	_    struct{} `nullable:"true"`
	From string   `json:"from"`
	To   string   `json:"to"`
}

type recipientAnswer struct{ Body recipient }

// RecipientID is a recipient that is meant by its id.
type RecipientID struct {
	ID string `path:"id"`
}

// recipients adds what can be done with those who are told about alerts.
func (a *api) recipients() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-recipients", Method: http.MethodGet, Path: "/recipients",
		Summary: "List who is told about alerts", Tags: []string{"Recipients"}}, a.listRecipients)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "create-recipient", Method: http.MethodPost, Path: "/recipients",
		Summary: "Add somebody who is told", Tags: []string{"Recipients"}, DefaultStatus: http.StatusCreated,
		Description: "Kinds of channels are " + channelKinds() + ". Targets on local networks are refused unless Furrow was started with --allow-private-targets."}, a.createRecipient)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "replace-recipient", Method: http.MethodPut, Path: "/recipients/{id}",
		Summary: "Replace a recipient", Tags: []string{"Recipients"}, Errors: []int{404}}, a.replaceRecipient)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "delete-recipient", Method: http.MethodDelete, Path: "/recipients/{id}",
		Summary: "Remove a recipient; a rule that named only that one then reaches all", Tags: []string{"Recipients"}, Errors: []int{404}}, a.deleteRecipient)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "test-recipient", Method: http.MethodPost, Path: "/recipients/{id}/test",
		Summary: "Send a test through each channel and tell each hop", Tags: []string{"Recipients"}, Errors: []int{404},
		Description: "Answers 200 also when a channel fails: ok says whether all took the message."}, a.testRecipient)
}

func channelKinds() string {
	var names []string
	for _, k := range notify.Kinds() {
		names = append(names, k.Kind)
	}
	return strings.Join(names, ", ")
}

// recipientOf writes a recipient for a token: what lets somebody send goes to those that may change it.
func recipientOf(r sensors.Recipient, by auth.Token) recipient {
	out := recipient{ID: r.ID.String(), Name: r.Name, Channels: []channel{}, Escalate: lasts(r.EscalateAfter)}
	for _, c := range r.Channels {
		if !by.Scope.Allows(auth.ScopeAdmin) {
			c.Target = notify.Redact(c.Kind, c.Target)
		}
		out.Channels = append(out.Channels, channel{c.Kind, c.Target})
	}
	if r.QuietFrom != r.QuietTo {
		out.Quiet = &quietHours{From: notify.ClockText(r.QuietFrom), To: notify.ClockText(r.QuietTo)}
	}
	return out
}

func (a *api) listRecipients(ctx context.Context, in *struct{ Paging }) (*list[recipient], error) {
	found, err := page(in.Paging, a.Board.Recipients(), func(r sensors.Recipient) sensors.RecipientID { return r.ID })
	if err != nil {
		return nil, err
	}
	return mapped(found, func(r sensors.Recipient) recipient { return recipientOf(r, asker(ctx)) }), nil
}

func (a *api) createRecipient(ctx context.Context, in *struct{ Body recipientBody }) (*recipientAnswer, error) {
	return a.saveRecipient(ctx, 0, &in.Body)
}

func (a *api) replaceRecipient(ctx context.Context, in *struct {
	RecipientID
	Body recipientBody
}) (*recipientAnswer, error) {
	old, err := a.recipientByID(in.ID)
	if err != nil {
		return nil, err
	}
	return a.saveRecipient(ctx, old.ID, &in.Body)
}

func (a *api) deleteRecipient(ctx context.Context, in *RecipientID) (*struct{}, error) {
	id, err := sensors.ParseID[sensors.RecipientID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.Recipients.DeleteRecipient(ctx, id)
}

// recipientByID returns a recipient, or an error that wraps sensors.ErrNotFound.
func (a *api) recipientByID(text string) (sensors.Recipient, error) {
	id, err := sensors.ParseID[sensors.RecipientID](text)
	if err != nil {
		return sensors.Recipient{}, err
	}
	for _, r := range a.Board.Recipients() {
		if r.ID == id {
			return r, nil
		}
	}
	return sensors.Recipient{}, sensors.ErrNotFound
}

// recipientBody is a recipient as programs write it.
type recipientBody struct {
	ID       string    `json:"id,omitempty" readOnly:"true"`
	Name     string    `json:"name" maxLength:"80"`
	Channels []channel `json:"channels" nullable:"false" minItems:"1" maxItems:"10"`
	Quiet    hours     `json:"quiet_hours,omitempty"`
	Escalate string    `json:"escalate_after,omitempty" doc:"A duration such as 10m, 24h at most; at once when left out."`
}

func (a *api) saveRecipient(ctx context.Context, id sensors.RecipientID, b *recipientBody) (*recipientAnswer, error) {
	bad := sensors.Invalid{}
	r := sensors.Recipient{ID: id, Name: strings.TrimSpace(b.Name), EscalateAfter: duration(bad, "escalate_after", b.Escalate)}
	quiet := b.Quiet.parse(bad, "quiet_hours")
	if len(quiet.Days)+len(quiet.Months) > 0 {
		bad.Add("quiet_hours", "Quiet hours are the same every day: give from and to only.")
	}
	r.QuietFrom, r.QuietTo = quiet.From, quiet.To
	for i, c := range b.Channels {
		c := sensors.Channel{Kind: c.Kind, Target: strings.TrimSpace(c.Target)}
		if err := a.checkChannel(ctx, c, bad, fmt.Sprintf("channels[%d].", i)); err != nil {
			return nil, err
		}
		r.Channels = append(r.Channels, c)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	saved, err := a.Recipients.SaveRecipient(ctx, r)
	if err != nil {
		return nil, err
	}
	return &recipientAnswer{recipientOf(saved, asker(ctx))}, nil
}

// checkChannel notes what is wrong with a channel below the prefix.
func (a *api) checkChannel(ctx context.Context, c sensors.Channel, bad sensors.Invalid, prefix string) error {
	if strings.Contains(c.Target, "…") {
		bad.Add(prefix+"target", "This is a target as it is shown to those who may not change it; send the whole one.")
		return nil
	}
	err := a.Channels.Check(ctx, c)
	var invalid sensors.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	for field, sentence := range invalid {
		bad.Add(prefix+field, sentence)
	}
	return nil
}
