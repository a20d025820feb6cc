//go:build e2e

package chaos

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"longhaul/test/harness"
)

// act does to a job what its owner can do.
func act(t *testing.T, jobID, action string) error {
	t.Helper()
	return stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/jobs/"+jobID+"/"+action, nil, nil)
}

// TestActsWhileTemporalIsAway pauses jobs while Temporal, and then the worker,
// answers nothing: the acts are accepted, and what was asked for last is done.
func TestActsWhileTemporalIsAway(t *testing.T) {
	for i, part := range []string{"temporal", "worker"} {
		t.Run(part, func(t *testing.T) {
			source := harness.NewSource(t)
			source.BytesPerSecond.Store(256 << 10)
			var jobs [3]harness.Job
			for n := range jobs {
				c := harness.Content{Seed: uint64(7700 + 10*i + n), Size: 32 << 20}
				job, err := stack.Client.SubmitURI(t.Context(), source.Add(fmt.Sprintf("acts-%d-%d.bin", i, n), c, true), nil)
				if err != nil {
					t.Fatal(err)
				}
				jobs[n] = job
				stack.Client.WaitState(t, job.ID, "downloading", time.Minute)
			}
			paused, resumed, cancelled := jobs[0].ID, jobs[1].ID, jobs[2].ID
			back := stack.Suspend(t, part)
			for _, step := range []struct{ id, action string }{
				{paused, "pause"}, {resumed, "pause"}, {resumed, "resume"}, {cancelled, "pause"}, {cancelled, "cancel"},
			} {
				if err := act(t, step.id, step.action); err != nil {
					t.Errorf("%s while %s is away: %v", step.action, part, err)
				}
			}
			back()
			stack.Client.WaitState(t, paused, "paused", time.Minute)
			stack.Client.WaitState(t, cancelled, "cancelled", time.Minute)
			source.BytesPerSecond.Store(0)
			stack.Client.WaitState(t, resumed, "ready", 2*time.Minute)
			if err := act(t, paused, "resume"); err != nil {
				t.Fatal(err)
			}
			stack.Client.WaitState(t, paused, "ready", 2*time.Minute)
		})
	}
}
