package models_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"longhaul/models"
)

// TestEveryReasonIsListed reads the constants, because one missing from the
// list would not be valid.
func TestEveryReasonIsListed(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := len(models.Problems())
	ast.Inspect(f, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "ReasonCode" {
			return true
		}
		for _, v := range spec.Values {
			value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			n++
			code := models.ReasonCode(value)
			if !code.Valid() || !slices.Contains(models.ReasonCodes(), code) {
				t.Errorf("%s is not listed", code)
			}
			if code.Problem() != "" {
				t.Errorf("%s is a problem as well", code)
			}
		}
		return true
	})
	if n != len(models.ReasonCodes()) {
		t.Errorf("%d constants and problems, %d codes", n, len(models.ReasonCodes()))
	}
	if models.ReasonCode("unheard_of").Valid() || models.ReasonCode("").Valid() {
		t.Error("an unknown code is valid")
	}
}

func TestReasonsTravelAsJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 9, 21, 40, 0, 0, time.FixedZone("CET", 3600))
	r := models.Because(models.ReasonWaitsForPeers, "since", at, "peers", 3, "bytes", int64(1)<<60, "provider", models.ProviderSeedr, "idle", 90*time.Second)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"code":"waits_for_peers","params":{"bytes":1152921504606846976,"idle":90,"peers":3,"provider":"seedr","since":"2026-03-09T20:40:00Z"}}`
	if string(data) != want {
		t.Errorf("got %s", data)
	}
	var back models.Reason
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !back.Equal(r) || back.Equal(models.Because(models.ReasonWaitsForPeers)) || back.None() {
		t.Errorf("read back %+v", back)
	}
	if since, ok := back.Params.Time("since"); !ok || !since.Equal(at) {
		t.Errorf("since %v %v", since, ok)
	}
	if n, ok := back.Params.Int("bytes"); !ok || n != 1<<60 {
		t.Errorf("bytes %v %v", n, ok)
	}
	if !(models.Reason{}).None() {
		t.Error("the zero value is a reason")
	}
}

func TestParametersFromOutsideAreBounded(t *testing.T) {
	t.Parallel()
	var p models.Params
	err := json.Unmarshal([]byte(`{"peers":3,"list":[1],"deep":{"a":1},"none":null,"half":1.5,"agent":"a\u0000\u001b\nb`+strings.Repeat("é", 100)+`","bad name":"x"}`), &p)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range strings.Split("abcdefghijkl", "") {
		p["z"+n] = int64(1)
	}
	got := p.Bounded()
	if len(got) != 8 {
		t.Errorf("%d parameters stay: %v", len(got), got)
	}
	if n, ok := got.Int("peers"); !ok || n != 3 {
		t.Errorf("peers: %v %v", n, ok)
	}
	name, _ := got.Text("agent")
	if len(name) > 120 || len(name) < 100 || !strings.HasPrefix(name, "a   bé") {
		t.Errorf("agent: %d bytes, %q", len(name), name)
	}
	if _, ok := got["bad name"]; ok {
		t.Error("a name with a space stays")
	}
}

func TestReasonOfAFault(t *testing.T) {
	t.Parallel()
	base := models.Fault(models.ProblemSourceFailing, "The server fails.")
	with := base.With("status", 503).Because(errors.New("cause"))
	if !with.Reason().Equal(models.Because("source_failing", "status", 503)) {
		t.Errorf("got %+v", with.Reason())
	}
	if with.With("status", 504); len(base.Params) != 0 || !with.Reason().Equal(models.Because("source_failing", "status", 503)) {
		t.Error("With changed the error it was called on")
	}
	for code, want := range map[models.Code]models.ReasonCode{
		models.CodeUnavailable: models.ReasonUnavailable, models.CodeRateLimited: models.ReasonUnavailable,
		models.CodeInternal: models.ReasonInternal, models.CodeConflict: models.ReasonInternal,
	} {
		if got := models.Errorf(code, "x").Reason().Code; got != want {
			t.Errorf("%s gives %s, want %s", code, got, want)
		}
	}
}
