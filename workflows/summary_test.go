package workflows_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every activity, timer and started workflow says in the Temporal UI what it is:
// each gets its options from a function that takes a summary, and a summary that
// says something.
func TestEveryStepHasASummary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			steps, ok := summarizedStep(call)
			seen += steps
			if !ok {
				t.Errorf("%s: a step without a summary", set.Position(call.Pos()))
			}
			return true
		})
	}
	if seen < 30 {
		t.Errorf("found only %d steps", seen)
	}
}

// summarizedStep returns how many steps the call takes, one or none, and whether
// it has a summary.
func summarizedStep(call *ast.CallExpr) (steps int, ok bool) {
	switch name := called(call.Fun); {
	case name == "ExecuteActivity" || name == "ExecuteLocalActivity":
		options, is := call.Args[0].(*ast.CallExpr)
		return 1, is && len(options.Args) == 2 && says(options.Args[1])
	case name == "again" || name == "wait":
		return 1, says(call.Args[1])
	case slices.Contains([]string{"NewTimer", "Sleep", "AwaitWithTimeout", "ExecuteChildWorkflow"}, name):
		return 1, false // they take no summary, or only with options
	default:
		return 0, true
	}
}

func called(fn ast.Expr) string {
	switch fn := fn.(type) {
	case *ast.SelectorExpr:
		return fn.Sel.Name
	case *ast.Ident:
		return fn.Name
	default:
		return ""
	}
}

// says reports whether the expression is not the empty string.
func says(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return !ok || lit.Value != `""`
}
