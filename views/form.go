package views

// Fields is what a form holds: what was typed, and a sentence for each field that has to be corrected.
type Fields struct {
	Values map[string]string
	Wrong  map[string]string
}

// Input describes one line of a form.
type Input struct {
	Name, Label string
	Scope       string // makes ids unique when a page has several forms with the same fields
	Type        string // "" is text
	Hint        string
	Complete    string // autocomplete, "" is off
	Mode        string // inputmode, for the phone's keyboard
	List        string // id of a datalist
	Placeholder string
	Optional    bool
}

// Choice is one of several that a form offers.
type Choice struct{ Value, Label, Hint string }

// ChoiceGroup is a list of choices under a heading.
type ChoiceGroup struct {
	Label   string
	Choices []Choice
}

// Note is what a change has to say on the next page. Secret is shown this once.
type Note struct {
	Sentence string
	Secret   []SecretPart
}

// SecretPart is one line of a secret, to be copied.
type SecretPart struct{ Label, Value string }

// Moment is a time as people of the farm read it, and as programs do.
type Moment struct{ Text, ISO string }

func (i Input) id() string {
	if i.Scope == "" {
		return i.Name
	}
	return i.Scope + "-" + i.Name
}

func (i Input) kind() string {
	if i.Type == "" {
		return "text"
	}
	return i.Type
}

func (i Input) complete() string {
	if i.Complete == "" {
		return "off"
	}
	return i.Complete
}

// describedBy names the elements that explain a field, "" when there are none.
func (i Input) describedBy(f Fields) string {
	switch {
	case f.Wrong[i.Name] != "" && i.Hint != "":
		return i.id() + "-wrong " + i.id() + "-hint"
	case f.Wrong[i.Name] != "":
		return i.id() + "-wrong"
	case i.Hint != "":
		return i.id() + "-hint"
	}
	return ""
}

// chosen returns the value of a choice, which is fallback when nobody chose.
func (f Fields) chosen(name, fallback string) string {
	if v := f.Values[name]; v != "" {
		return v
	}
	return fallback
}

// summary is the sentence above a form that has to be corrected.
func (f Fields) summary() string {
	switch len(f.Wrong) {
	case 0:
		return ""
	case 1:
		return "One thing needs correcting below."
	}
	return "A few things need correcting below."
}

// long reports whether the choices have so much to say that they need a line each on a phone.
func long(choices []Choice) bool {
	for _, c := range choices {
		if len(c.Hint) > 24 {
			return true
		}
	}
	return false
}
