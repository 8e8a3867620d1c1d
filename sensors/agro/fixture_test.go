package agro

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"testing"
	"time"
)

// referenceCase is a line of the project's reference cases.
type referenceCase struct {
	ID, Quantity string
	Inputs       json.RawMessage
	Expect       map[string]any
	Tol          json.RawMessage
	TolStrict    json.RawMessage `json:"tol_strict"`
}

func TestReferenceCases(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range referenceCases(t) {
		seen[c.Quantity] = true
		t.Run(c.ID, func(t *testing.T) {
			result, err := Compute(c.Quantity, c.Inputs)
			if err != nil {
				t.Fatal(err)
			}
			got := throughJSON(t, result)
			for key, want := range c.Expect {
				tol := tolerance(t, c.Tol, key)
				if strict := tolerance(t, c.TolStrict, key); strict > 0 {
					tol = strict
				}
				for _, problem := range differences(key, got[key], want, tol) {
					t.Error(problem)
				}
			}
		})
	}
	if got, want := len(seen), len(quantities); got != want {
		t.Errorf("quantities with reference cases: got %d, want all %d", got, want)
	}
}

func referenceCases(t testing.TB) []referenceCase {
	t.Helper()
	file, err := os.Open("../../../shared/fixtures/agronomy.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reference cases are not beside this checkout (../shared/fixtures/agronomy.jsonl)")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases []referenceCase
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c referenceCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func throughJSON(t testing.TB, result Result) map[string]any {
	t.Helper()
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// tolerance is one number for everything or one per key; what has none must be exact.
func tolerance(t *testing.T, raw json.RawMessage, key string) float64 {
	t.Helper()
	if raw == nil {
		return 0
	}
	var all float64
	if json.Unmarshal(raw, &all) == nil {
		return all
	}
	var byKey map[string]float64
	if err := json.Unmarshal(raw, &byKey); err != nil {
		t.Fatal(err)
	}
	if minutes, ok := byKey["minutes"]; ok {
		return minutes
	}
	return byKey[key]
}

// differences compares as the reference cases are meant: numbers within the tolerance, times within as many minutes, all
// else exactly, and objects by the keys that are wanted.
func differences(path string, got, want any, tol float64) []string {
	switch w := want.(type) {
	case float64:
		g, ok := got.(float64)
		if !ok || math.Abs(g-w) > tol+1e-9 {
			return []string{fmt.Sprintf("%s: got %v, want %v within %v", path, got, w, tol)}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return []string{fmt.Sprintf("%s: got %v, want %v", path, got, want)}
		}
		var all []string
		for i := range w {
			all = append(all, differences(fmt.Sprintf("%s[%d]", path, i), g[i], w[i], tol)...)
		}
		return all
	case map[string]any:
		g, _ := got.(map[string]any)
		var all []string
		for key := range w {
			all = append(all, differences(path+"."+key, g[key], w[key], tol)...)
		}
		return all
	default:
		if got != want && !sameMinute(got, want, tol) {
			return []string{fmt.Sprintf("%s: got %v, want %v", path, got, want)}
		}
	}
	return nil
}

func sameMinute(got, want any, minutes float64) bool {
	g, okG := got.(string)
	w, okW := want.(string)
	if !okG || !okW {
		return false
	}
	const layout = "2006-01-02T15:04Z"
	gotTime, errG := time.Parse(layout, g)
	wantTime, errW := time.Parse(layout, w)
	return errG == nil && errW == nil && math.Abs(gotTime.Sub(wantTime).Minutes()) <= minutes
}
