package api_test

import (
	"slices"
	"strings"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/legal"
)

// Anyone reads the legal pages, and no other.
func TestLegalPages(t *testing.T) {
	t.Parallel()
	texts, err := legal.Load(legal.Facts{Operator: legal.Contact{Name: "Example Ltd"}, CounterDays: 10, StrikeMonths: 12}, "")
	if err != nil {
		t.Fatal(err)
	}
	h := apitest.New(t, func(_ *api.Config, d *api.Deps) { d.Legal = texts })
	for name, want := range map[string]string{"terms": "Example Ltd", "privacy": "__Host-sid", "dmca": "17 U.S.C."} {
		h.Run(t, apitest.Scenario{Path: "/api/v1/legal/" + name, Status: 200, Want: []string{want, `"own":false`}})
	}
	h.Run(t, apitest.Scenario{Path: "/api/v1/legal/other", Status: 422})
	h.Run(t, apitest.Scenario{Path: "/api/v1/legal/..%2Fterms", Status: 404})
}

// The privacy page tells of every table of the database that holds data about
// people.
func TestThePrivacyPageKnowsEveryTable(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	known := legal.Impersonal()
	for _, d := range legal.Data() {
		known = append(known, d.Tables...)
	}
	there := strings.Fields(apitest.Value[string](h, `
		select string_agg(table_name, ' ') from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`))
	for _, name := range there {
		if !slices.Contains(known, name) {
			t.Errorf("the table %s is not in internal/legal/inventory.go: say there whether it holds data about people", name)
		}
	}
	for _, name := range known {
		if !slices.Contains(there, name) {
			t.Errorf("internal/legal/inventory.go names %s, which is no table", name)
		}
	}
}
