package api_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every test that docs/security.md names exists, and no requirement passes
// without one.
func TestSecurityTableNamesRealTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	rows := 0
	for line := range strings.Lines(string(page)) {
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			if !there[m[1]] {
				t.Errorf("there is no test %s", m[1])
			}
		}
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !regexp.MustCompile(`^ \d+\.\d+`).MatchString(cells[1]) {
			continue
		}
		rows++
		switch strings.TrimSpace(cells[3]) {
		case "pass":
			if !named.MatchString(cells[4]) {
				t.Errorf("%s passes without a test", strings.TrimSpace(cells[1]))
			}
		case "not yet":
		default:
			t.Errorf("%s: neither pass nor not yet", strings.TrimSpace(cells[1]))
		}
	}
	if rows < 50 {
		t.Errorf("%d requirements were read", rows)
	}
}
