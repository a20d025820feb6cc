package cli_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"longhaul/internal/cli"
	"longhaul/models"
)

// TestFilesOfManyPages lists more files than a page has, some of them, and those
// that match.
func TestFilesOfManyPages(t *testing.T) {
	t.Parallel()
	s := signedIn(t, models.RoleUser)
	contents := map[string][]byte{}
	for i := range 1203 {
		contents[fmt.Sprintf("part %d/file%04d.bin", i%3, i)] = []byte("x")
	}
	contents["part 0/only.mkv"] = []byte("y")
	j := s.job(t, "Many", contents, false)
	count := func(want int, args ...string) {
		t.Helper()
		r := s.run(t, append([]string{"--json", "files", j.ID.String()}, args...)...)
		var list []struct{ Index int }
		if err := json.Unmarshal([]byte(r.out), &list); err != nil || len(list) != want {
			t.Errorf("%v lists %d files, want %d: %v", args, len(list), want, err)
		}
		for i, f := range list[1:] {
			if f.Index <= list[i].Index {
				t.Fatalf("%v: file %d follows %d", args, f.Index, list[i].Index)
			}
		}
	}
	count(1204)
	count(700, "--limit", "700")
	count(401, "--search", "part 1/")
	count(1, "-q", "*.mkv")
	count(1204, "--state", "pending,stored")
	s.run(t, "files", j.ID.String(), "--limit", "2").want(t, cli.ExitOK, "INDEX", "2 of 1204 files; --limit 0 shows all.")
	s.run(t, "files", j.ID.String(), "--state", "odd").want(t, cli.ExitFailed, "state")
	s.run(t, "files", j.ID.String(), "--limit", "-1").want(t, cli.ExitUsage, "limit")
}
