package wording_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told are the names under which code says why something is as it is, and what
// happens next.
var told = map[string]bool{"Reason": true, "Waiting": true, "NextAction": true, "Next": true, "Told": true}

// TestReasonsAreWordedHereOnly reads every Go file of the repository: a
// sentence that someone writes into a reason, or a reason code that is no
// constant, would have a text on one surface only.
func TestReasonsAreWordedHereOnly(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "third_party" || d.Name() == "wording" || d.Name() == "testdata" ||
			path != root && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		rel, _ := filepath.Rel(root, path)
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, place := range prose(t, rel, src) {
			t.Errorf("%s: the words belong into models/wording", place)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// TestProseIsFound shows that the test above sees what it looks for.
func TestProseIsFound(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"a member":      `x = T{Reason: "It waits for a slot."}`,
		"an assignment": `x.Waiting = "No peer has it."`,
		"a formatted":   `x.NextAction = fmt.Sprintf("Tries again at %s.", at)`,
		"a literal":     `x.Reason = models.Because("it_waits")`,
		"a code":        `x = models.Reason{Code: "it_waits"}`,
	} {
		if got := prose(t, name, []byte("package p\nfunc f() { "+line+" }\n")); len(got) != 1 {
			t.Errorf("%s: found %v", name, got)
		}
	}
	if got := prose(t, "none", []byte("package p\nfunc f() { x.Reason = models.Because(models.ReasonReady, \"files\", 3) }\n")); len(got) != 0 {
		t.Errorf("found %v where nothing is", got)
	}
}

// prose returns the places where the file words a reason.
func prose(t *testing.T, name string, src []byte) []string {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	found := func(n ast.Node) { out = append(out, files.Position(n.Pos()).String()) }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if typeName(n.Type) == "SendError" {
				return true // why a mail was not sent, for administrators
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && inWords(typeName(n.Type), typeName(kv.Key), kv.Value) {
					found(kv)
				}
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if s, ok := left.(*ast.SelectorExpr); ok && i < len(n.Rhs) && inWords("", s.Sel.Name, n.Rhs[i]) {
					found(n)
				}
			}
		case *ast.CallExpr:
			if typeName(n.Fun) == "Because" && len(n.Args) > 0 && isText(n.Args[0]) && len(n.Args)%2 == 1 {
				found(n)
			}
		}
		return true
	})
	return out
}

func inWords(of, member string, value ast.Expr) bool {
	if of == "Reason" && member == "Code" {
		return isText(value)
	}
	if !told[member] {
		return false
	}
	if call, ok := value.(*ast.CallExpr); ok { // such as fmt.Sprintf
		return len(call.Args) > 0 && isSentence(call.Args[0])
	}
	if sum, ok := value.(*ast.BinaryExpr); ok {
		return isSentence(sum.X) || isSentence(sum.Y)
	}
	return isSentence(value)
}

func isText(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}

func isSentence(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING && strings.Contains(lit.Value, " ")
}

func typeName(e ast.Node) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	default:
		return ""
	}
}
