package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestWrongUsageIsStatus2AndOneSentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "expected one of"},
		{[]string{"srve"}, "srve"},
		{[]string{"serve", "--htpp", ":1"}, "--htpp"},
		{[]string{"serve", "--http", "8080", "--mqtt", "x"}, "--http"},
		{[]string{"serve", "--adopt", "maybe"}, "maybe"},
		{[]string{"serve", "--log-level", "loud"}, "loud"},
		{[]string{"serve", "--commit-every", "1h"}, "--commit-every"},
		{[]string{"demo", "--speed", "0"}, "--speed"},
		{[]string{"simulate", "--broker", "http://example.com"}, "--broker"},
		{[]string{"simulate", "--devices", "-1"}, "--devices"},
		{[]string{"user", "add"}, "--password-stdin"},
		{[]string{"user", "add", "a@example.com", "--name", "A", "--role", "king", "--password-stdin"}, "king"},
		{[]string{"token", "create", "x", "--scope", "all"}, "all"},
		{[]string{"import"}, "file"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			got := furrow(t, c.args...)
			if got.status != 2 || !oneSentence(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("got %+v, want status 2 and one line with %q", got, c.want)
			}
		})
	}
}

// oneSentence reports whether text is one line of furrow's that holds want.
func oneSentence(text, want string) bool {
	return strings.HasPrefix(text, "furrow: ") && strings.Count(text, "\n") == 1 && strings.Contains(text, want)
}

func TestHelpNamesEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	all := succeed(t, "", "--help")
	for _, want := range []string{"serve", "demo", "simulate", "user add", "token create", "device add", "import", "export", "backup", "restore", "check", "version", "FURROW_", "furrow.yaml"} {
		if !strings.Contains(all, want) {
			t.Errorf("the help lacks %q:\n%s", want, all)
		}
	}
	of := succeed(t, "", "serve", "--help")
	for _, want := range []string{"--data", "--http", "--mqtt", "--adopt", "--commit-every", "--log-level", "--log-format", "$FURROW_COMMIT_EVERY"} {
		if !strings.Contains(of, want) {
			t.Errorf("the help of serve lacks %q:\n%s", want, of)
		}
	}
}

func TestVersionIsOneLine(t *testing.T) {
	t.Parallel()
	got := succeed(t, "", "version")
	if !strings.HasPrefix(got, "furrow ") || !strings.Contains(got, ", commit ") || !strings.Contains(got, ", go1.") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
}

var setupCode = regexp.MustCompile(`code ([a-z2-7]{4}-[a-z2-7]{4})\.`)

func TestServePrintsTheCodeThatLetsOthersSetTheFarmUp(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	s.stop()
	first := (<-s.printed)[0]
	code := setupCode.FindStringSubmatch(first)
	if code == nil || !strings.Contains(first, "http://"+s.http) {
		t.Fatalf("got %q, want the address and the code", first)
	}

	s = serve(t, s.dir)
	elsewhere := s.browser()
	elsewhere.from = "192.168.1.23"
	if page := elsewhere.page("/setup"); strings.Contains(page, "farm_name") {
		t.Error("somebody else is shown the set-up without the code")
	}
	s.browser().setUp()
	s.stop()
	if hints := <-s.printed; len(hints) != 1 || hints[0] == first {
		t.Errorf("the next start printed %q, want another code", hints)
	}
	s = serve(t, s.dir)
	s.stop()
	if hints := <-s.printed; len(hints) != 0 {
		t.Errorf("with an owner it printed %q, want nothing but the ready line", hints)
	}
}
