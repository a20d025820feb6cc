package transfers_test

import (
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An administrator moves a running job to another agent: its workflow notices
// nothing, what is in storage stays, and its old agent gets it back only if no
// other has room.
func TestAdminMovesAJobToAnotherAgent(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	move := func(job models.Job) error {
		_, err := b.Jobs.Admin().RequestAct(ctx, b.Admin(), job.ID, models.AdminAct{Action: models.ActionMove, Provider: models.ProviderAgent})
		return err
	}
	place := func(job models.Job) models.Placement {
		t.Helper()
		return storetest.Must[models.Placement](t)(b.W.Transfers.Place(ctx, job.ID, b.Job(t, job.ID).Epoch, time.Minute))
	}
	job, first := b.Running(t, 10)
	storetest.OK(t, move(job))
	storetest.WantProblem(t, move(job), models.ProblemWrongState) // no agent has it now
	again := place(job)
	if again.Agent.ID != first.Agent.ID || again.Epoch != first.Epoch+1 || string(again.TaskToken) != string(first.TaskToken) {
		t.Errorf("with one agent: %+v after %+v", again.Attempt, first.Attempt)
	}
	if storetest.Must[bool](t)(b.W.Attempts.AttemptLive(ctx, job.ID, first.Epoch)) {
		t.Error("the old attempt still counts")
	}
	other := storetest.Agent(t, b.Store, 100)
	storetest.OK(t, move(job))
	next := place(job)
	if next.Agent.ID != other.ID || next.Job.State != models.StateDownloading {
		t.Errorf("it runs on %s, %s", next.Agent.Name, next.Job.State)
	}
	attempts := storetest.Must[[]models.Attempt](t)(b.W.Attempts.Attempts(ctx, job.ID))
	if len(attempts) != 3 || attempts[0].Problem != models.ProblemSentAway || attempts[1].Problem != models.ProblemSentAway {
		t.Errorf("attempts: %+v", attempts)
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: job.ID.String()}))
	if len(log) != 2 || log[0].Action != models.AuditJobMoved {
		t.Errorf("the audit log: %+v", log)
	}
	storetest.WantProblem(t, move(b.Submit(t, 10)), models.ProblemWrongState) // in the queue
}
