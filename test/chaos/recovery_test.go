//go:build e2e

package chaos

import (
	"fmt"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestEachOfTenKillsOfTemporal holds that the system recovers from the tenth kill
// as fast as from the first: what was healthy in between is not counted against it.
func TestEachOfTenKillsOfTemporal(t *testing.T) {
	const kills, few = 10, 3
	fast, slow := harness.NewSource(t), harness.NewSource(t)
	slow.BytesPerSecond.Store(512 << 10)
	run := func(s *harness.Source, name string, size int64) {
		c := harness.Content{Seed: uint64(size), Size: size}
		job, err := stack.Client.SubmitURI(t.Context(), s.Add(name, c, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		stack.Client.WaitState(t, job.ID, "ready", 3*time.Minute)
	}
	var took []time.Duration
	for n := range kills {
		run(slow, fmt.Sprintf("healthy-%d.bin", n), 32<<20) // keeps it up for some time
		killed := time.Now()
		stack.Kill(t, "temporal")
		run(fast, fmt.Sprintf("recovered-%d.bin", n), 1<<20)
		took = append(took, time.Since(killed).Round(100*time.Millisecond))
	}
	t.Logf("a job was ready %v after each kill", took)
	if first, last := sum(took[:few]), sum(took[kills-few:]); last > first*3/2 {
		t.Errorf("the last %d recoveries took %s, the first ones %s", few, last, first)
	}
}

func sum(times []time.Duration) (all time.Duration) {
	for _, d := range times {
		all += d
	}
	return all
}
