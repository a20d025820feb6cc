package version

import (
	"os"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	stamped := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}}
	for _, c := range []struct {
		number, commit string
		info           *debug.BuildInfo
		want           string
	}{
		{"1.2.3", "abc", nil, "1.2.3 (commit abc)"},
		{"1.2.3", "def", stamped, "1.2.3 (commit def)"},
		{"", "", stamped, next + " (commit abc+changed)"},
		{"", "", nil, next + " (commit unknown)"},
	} {
		if got := build(c.number, c.commit, c.info).String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAsked(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}} {
		if !Asked(args) {
			t.Errorf("%q does not ask", args)
		}
	}
	for _, args := range [][]string{nil, {"run"}, {"version", "x"}} {
		if Asked(args) {
			t.Errorf("%q asks", args)
		}
	}
}

// The newest version of the change log is the one that development builds lead
// to, or have just become.
func TestChangelogNamesTheVersion(t *testing.T) {
	t.Parallel()
	log, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\]`).FindSubmatch(log)
	if newest == nil || string(newest[1])+"-dev" != next {
		t.Errorf("the change log's newest version is %s, development builds are %s", newest, next)
	}
}
