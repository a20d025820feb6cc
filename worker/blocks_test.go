package worker_test

import (
	"fmt"
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A block ends every job that is open, in whatever state, and no transfer goes
// on. One that is being stored becomes ready, and is blocked.
func TestABlockEndsWhatRuns(t *testing.T) {
	s := newStage(t)
	jobs := s.everywhere()
	for _, job := range jobs {
		hash := s.job(job.ID).InfoHashV1
		if _, err := s.store.Jobs.Admin().Block(t.Context(), models.Actor{Kind: models.ActorConsole}, *hash, false, "court order"); err != nil {
			t.Fatal(err)
		}
	}
	close(s.gate.open)
	for state, job := range jobs {
		want, problem, ending := models.StateFailed, models.ProblemBlockedContent, failed
		if state == models.StateStoring {
			want, problem, ending = models.StateReady, "", completed
		}
		s.eventually(func() string {
			if now := s.job(job.ID); now.State != want || now.Problem != problem || !now.Blocked || !now.Asked.None() {
				return fmt.Sprintf("blocked while %s: job is %s, %q, asked %q", state, now.State, now.Problem, now.Asked.Act)
			}
			if n := storetest.Count(t, `select count(*) from job_attempts where job_id = $1 and state in ('wanted', 'open')`, job.ID); n != 0 {
				return fmt.Sprintf("blocked while %s: %d attempts are still live", state, n)
			}
			return ""
		})
		s.replays("blocked while "+string(state), s.closed(job.ID, ending))
	}
}
