package placement_test

import (
	"slices"
	"testing"

	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An agent keeps what it stored for a while. If that was wrong, it has to go before
// the only agent gets the job again.
func TestWrongContentIsNotStoredAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, agent := b.agent(2)
	job, p := b.admitted(5), b.placer()
	b.run(p)
	b.want(p, job)
	first := b.taken(job)
	storetest.OK(t, b.work.Transfers.EndAttempt(t.Context(), job.ID, first.Epoch, models.AttemptDone, models.Reason{}))
	storetest.Must[models.Agent](t)(b.work.Attempts.Blame(t.Context(), job.ID, models.ProblemWrongContent))
	b.want(p, job)
	second := b.taken(job)
	id := job.ID.String()
	want := []agentapitest.Call{{Act: "start", JobID: id, Epoch: first.Epoch}, {Act: "delete", JobID: id, Epoch: first.Epoch}, {Act: "start", JobID: id, Epoch: second.Epoch}}
	if calls := agent.Calls(); !slices.Equal(calls, want) {
		t.Errorf("calls %+v, want %+v", calls, want)
	}
}
