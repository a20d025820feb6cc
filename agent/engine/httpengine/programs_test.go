package httpengine

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/agent/engine"
)

// program fetches an address as one of the programs that users compare with does.
type program struct {
	name string
	args func(dir, url string, coded bool) []string
}

var programs = []program{
	{"curl", func(_, url string, coded bool) []string {
		args := []string{"-sSfL", "--noproxy", "*", "-C", "-", "-o", "out", url}
		if coded {
			args = []string{"-sSfL", "--noproxy", "*", "--compressed", "-o", "out", url}
		}
		return args
	}},
	{"wget", func(_, url string, coded bool) []string {
		args := []string{"-q", "--no-proxy", "--tries=9", "--waitretry=0", "-O", "out", url}
		if coded {
			args = append([]string{"--compression=auto"}, args...)
		}
		return args
	}},
	{"aria2c", func(dir, url string, coded bool) []string {
		args := []string{"-q", "--no-conf", "--no-netrc", "--all-proxy=", "--file-allocation=none", "--max-tries=9", "--retry-wait=0", "-d", dir, "-o", "out", url}
		if coded {
			args = append([]string{"--http-accept-gzip=true"}, args...)
		}
		return args
	}},
}

// compareWithPrograms fetches the address with each program but those that cannot,
// and compares what they got.
func compareWithPrograms(t *testing.T, url string, want []byte, coded bool, cannot ...string) {
	t.Helper()
	for _, p := range programs {
		if slices.Contains(cannot, p.name) {
			continue
		}
		dir := t.TempDir()
		out, err := p.run(t, dir, url, coded)
		got, rerr := os.ReadFile(filepath.Join(dir, "out"))
		if errors.Is(rerr, os.ErrNotExist) && err == nil {
			got, rerr = nil, nil // curl makes no file of an empty body
		}
		switch {
		case err != nil:
			t.Errorf("%s: %v\n%s", p.name, err, out)
		case rerr != nil:
			t.Errorf("%s: %v", p.name, rerr)
		case !bytes.Equal(got, want):
			t.Errorf("%s got other bytes: %d for %d", p.name, len(got), len(want))
		}
	}
}

// programPatience bounds what a test waits for; nothing takes nearly so long.
const programPatience = time.Minute

// maxRuns is how often a program is run that does not try again on its own.
const maxRuns = 6

func (p program) run(t *testing.T, dir, url string, coded bool) (out []byte, err error) {
	for range maxRuns {
		cmd := exec.CommandContext(t.Context(), p.name, p.args(dir, url, coded)...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
		if out, err = cmd.CombinedOutput(); err == nil || p.name != "curl" || strings.Contains(string(out), "returned error") {
			return out, err
		}
	}
	return out, err
}

// fetched is what the engine makes of an address, as a job does: it resolves it,
// and downloads it by another engine.
func fetched(t *testing.T, src engine.Source) ([]byte, error) {
	t.Helper()
	m, err := testEngine().Resolve(t.Context(), src, engine.Options{ResolveTimeout: programPatience})
	if err != nil {
		return nil, err
	}
	p := newPlace(t, m.Size)
	if err := p.fetch(t.Context(), t, testEngine(), src, engine.Options{StallTimeout: programPatience}); err != nil {
		return nil, err
	}
	return p.content(t), nil
}
