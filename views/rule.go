package views

import (
	"slices"
	"strconv"
	"strings"

	"furrow/views/chart"
)

// Rules is the page of all rules.
type Rules struct {
	Page
	Rows      []RuleRow
	Presets   []PresetRow
	Configure bool
	Nobody    bool // there is nobody to be told
}

// RuleRow is one rule of the list.
type RuleRow struct {
	ID, Name, Sentence, Severity, Tone, Icon string
	Told, Source                             string
	Open                                     string // what fires by it now, "" for nothing
	On, Watch                                bool
}

// PresetRow is one preset of the list.
type PresetRow struct{ ID, Name, About, Icon string }

// PresetPage is the page of one preset.
type PresetPage struct {
	Page
	ID, Name, About string
	Rows            []PresetRule
	Places          []ChoiceGroup
	Edit            Fields
}

// PresetRule is one rule of a preset.
type PresetRule struct {
	Number                                       int
	Name, Sentence, Source, Severity, Tone, Icon string
	Measured                                     bool // something on the farm measures it
}

// RuleForm is the page on which a rule is made or changed.
type RuleForm struct {
	Page
	ID         string // "" for a new one
	Name       string // what it is called on the page
	On, Watch  bool
	Edit       Fields
	Metrics    []ChoiceGroup
	Scopes     []ChoiceGroup
	Sensors    []ChoiceGroup
	Holds      []Choice
	Repeats    []Choice
	Severities []Choice
	Recipients []Choice
	Days       []Choice
	Months     []Choice
	Preview    RulePreview
	Sentence   string
	MoreOpen   bool
	Action     string // address that saves it
}

// RulePreview is what a rule would have done.
type RulePreview struct {
	Sentence string // the rule in words, "" while it lacks something
	Missing  string // what it lacks, or why nothing can be told
	Headline string
	Calmer   string // what would have been calmer, "" for nothing
	Charts   []PreviewChart
	Late     bool // it takes longer than a page may; scripts ask for it again
}

// PreviewChart is how a sensor went, with the alerts there would have been.
type PreviewChart struct {
	Name, Summary string
	Chart         chart.Chart
}

// Number writes a small number.
func Number(n int) string { return strconv.Itoa(n) }

// has reports whether one of several choices is ticked.
func (f Fields) has(name, value string) bool {
	return slices.Contains(strings.Split(f.Values[name], ","), value)
}

// trigger is when scripts ask for the preview.
func (f RuleForm) trigger() string {
	const typing = "input delay:600ms, change delay:100ms"
	if f.Preview.Late {
		return "load, " + typing
	}
	return typing
}

func (f RuleForm) deleteLabel() string { return "Delete " + f.Name }
