//go:build e2e

package fair

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"longhaul/test/harness"
)

const (
	crowd     = 1500 // jobs of one user
	few       = 20   // jobs of another, who comes later
	fewWithin = 60 * time.Second
)

// TestEachOfFewBesideACrowd has one user submit 1500 small jobs and another 20:
// those are ready soon, and no log has an error. It takes minutes, so make
// chaos-long runs it.
func TestEachOfFewBesideACrowd(t *testing.T) {
	source := harness.NewSource(t)
	patient := func(c *harness.Client, name string, i int) string {
		address := source.Add(fmt.Sprintf("%s-%d.bin", name, i), harness.Content{Seed: uint64(i + 1), Size: 4 << 10}, true)
		var id string
		harness.Eventually(t, time.Minute, "the submit is within the account's allowance", func() error {
			job, err := c.SubmitURI(t.Context(), address, nil)
			if p, ok := errors.AsType[*harness.Problem](err); err != nil && (!ok || p.Status != 429) {
				t.Fatal(err)
			}
			id = job.ID
			return err
		})
		return id
	}
	ids := make([]string, 0, crowd)
	for i := range crowd {
		ids = append(ids, patient(stack.Client, "crowd", i))
	}
	other := stack.Member(t, "crowded@longhaul.test")
	var mine []string
	began := time.Now()
	for i := range few {
		mine = append(mine, patient(other, "few", i))
	}
	for _, id := range mine {
		other.WaitState(t, id, "ready", 5*time.Minute)
	}
	took := time.Since(began)
	t.Logf("%d jobs beside %d were ready after %.0f s", few, crowd, took.Seconds())
	if took > fewWithin {
		t.Errorf("they took %s", took)
	}
	for _, id := range ids {
		stack.Client.WaitState(t, id, "ready", 20*time.Minute)
	}
	t.Logf("all were ready after %.0f s", time.Since(began).Seconds())
	noErrors(t)
}

// noErrors looks for errors in the logs of all programs.
func noErrors(t *testing.T) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(stack.Dir, "data", "logs", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d logs, %v", len(logs), err)
	}
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range bytes.Lines(text) {
			if bytes.Contains(line, []byte("ERROR")) || bytes.Contains(line, []byte(`"level":"error"`)) {
				if n++; n <= 3 {
					t.Errorf("%s: %.400s", filepath.Base(path), line)
				}
			}
		}
		if n > 3 {
			t.Errorf("%s has %d errors", filepath.Base(path), n)
		}
	}
}
