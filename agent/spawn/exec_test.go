package spawn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// starters are the files that start programs: the agent its own engine, the
// devstack the parts of the system, what plays films ffmpeg. None of them knows
// anything of a job.
func starters() []string {
	return []string{
		"agent/spawn/spawn.go", "devstack/postgres/postgres.go", "devstack/stack/parts.go", "devstack/supervisor/spec.go",
		"internal/backup/postgres.go", "internal/media/tool/run.go",
	}
}

// TestProgramsAreStartedWithoutShell holds that only the starters start
// programs, and that none does so through a shell.
func TestProgramsAreStartedWithoutShell(t *testing.T) {
	t.Parallel()
	set := token.NewFileSet()
	var found []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && !ships(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && startsProgram(call) {
				found = append(found, name)
				for _, arg := range call.Args {
					if isShell(arg) {
						t.Errorf("%s: a shell is started", set.Position(arg.Pos()))
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if got := slices.Compact(found); !slices.Equal(got, starters()) {
		t.Errorf("programs are started by %q, want %q", got, starters())
	}
}

// ships reports whether a directory has code that ships: no tests, no helpers
// of tests and nothing that is not ours.
func ships(name string) bool {
	switch name {
	case "..":
		return true
	case "test", "third_party", "node_modules", "data", "bin":
		return false
	}
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "test")
}

func startsProgram(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && (pkg.Name == "exec" && (s.Sel.Name == "Command" || s.Sel.Name == "CommandContext") ||
		pkg.Name == "os" && s.Sel.Name == "StartProcess" || pkg.Name == "syscall" && (s.Sel.Name == "Exec" || s.Sel.Name == "ForkExec"))
}

func isShell(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	text, err := strconv.Unquote(lit.Value)
	return err == nil && slices.Contains([]string{"sh", "bash", "dash", "zsh", "cmd", "env", "-c"}, filepath.Base(text))
}
