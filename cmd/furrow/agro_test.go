package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"furrow/sensors/agro"
)

// agroSays runs `furrow agro` on some input, which must not fail, and returns its answers.
func agroSays(t *testing.T, stdin string) []agroAnswer {
	t.Helper()
	return agroAnswers(t, succeed(t, stdin, "agro"))
}

// agroAnswers reads lines of output; each is an id and either a result or an error.
func agroAnswers(t *testing.T, stdout string) (answers []agroAnswer) {
	t.Helper()
	for line := range strings.Lines(stdout) {
		var members map[string]json.RawMessage
		var a agroAnswer
		if err := errors.Join(json.Unmarshal([]byte(line), &members), json.Unmarshal([]byte(line), &a)); err != nil {
			t.Fatalf("%.200q: %v", line, err)
		}
		if len(members) != 2 || members["id"] == nil || (members["result"] == nil) == (members["error"] == nil) || !strings.HasSuffix(line, "}\n") {
			t.Errorf("got %.200q, want an id and either a result or an error", line)
		}
		answers = append(answers, a)
	}
	return answers
}

// The reference cases are asked as they stand in their file; what they should give is held against Compute in
// sensors/agro, and here only that the command says the same.
func TestAgroAnswersEveryReferenceCase(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../shared/fixtures/agronomy.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reference cases are not beside this checkout (../shared/fixtures/agronomy.jsonl)")
	}
	if err != nil {
		t.Fatal(err)
	}
	answers := agroSays(t, string(text))
	cases := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if got, want := len(answers), len(cases); got != want || want < 200 {
		t.Fatalf("got %d answers to %d cases", got, want)
	}
	for i, line := range cases {
		var c struct {
			ID       json.RawMessage
			Quantity string
			Inputs   json.RawMessage
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		result, err := agro.Compute(c.Quantity, c.Inputs)
		if err != nil {
			t.Fatal(err)
		}
		got, gotErr := json.Marshal(answers[i].Result)
		want, wantErr := json.Marshal(result)
		if gotErr != nil || wantErr != nil || string(got) != string(want) || string(answers[i].ID) != string(c.ID) {
			t.Errorf("%s: got %s of %s (%s), want %s", c.ID, got, answers[i].ID, answers[i].Error, want)
		}
	}
}

func TestAgroAnswersWhateverComes(t *testing.T) {
	t.Parallel()
	const good = `"quantity":"vpd_air","inputs":{"temp_c":20,"rh_pct":50}`
	cases := []struct{ line, id, says string }{ // says "" is a result
		{`{"id":"a",` + good + `}`, `"a"`, ""},
		{`{` + good + `,"id":{"n":[1,null,"<é>"]},"expect":{}}`, `{"n":[1,null,"<é>"]}`, ""},
		{`{"id":12345678901234567890.10,` + good + `}` + "\r", `12345678901234567890.10`, ""},
		{"\ufeff" + `{"id":true,` + good + `}`, `true`, ""},
		{`{"id":false,` + good + `}`, `false`, ""},
		{`{` + good + `}`, `null`, ""},
		{`{"id":null,` + good + `}`, `null`, ""},
		{"{\"id\":\"\xff\"," + good + "}", `"` + "\ufffd" + `"`, ""},
		{``, `null`, "one JSON object"},
		{`vpd_air 20 50`, `null`, "one JSON object"},
		{"\x00\xfe\xff", `null`, "one JSON object"},
		{`null`, `null`, "one JSON object"},
		{`[1]`, `null`, "one JSON object"},
		{`"id"`, `null`, "one JSON object"},
		{`{"id":"a",` + good + `}}`, `"a"`, "one JSON object"},
		{`{"id":7,` + good, `7`, "one JSON object"},
		{"{'id':7," + good + "}", `null`, "one JSON object"},
		{strings.Repeat(`[`, 100_000), `null`, "one JSON object"},
		{`{"id":8,"inputs":` + strings.Repeat(`[`, 100_000) + `}`, `8`, "one JSON object"},
		{`{"id":1,"quantity":"vpd_air","inputs":{"temp_c":NaN,"rh_pct":50}}`, `1`, "neither NaN nor Infinity"},
		{`{"inputs":{"temp_c":[1,-Infinity,NaN],"note":"\"NaN"},"quantity":"vpd_air","id":"late"}`, `"late"`, "neither NaN nor Infinity"},
		{`{"inputs":{"temp_c":nan},"id":NaN}`, `null`, "neither NaN nor Infinity"},
		{`{"id":"NaN","quantity":"vpd_air"`, `"NaN"`, "one JSON object"},
		{`{"id":"a"}`, `"a"`, "quantity must be"},
		{`{"id":"a","quantity":null,"inputs":{}}`, `"a"`, "quantity must be"},
		{`{"id":"a","quantity":["vpd_air"],"inputs":{}}`, `"a"`, "quantity must be"},
		{`{"id":"a","quantity":"` + strings.Repeat("\u202e", 1000) + `","inputs":{}}`, `"a"`, "There is no quantity"},
		{`{"id":"a","quantity":"vpd_air"}`, `"a"`, "inputs must be"},
		{`{"id":"a","quantity":"vpd_air","inputs":[20,50]}`, `"a"`, "inputs must be"},
		{`{"id":"a","quantity":"vpd_air","inputs":{"temp_c":20,"rh_pct":1e999}}`, `"a"`, "rh_pct must be"},
		{`{"id":"last",` + good + `}`, `"last"`, ""},
	}
	var stdin strings.Builder
	for _, c := range cases {
		stdin.WriteString(c.line + "\n")
	}
	answers := agroSays(t, strings.TrimSuffix(stdin.String(), "\n")) // the last line has no end
	if len(answers) != len(cases) {
		t.Fatalf("got %d answers to %d lines", len(answers), len(cases))
	}
	for i, c := range cases {
		got := answers[i]
		if string(got.ID) != c.id || (got.Error == "") != (c.says == "") || !strings.Contains(got.Error, c.says) || len(got.Error) > 300 {
			t.Errorf("%.80q: got %s %v %q, want %s and %q", c.line, got.ID, got.Result, got.Error, c.id, c.says)
		}
	}
}

// xs is a text of so many x.
type xs int

func (left *xs) Read(p []byte) (int, error) {
	if *left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), int(*left))
	copy(p[:n], bytes.Repeat([]byte("x"), n))
	*left -= xs(n)
	return n, nil
}

func TestAgroLinesHaveALimit(t *testing.T) {
	t.Parallel()
	const before, after = `{"quantity":"crop_et","id":9,"inputs":{"kc":1,"et0_mm_d":5,"x":"`, `"}}`
	const most = xs(maxAgroLine - len(before) - len(after))
	sizes := []xs{most, most + 1, 5 * maxAgroLine, most}
	var in []io.Reader
	for _, size := range sizes {
		in = append(in, strings.NewReader(before), &size, strings.NewReader(after+"\n"))
	}
	var stdout bytes.Buffer
	if err := answerAgro(io.MultiReader(in...), &stdout); err != nil {
		t.Fatal(err)
	}
	answers := agroAnswers(t, stdout.String())
	if len(answers) != len(sizes) {
		t.Fatalf("got %d answers to %d lines", len(answers), len(sizes))
	}
	for i, a := range answers {
		if long := sizes[i] > most; string(a.ID) != "9" || strings.Contains(a.Error, "16 MiB") != long || (a.Result == nil) != long {
			t.Errorf("%d bytes too many: got %s %v %q, want the id and whether it is too long", sizes[i]-most, a.ID, a.Result, a.Error)
		}
	}
}

func TestAgroHoldsNoMoreThanALine(t *testing.T) {
	t.Parallel()
	endless := xs(5 * maxAgroLine)
	lines := &agroLines{in: bufio.NewReader(&endless)}
	begin, err := lines.next()
	if !errors.Is(err, errLongAgroLine) || len(begin) != maxAgroLine || cap(lines.held) > 2*maxAgroLine {
		t.Errorf("got %d bytes in %d and %v, want the first %d", len(begin), cap(lines.held), err, maxAgroLine)
	}
	if _, err := lines.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last line: got %v, want %v", err, io.EOF)
	}
}

// A program may ask, read the answer and ask again; no data folder is needed and none is made.
func TestAgroAnswersBeforeTheNextRequest(t *testing.T) {
	t.Parallel()
	cmd := command(t, "agro")
	ask, errIn := cmd.StdinPipe()
	hear, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(hear)
	for _, c := range []struct{ asked, heard string }{
		{`{"id":1,"quantity":"crop_et","inputs":{"kc":1,"et0_mm_d":5}}` + "\n", `{"id":1,"result":{"etc_mm_d":5}}`},
		{"{}\n" + `{"id":2,`, `{"id":null,"error":"quantity must`}, // the half of a line holds no answer back
		{`"quantity":"crop_et","inputs":{"kc":2,"et0_mm_d":5}}` + "\n", `{"id":2,"result":{"etc_mm_d":10}}`},
	} {
		if _, err := io.WriteString(ask, c.asked); err != nil {
			t.Fatal(err)
		}
		if got, err := answers.ReadString('\n'); err != nil || !strings.HasPrefix(got, c.heard) {
			t.Fatalf("%s: got %q, %v, want %q", c.asked, got, err, c.heard)
		}
	}
	if err := errors.Join(ask.Close(), cmd.Wait()); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) != 0 {
		t.Errorf("in its folder: got %v, %v, want nothing", left, err)
	}
}

func TestAgroFailsOnlyWithItsPipes(t *testing.T) {
	t.Parallel()
	hear, say, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer say.Close()
	if err := hear.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "agro")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("{}\n"), say, &stderr
	err = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != 1 || !oneSentence(stderr.String(), "writing answers") {
		t.Errorf("without a reader: got status %d and %q, %v, want 1 and one line", got, stderr.String(), err)
	}
	if got := agroSays(t, ""); len(got) != 0 {
		t.Errorf("without a request: got %v, want no answer", got)
	}
	broken := errors.New("unplugged")
	if err := answerAgro(io.MultiReader(strings.NewReader("{}"), iotest.ErrReader(broken)), io.Discard); !errors.Is(err, broken) {
		t.Errorf("without requests to read: got %v, want %v", err, broken)
	}
}
