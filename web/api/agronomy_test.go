package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"furrow/sensors/agro"
	"furrow/web/auth"
)

func TestQuantitiesAreListed(t *testing.T) {
	f := newFarm(t)
	var got []string
	for _, item := range f.items("/api/v1/agronomy") {
		got = append(got, item["quantity"].(string))
	}
	if want := agro.Quantities(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestComputationsAreAnswered(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct{ quantity, inputs, want string }{
		{"svp_fao56", `{"temp_c": 1}`, `{"svp_kpa":0.6567`},
		{"winkler_region", `{"gdd_c": 500}`, `{"region":null`},
		{"qc_spike", `{"suspect_threshold":1,"fail_threshold":2,"values":[1,1,9,null,1]}`, `{"flags":[2,`},
		{"vpd_air", `{"temp_c":20,"rh_pct":100,"note":"<b>"}`, `{"vpd_kpa":0`},
	} {
		got := f.send(f.tokens[auth.ScopeRead], "POST", "/api/v1/agronomy/"+c.quantity, c.inputs)
		want := `{"quantity":"` + c.quantity + `","result":` + c.want
		if kind := got.header.Get("Content-Type"); got.status != 200 || kind != "application/json" || !strings.HasPrefix(string(got.body), want) {
			t.Errorf("%s: got %d %s %s, want %s…", c.quantity, got.status, kind, got.body, want)
		}
	}
}

func TestWrongInputsAreNamed(t *testing.T) {
	f := newFarm(t)
	for _, c := range []struct {
		quantity, inputs string
		status           int
		location, says   string
	}{
		{"vpd_air", `{"rh_pct":50}`, 422, "body.temp_c", "temp_c is missing"},
		{"vpd_air", `{"temp_c":20,"rh_pct":"50"}`, 422, "body.rh_pct", "a number"},
		{"vpd_air", `{"temp_c":20,"rh_pct":107}`, 422, "body.rh_pct", "between 0 and 105"},
		{"vpd_air", `{"temp_c":NaN,"rh_pct":50}`, 422, "body", "no NaN"},
		{"vpd_air", `{"temp_c":20,`, 422, "body", "JSON object"},
		{"vpd_air", `[20,50]`, 422, "body", "JSON object"},
		{"vpd_air", `null`, 422, "body", "JSON object"},
		{"vpd_air", "\x00\xff", 422, "body", "JSON object"},
		{"vpd_air", strings.Repeat("[", 100_000), 422, "body", "JSON object"},
		{"vpd_air", "", 400, "", "required"},
		{"qc_spike", `{"values":[` + strings.Repeat("1,", maxInputsBytes/2) + `1]}`, 413, "", "too large"},
		{"qc_spike", `{"suspect_threshold":1,"fail_threshold":2,"values":[` + strings.Repeat("1,", 600_000) + `1]}`, 422, "body.values", "600,000"},
		{"nothing", `{}`, 404, "", "GET /api/v1/agronomy lists them"},
		{"VPD_AIR", `{}`, 404, "", "There is no quantity"},
		{"%00%ff%22", `{}`, 404, "", "There is no quantity"},
		{strings.Repeat("x", 2000), `not JSON`, 404, "", "There is no quantity"},
	} {
		got := f.send(f.tokens[auth.ScopeRead], "POST", "/api/v1/agronomy/"+c.quantity, c.inputs)
		what := c.quantity[:min(len(c.quantity), 20)] + " " + c.inputs[:min(len(c.inputs), 40)]
		checkProblem(t, what, got, c.status)
		var p struct {
			Detail string
			Errors []struct{ Location, Message string }
		}
		if err := json.Unmarshal(got.body, &p); err != nil || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: got %.300s, want %q", what, got.body, c.says)
		}
		if c.location != "" && (len(p.Errors) != 1 || p.Errors[0].Location != c.location || !strings.Contains(p.Errors[0].Message, c.says)) {
			t.Errorf("%s: got %+v, want %q about %s", what, p.Errors, c.says, c.location)
		}
	}
}

// Who left while others were worked for is not worked for any more.
func TestComputationsWaitForRoom(t *testing.T) {
	a := &api{computing: make(chan struct{}, 1)}
	a.computing <- struct{}{}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	in := &struct {
		Quantity string `path:"quantity" doc:"One of the list, such as vpd_air."`
		RawBody  []byte
	}{"vpd_air", []byte(`{"temp_c":20,"rh_pct":50}`)}
	if out, err := a.compute(ctx, in); out != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("without room: got %v, %v, want %v", out, err, context.Canceled)
	}
	<-a.computing
	if out, err := a.compute(t.Context(), in); err != nil || out.Body.Result["vpd_kpa"] == nil || len(a.computing) != 0 {
		t.Errorf("with room: got %v, %v, %d places taken", out, err, len(a.computing))
	}
}
