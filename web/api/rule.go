package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
	"furrow/sensors/notify"
	"furrow/sensors/rules"
	"furrow/web/auth"
)

type ruleAnswer struct{ Body notify.RuleFields }

// RuleID is a rule that is meant by its id.
type RuleID struct {
	ID string `path:"id"`
}

// rules adds what can be done with rules.
func (a *api) rules() {
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-rules", Method: http.MethodGet, Path: "/rules",
		Summary: "List the rules, the silence watch among them", Tags: []string{"Rules"}}, a.listRules)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "list-presets", Method: http.MethodGet, Path: "/rules/presets",
		Summary: "List rules that farmers know, with the sources of their limits", Tags: []string{"Rules"},
		Description: "Each rule may be sent to `POST /rules` as it is, or with another scope."}, a.listPresets)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "get-rule", Method: http.MethodGet, Path: "/rules/{id}",
		Summary: "Get a rule", Tags: []string{"Rules"}, Errors: []int{404}}, a.getRule)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "create-rule", Method: http.MethodPost, Path: "/rules",
		Summary: "Make a rule", Tags: []string{"Rules"}, DefaultStatus: http.StatusCreated,
		Description: "What is left out gets a sensible value, which the answer shows. Limits are in the metric's base unit."}, a.createRule)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "replace-rule", Method: http.MethodPut, Path: "/rules/{id}",
		Summary: "Replace a rule", Tags: []string{"Rules"}, Errors: []int{404},
		Description: "What is left out is as if the rule were new. An open alert lives on while the new rule means it too. " +
			"Of the silence watch only name, severity, recipients, repeat, active and enabled can be changed."}, a.replaceRule)
	register(a, auth.ScopeAdmin, huma.Operation{OperationID: "delete-rule", Method: http.MethodDelete, Path: "/rules/{id}",
		Summary: "Remove a rule and end its alerts", Tags: []string{"Rules"}, Errors: []int{404, 409}}, a.deleteRule)
	register(a, auth.ScopeRead, huma.Operation{OperationID: "preview-rule", Method: http.MethodPost, Path: "/rules/preview",
		Summary: "Tell what a rule would have done", Tags: []string{"Rules"}, Errors: []int{503},
		Description: "Replays stored readings through the engine that watches live. The last 30 days when no time is given."}, a.previewRule)
}

func (a *api) listRules(_ context.Context, in *struct{ Paging }) (*list[notify.RuleFields], error) {
	found, err := page(in.Paging, a.Board.Rules(), func(r sensors.Rule) sensors.RuleID { return r.ID })
	if err != nil {
		return nil, err
	}
	return mapped(found, notify.RuleOf), nil
}

func (a *api) getRule(_ context.Context, in *RuleID) (*ruleAnswer, error) {
	r, err := a.ruleByID(in.ID)
	if err != nil {
		return nil, err
	}
	return &ruleAnswer{notify.RuleOf(r)}, nil
}

func (a *api) createRule(ctx context.Context, in *struct{ Body ruleBody }) (*ruleAnswer, error) {
	r, err := a.ruleOf(&in.Body)
	if err != nil {
		return nil, err
	}
	return a.saveRule(ctx, r)
}

func (a *api) replaceRule(ctx context.Context, in *struct {
	RuleID
	Body ruleBody
}) (*ruleAnswer, error) {
	old, err := a.ruleByID(in.ID)
	if err != nil {
		return nil, err
	}
	r, err := a.ruleOf(&in.Body)
	if err != nil {
		return nil, err
	}
	r.ID = old.ID
	return a.saveRule(ctx, r)
}

func (a *api) saveRule(ctx context.Context, r sensors.Rule) (*ruleAnswer, error) {
	saved, err := a.Rules.SaveRule(ctx, r)
	if err != nil {
		return nil, inBody("", err)
	}
	return &ruleAnswer{notify.RuleOf(saved)}, nil
}

func (a *api) deleteRule(ctx context.Context, in *RuleID) (*struct{}, error) {
	id, err := sensors.ParseID[sensors.RuleID](in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.Rules.DeleteRule(ctx, id)
}

// ruleByID returns a rule, or an error that wraps sensors.ErrNotFound.
func (a *api) ruleByID(text string) (sensors.Rule, error) {
	id, err := sensors.ParseID[sensors.RuleID](text)
	if err != nil {
		return sensors.Rule{}, err
	}
	r, ok := a.Board.Rule(id)
	if !ok {
		return sensors.Rule{}, sensors.ErrNotFound
	}
	return r, nil
}

// inBody names what is wrong with a rule by where it stands in the body, below part.
func inBody(part string, err error) error {
	var invalid sensors.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	placed := sensors.Invalid{}
	for field, sentence := range invalid {
		if night, ok := strings.CutPrefix(field, "night_"); ok {
			field = "night." + night
		}
		placed[part+field] = sentence
	}
	return placed
}

type preset struct {
	ID    string              `json:"id"`
	Name  string              `json:"name"`
	Kind  *string             `json:"zone_kind" doc:"Of the places it is for; null for the whole farm."`
	About string              `json:"about"`
	Rules []notify.RuleFields `json:"rules"`
}

func (a *api) listPresets(context.Context, *struct{}) (*list[preset], error) {
	all := &list[rules.Preset]{}
	all.Body.Items = rules.Presets()
	return mapped(all, presetOf), nil
}

func presetOf(p rules.Preset) preset {
	out := preset{ID: p.ID, Name: p.Name, About: p.About, Rules: []notify.RuleFields{}}
	if kind := string(p.Kind); kind != "" {
		out.Kind = &kind
	}
	for _, r := range p.Rules {
		fields := notify.RuleOf(r)
		fields.ID = "" // it has none before it is made
		out.Rules = append(out.Rules, fields)
	}
	return out
}
