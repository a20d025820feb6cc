package workflows_test

import (
	"testing"

	"longhaul/models"
	"longhaul/workflows"
)

// A job whose content is blocked ends as failed, wherever it is, and leaves no
// transfer behind.
func TestStopOfBlockedContent(t *testing.T) {
	t.Parallel()
	for _, s := range []models.State{
		models.StateQueued, models.StateResolving, models.StateAwaitingSelection, models.StateDownloading, models.StatePaused, models.StateNeedsAttention,
	} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			f := arrive(t, s)
			f.at(when(s), func() { f.SignalWorkflow(workflows.SignalAsk, models.Ask{Act: models.ActionStop}) })
			f.check(f.run(), models.StateFailed)
			if last := f.writes[len(f.writes)-1]; last.Problem != models.ProblemBlockedContent {
				t.Errorf("it failed because of %q: %+v", last.Problem, last)
			}
		})
	}
}
