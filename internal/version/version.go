// Package version says which build of Longhaul a program is. It does not
// compare versions or look for newer ones.
package version

import (
	"fmt"
	"runtime/debug"
)

// Set by the linker: -X longhaul/internal/version.number=1.2.3 and
// -X longhaul/internal/version.commit=<hash>.
var (
	number = ""
	commit = ""
)

// next is the version that builds between releases lead to.
const next = "0.1.0-dev"

// Build is one build of the programs.
type Build struct {
	Version string // as in the change log; with -dev between releases
	Commit  string // hash of the source, with +changed when files differ from it; "unknown" without
}

// Current returns the build of this program. What the linker doesn't set comes
// from the version control data that the Go tool adds.
func Current() Build {
	info, _ := debug.ReadBuildInfo()
	return build(number, commit, info)
}

func build(number, commit string, info *debug.BuildInfo) Build {
	b := Build{Version: number, Commit: commit}
	if b.Version == "" {
		b.Version = next
	}
	if b.Commit == "" {
		b.Commit = revision(info)
	}
	return b
}

func revision(info *debug.BuildInfo) string {
	hash, changed := "unknown", ""
	if info == nil {
		return hash
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			hash = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changed"
		}
	}
	return hash + changed
}

// String returns the build as people read it.
func (b Build) String() string { return fmt.Sprintf("%s (commit %s)", b.Version, b.Commit) }

// Asked reports whether the arguments of a program ask for its version alone.
func Asked(args []string) bool {
	return len(args) == 1 && (args[0] == "version" || args[0] == "--version")
}
