package views

// ChannelRow is one way to reach a recipient.
type ChannelRow struct {
	Number       int
	Kind, Target string // Target shows no secrets
	Tone, State  string
	Trouble      string
	First        bool
}

// KindTile offers a way to reach somebody.
type KindTile struct{ Kind, Label string }

// KindForm asks for the target of a way.
type KindForm struct {
	Kind, Label, Asks, Help, Example string
	Fields                           Fields
	Browser                          bool // a script fills it in
}

// ChannelTest is how a test message went, hop by hop.
type ChannelTest struct {
	Kind, Target string
	Steps        []TestStep
	OK           bool
}

// tone is what a hop looks like.
func (t TestStep) tone() string {
	switch {
	case t.Waits:
		return "watch"
	case t.OK:
		return "ok"
	}
	return "alert"
}

func (t TestStep) icon() string {
	if t.Waits {
		return "clock"
	}
	return t.tone()
}

// TestStep is one hop.
type TestStep struct {
	Name, Detail, Took string
	OK, Waits          bool
}
