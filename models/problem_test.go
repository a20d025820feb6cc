package models_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"longhaul/models"
)

// row is a line of a table in docs/problems.md that starts with a name.
var row = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z_0-9]+) \\|(.*)\\|$")

// reasonRow is a line of the table of reasons.
var reasonRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([^|]+) \\| [^|]+ \\|$")

// TestProblemsAreDocumented compares the page with the code both ways.
func TestProblemsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	problems, rest, ok := strings.Cut(string(page), "\n## Kinds\n")
	kinds, reasons, also := strings.Cut(rest, "\n## Reasons\n")
	if !ok || !also {
		t.Fatal("the page has no kinds or no reasons")
	}
	compareReasons(t, reasons)
	documented := map[models.Problem]bool{}
	for _, m := range row.FindAllStringSubmatch(problems, -1) {
		p := models.Problem(m[1])
		if documented[p] {
			t.Errorf("%s is there twice", p)
		}
		documented[p] = true
		if !slices.Contains(models.Problems(), p) {
			t.Errorf("%s is not a problem of the code", p)
			continue
		}
		if m[2] != string(p.Code()) {
			t.Errorf("%s is %s, the page says %s", p, p.Code(), m[2])
		}
		cells := strings.Split(m[3], "|")
		if len(cells) != 4 {
			t.Errorf("%s has %d more cells", p, len(cells))
			continue
		}
		if final := strings.TrimSpace(cells[0]) == "yes"; final != p.Final() {
			t.Errorf("%s: final is %v, the page says %v", p, p.Final(), final)
		}
		for _, c := range cells {
			if strings.TrimSpace(c) == "" {
				t.Errorf("%s has an empty cell", p)
			}
		}
	}
	for _, p := range models.Problems() {
		if !documented[p] {
			t.Errorf("%s is not documented", p)
		}
	}
	var names []string
	for _, m := range row.FindAllStringSubmatch(kinds, -1) {
		names = append(names, m[1])
	}
	var codes []string
	for _, c := range models.Codes() {
		codes = append(codes, string(c))
	}
	if !slices.Equal(names, codes) {
		t.Errorf("kinds on the page: %v, in the code: %v", names, codes)
	}
}

// compareReasons compares the table of reasons with the codes that are not
// problems.
func compareReasons(t *testing.T, table string) {
	t.Helper()
	var names, codes []string
	for _, m := range reasonRow.FindAllStringSubmatch(table, -1) {
		names = append(names, m[1])
	}
	for _, c := range models.ReasonCodes() {
		if c.Problem() == "" {
			codes = append(codes, string(c))
		}
	}
	if !slices.Equal(names, codes) {
		t.Errorf("reasons on the page: %v, in the code: %v", names, codes)
	}
}

// TestEveryProblemHasACode reads the constants, because one missing from the
// table would count as internal.
func TestEveryProblemHasACode(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "Problem" {
			return true
		}
		for _, v := range spec.Values {
			value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			n++
			if p := models.Problem(value); p.Code() == models.CodeInternal || !slices.Contains(models.Problems(), p) {
				t.Errorf("%s has no code", p)
			}
		}
		return true
	})
	if n != len(models.Problems()) || n == 0 {
		t.Errorf("%d constants, %d problems", n, len(models.Problems()))
	}
	if models.Problem("unheard_of").Code() != models.CodeInternal || models.Problem("unheard_of").Final() {
		t.Error("an unknown problem is internal and not final")
	}
}

// A fault of what runs transfers costs a job none of its tries; every other
// one does.
func TestMachinery(t *testing.T) {
	t.Parallel()
	passing := []models.Problem{
		models.ProblemAgentLost, models.ProblemAgentUnreachable, models.ProblemNoAgent, models.ProblemDrained, models.ProblemSentAway, models.ProblemDiskFull, models.ProblemStorageFailing,
		models.ProblemSeedrAuth, models.ProblemSeedrFull, models.ProblemSeedrSlots, models.ProblemSeedrLimited, models.ProblemSeedrFailing,
	}
	for _, p := range models.Problems() {
		if p.Machinery() != slices.Contains(passing, p) {
			t.Errorf("%s: machinery is %v", p, p.Machinery())
		}
		if p.Machinery() && p.Final() {
			t.Errorf("%s is final although it passes", p)
		}
	}
}
