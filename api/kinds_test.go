package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// schema is what the test reads of a schema of the document.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"` // a name, or several
	Enum       []any             `json:"enum"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Items      *schema           `json:"items"`
}

// schemas are the document's schemas by name.
type schemas map[string]schema

func (all schemas) resolve(s schema) schema {
	for s.Ref != "" {
		s = all[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// takes reports whether values of the kind fit the schema; one without a type
// takes everything.
func (s schema) takes(kind string) bool {
	switch of := s.Type.(type) {
	case nil:
		return true
	case []any:
		return slices.Contains(of, any(kind))
	default:
		return of == kind
	}
}

// values has one value of each kind in JSON.
func values() map[string]any {
	return map[string]any{
		"object": map[string]any{"a": []any{}}, "array": []any{map[string]any{}, map[string]any{}}, "string": "x", "integer": 7, "number": 1.5, "boolean": true,
	}
}

// sample returns a value of the schema's kind.
func (all schemas) sample(s schema) any {
	s = all.resolve(s)
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	for kind, value := range values() {
		if !s.takes(kind) {
			continue
		}
		switch kind {
		case "object":
			return all.object(s, nil)
		case "array":
			return []any{}
		}
		return value
	}
	return nil
}

// object returns an object with the required members, and others instead.
func (all schemas) object(s schema, members map[string]any) map[string]any {
	out := map[string]any{}
	for _, name := range s.Required {
		out[name] = all.sample(s.Properties[name])
	}
	maps.Copy(out, members)
	return out
}

// misfit is a value with one wrong kind in it, and where that is.
type misfit struct {
	path  string
	kind  string
	value any
}

// misfits returns the schema's values with a wrong kind, at each place in turn.
func (all schemas) misfits(s schema, path string) (out []misfit) {
	s = all.resolve(s)
	for kind, value := range values() {
		if !s.takes(kind) && (kind != "integer" || !s.takes("number")) {
			out = append(out, misfit{path, kind, value})
		}
	}
	for name, property := range s.Properties {
		for _, m := range all.misfits(property, path+"."+name) {
			out = append(out, misfit{m.path, m.kind, all.object(s, map[string]any{name: m.value})})
		}
	}
	if s.Items != nil {
		for _, m := range all.misfits(*s.Items, path+"[0]") {
			out = append(out, misfit{m.path, m.kind, []any{m.value}}, misfit{m.path, m.kind, []any{m.value, m.value}})
		}
	}
	return out
}

// Every value in every body is sent as each other kind of JSON value: the
// answer names the field at fault.
func TestValuesOfTheWrongKindAreNamed(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	admin, agent := h.Account(models.RoleAdmin), h.EnrolledAgent()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			RequestBody *struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas schemas }
	}
	apitest.Decode(t, h.Run(t, apitest.Scenario{Path: "/openapi.json", Status: 200}), &doc)
	before, operations, tried := snapshot(h), 0, 0
	for path, item := range doc.Paths {
		who := admin
		if strings.HasPrefix(path, "/agent/") {
			who = agent
		}
		path = strings.NewReplacer("{id}", apitest.NewID().String(), "{plan}", "pro", "{session}", "AAAA", "{token}", "00000000-0000-4000-8000-000000000000").Replace(path)
		for method, op := range item {
			if op.RequestBody == nil {
				continue
			}
			operations++
			for _, m := range doc.Components.Schemas.misfits(op.RequestBody.Content["application/json"].Schema, "body") {
				tried++
				if err := sendMisfit(t, h, who, strings.ToUpper(method), path, m); err != nil {
					t.Errorf("%s with the kind %s at %s: %v", op.OperationID, m.kind, m.path, err)
				}
			}
		}
	}
	if operations < 40 || tried < 700 {
		t.Errorf("only %d operations and %d requests were tried", operations, tried)
	}
	if strings.Contains(h.Log.String(), "panic") {
		t.Error("the log tells of a panic")
	}
	h.Settle()
	if after := snapshot(h); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// sendMisfit sends the value and returns what is wrong with the answer.
func sendMisfit(t *testing.T, h *apitest.Harness, who apitest.Caller, method, path string, m misfit) error {
	t.Helper()
	sent, err := json.Marshal(m.value)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.AppURL+path, strings.NewReader(string(sent)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp := h.Do(who, req)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode < 400 || resp.StatusCode >= 500 {
		return fmt.Errorf("status %d for %s: %.300s", resp.StatusCode, sent, body)
	}
	apitest.CheckProblem(t, resp, body)
	member := strings.TrimSuffix(m.path[strings.LastIndexByte(m.path, '.')+1:], "[0]")
	list := strings.TrimSuffix(m.path, "[0]")
	if !strings.Contains(string(body), fmt.Sprintf(`"field":%q`, m.path)) && !strings.Contains(string(body), fmt.Sprintf(`"field":%q`, list)) && !strings.Contains(string(body), fmt.Sprintf(`"field":%q`, member)) {
		return fmt.Errorf("status %d for %s, without the field: %.300s", resp.StatusCode, sent, body)
	}
	return nil
}
