package contract

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record the answers instead of comparing them")

// The chapters of the recording.
const (
	system   = "system"
	account  = "account"
	jobs     = "jobs"
	delivery = "delivery"
	library  = "library"
	media    = "media"
	admin    = "admin"
	agents   = "agents"
)

// Every route answers as it is recorded, and every route is recorded.
func TestContract(t *testing.T) {
	t.Parallel()
	r := newRecorder(t)
	p := r.cast()
	r.accountStory(p)
	r.jobStory(p)
	r.deliveryStory(p)
	r.libraryStory(p)
	r.mediaStory(p)
	r.agentStory(p)
	r.adminStory(p)
	r.systemStory(p)
	r.everyRoute(p)
	for _, c := range r.routes {
		if !r.called[c] {
			t.Errorf("%s %s is not recorded", c.method, c.path)
		}
	}
	known, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.chapters)) {
		file := filepath.Join("testdata", name+".txt")
		compare(t, file, r.chapters[name].text.String())
		known = slices.DeleteFunc(known, func(f string) bool { return f == file })
	}
	for _, f := range known {
		t.Errorf("%s is no longer recorded: remove it", f)
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	recorded, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after := answers(string(recorded)), answers(got)
	for _, key := range slices.Sorted(maps.Keys(before)) {
		switch now, ok := after[key]; {
		case !ok:
			t.Errorf("%s: no longer asked: %s", file, key)
		case now != before[key]:
			t.Errorf("%s: %s answers\n%sinstead of\n%s", file, key, now, before[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[key]; !ok {
			t.Errorf("%s: not recorded: %s; run: go test ./test/contract -update", file, key)
		}
	}
}

// answers splits a chapter into its requests and what each was answered.
func answers(text string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, "## ") {
		key, answer, _ := strings.Cut(part, "\n")
		for key != "" && out[key] != "" {
			key += " again"
		}
		if key != "" {
			out[key] = strings.TrimSuffix(answer, "\n")
		}
	}
	return out
}
