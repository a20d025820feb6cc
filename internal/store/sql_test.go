package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// takesSQL names the methods of gorm that take SQL, with the position of that
// argument.
var takesSQL = map[string]int{
	"Raw": 0, "Exec": 0, "Where": 0, "Not": 0, "Or": 0, "Order": 0, "Select": 0, "Joins": 0, "Group": 0, "Having": 0, "Table": 0, "Distinct": 0, "Pluck": 0, "Expr": 0,
}

// ours is takesSQL for the methods of postgres.DB, which take a context first.
var ours = map[string]int{"Exec": 2, "Rows": 3, "Row": 3, "save": 3}

// fixedSQL finds out whether expressions are text of the program itself.
type fixedSQL struct {
	consts    map[string]bool // of the package, and of the others by package.Name
	functions map[string]*ast.FuncDecl
	asked     map[string]bool // variables that are being looked at
}

// TestStatementsAreFixed holds that no statement is put together from data:
// SQL consists of the program's own text, and all else is a parameter.
func TestStatementsAreFixed(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	packages := declarations(t, set)
	consts := map[string]bool{}
	for name, all := range packages {
		c := fixedSQL{consts: map[string]bool{}}
		for _, d := range all {
			if d, ok := d.(*ast.GenDecl); ok {
				c.learn(d)
			}
		}
		for id := range c.consts {
			consts[name+"."+id] = true
		}
	}
	checked := 0
	for _, all := range packages {
		checked += checkPackage(t, set, all, consts)
	}
	if checked < 150 {
		t.Errorf("%d statements were looked at", checked)
	}
}

// checkPackage checks the statements of a package and returns how many.
func checkPackage(t *testing.T, set *token.FileSet, all []ast.Decl, consts map[string]bool) int {
	t.Helper()
	c := fixedSQL{consts: maps.Clone(consts), functions: map[string]*ast.FuncDecl{}, asked: map[string]bool{}}
	var functions []*ast.FuncDecl
	for _, d := range all {
		switch d := d.(type) {
		case *ast.FuncDecl:
			functions = append(functions, d)
			if d.Recv == nil {
				c.functions[d.Name.Name] = d
			}
		case *ast.GenDecl:
			c.learn(d)
		}
	}
	checked := 0
	for _, f := range functions {
		ast.Inspect(f, func(n ast.Node) bool {
			args, method := sqlOf(n)
			for _, arg := range args {
				checked++
				if !c.fixed(f, arg) && !passedOn(f, arg) {
					t.Errorf("%s: the SQL of %s is put together while the program runs", set.Position(arg.Pos()), method)
				}
			}
			return true
		})
	}
	return checked
}

// declarations reads the package and those below it as they ship, by name.
func declarations(t *testing.T, set *token.FileSet) map[string][]ast.Decl {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]ast.Decl{}
	for _, name := range append(names, below...) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "storetest/") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name.Name] = append(all[f.Name.Name], f.Decls...)
	}
	return all
}

// sqlOf returns the SQL of a call that takes some, and the name of what takes
// it; nil for everything else.
func sqlOf(n ast.Node) ([]ast.Expr, string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || named(s.X, "cmp") {
		return nil, ""
	}
	at, ok := takesSQL[s.Sel.Name]
	if own, is := ours[s.Sel.Name]; is && len(call.Args) > own {
		at, ok = own, true
	}
	if !ok || at >= len(call.Args) {
		return nil, ""
	}
	if s.Sel.Name == "save" {
		return call.Args[at:], s.Sel.Name // any number of columns
	}
	return call.Args[at : at+1], s.Sel.Name
}

// learn takes up the constants of a declaration.
func (c fixedSQL) learn(d *ast.GenDecl) {
	if d.Tok != token.CONST {
		return
	}
	for _, spec := range d.Specs {
		for _, name := range spec.(*ast.ValueSpec).Names {
			c.consts[name.Name] = true
		}
	}
}

// passedOn reports whether an argument is the query, or the columns, that one of
// ours was called with: its calls are looked at themselves.
func passedOn(f *ast.FuncDecl, arg ast.Expr) bool {
	id, ok := arg.(*ast.Ident)
	return ok && (id.Name == "query" || id.Name == "columns") && ours[f.Name.Name] > 0
}

// fixed reports whether an expression within a function is text of the program.
func (c fixedSQL) fixed(f *ast.FuncDecl, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return c.fixed(f, e.X)
	case *ast.BinaryExpr:
		return c.fixed(f, e.X) && c.fixed(f, e.Y)
	case *ast.Ident:
		return c.consts[e.Name] || c.alwaysFixed(f, e.Name)
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		return ok && c.consts[id.Name+"."+e.Sel.Name]
	default:
		return false
	}
}

// alwaysFixed reports whether a variable of a function is only ever given text
// of the program, or what a function returns that knows nothing else.
func (c fixedSQL) alwaysFixed(f *ast.FuncDecl, name string) bool {
	key := f.Name.Name + "." + name
	if c.asked[key] {
		return true // it is given more of itself
	}
	c.asked[key] = true
	defer delete(c.asked, key)
	given, good := 0, true
	take := func(ok bool) { given, good = given+1, good && ok }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if !named(left, name) {
					continue
				}
				if len(n.Rhs) == len(n.Lhs) {
					take(c.fixed(f, n.Rhs[i]))
				} else {
					take(c.returnsText(n.Rhs[0], i))
				}
			}
		case *ast.RangeStmt:
			if list, ok := n.X.(*ast.CompositeLit); ok && named(n.Value, name) {
				for _, e := range list.Elts {
					take(c.fixed(f, e))
				}
			}
		}
		return true
	})
	return given > 0 && good
}

func named(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// returnsText reports whether a result of a call is text of the program
// wherever the called function returns.
func (c fixedSQL) returnsText(e ast.Expr, at int) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok || c.functions[id.Name] == nil {
		return false
	}
	called, good := c.functions[id.Name], true
	ast.Inspect(called, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			good = good && at < len(r.Results) && c.fixed(called, r.Results[at])
		}
		return true
	})
	return good
}
