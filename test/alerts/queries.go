// Package alerts reads the alert rules and dashboards of deploy/, for the tests
// that hold what operators rely on: the rules work, each has its entry in
// docs/operations.md, and the programs export what is queried.
package alerts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Alert is a rule.
type Alert struct{ Name, Expr, Severity, Summary, Description, Runbook string }

// Query is a query of a rule or a dashboard.
type Query struct{ Where, Expr string }

// Metric is what a query selects: a name, and the labels that it asks for.
type Metric struct {
	Name   string
	Labels []string
}

// Rules returns the alerts of the repository at root. They are written in one
// form: a key a line, and expressions as folded blocks.
func Rules(tb testing.TB, root string) []Alert {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(root, "deploy", "prometheus", "alerts.yml"))
	if err != nil {
		tb.Fatal(err)
	}
	var out []Alert
	inExpr := false
	for line := range strings.SplitSeq(string(text), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		value = strings.Trim(value, "'")
		if name, ok := strings.CutPrefix(key, "- "); ok && name == "alert" {
			out = append(out, Alert{Name: value})
		}
		if len(out) == 0 {
			continue
		}
		a := &out[len(out)-1]
		if inExpr = inExpr && strings.HasPrefix(line, strings.Repeat(" ", 10)); inExpr {
			a.Expr += " " + strings.TrimSpace(line)
			continue
		}
		switch key {
		case "expr":
			inExpr = true
		case "labels":
			a.Severity = strings.TrimSuffix(strings.TrimPrefix(value, "{severity: "), "}")
		case "summary":
			a.Summary = value
		case "description":
			a.Description = value
		case "runbook":
			a.Runbook = value
		}
	}
	return out
}

// Queries returns those of all alerts and dashboards of the repository at root.
func Queries(tb testing.TB, root string) []Query {
	tb.Helper()
	var out []Query
	for _, a := range Rules(tb, root) {
		out = append(out, Query{"alerts.yml: " + a.Name, a.Expr})
	}
	boards, err := filepath.Glob(filepath.Join(root, "deploy", "grafana", "*.json"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range boards {
		var board struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &board)
		}
		if err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		for _, p := range board.Panels {
			for _, target := range p.Targets {
				out = append(out, Query{filepath.Base(file) + ": " + p.Title, target.Expr})
			}
		}
	}
	return out
}

var (
	grouping = regexp.MustCompile(`\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)`)
	duration = regexp.MustCompile(`\[[^\]]*\]|\boffset\s+\w+`)
	selector = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\(|\{[^}]*\})?`)
	matcher  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
)

// Metrics returns what the query selects. It knows the part of the language that
// our queries use.
func (q Query) Metrics() []Metric {
	text := quoted.ReplaceAllString(q.Expr, `""`)
	text = duration.ReplaceAllString(grouping.ReplaceAllString(text, " "), " ")
	var out []Metric
	for _, m := range selector.FindAllStringSubmatch(text, -1) {
		if m[2] == "(" || slices.Contains([]string{"and", "or", "unless", "bool", "ALERTS"}, m[1]) {
			continue // functions and operators
		}
		metric := Metric{Name: m[1]}
		for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
			metric.Labels = append(metric.Labels, l[1])
		}
		out = append(out, metric)
	}
	return out
}
