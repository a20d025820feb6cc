package agenttrack_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/agenttrack"
	"longhaul/models"
)

// Until its objects are complete a job may come back for bytes that storage lost.
func TestAFinishedTransferStaysUntilItsJobEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	running(agent, job, agentapi.KindDownload)
	tracker := b.tracker(quick())
	looks := &lookedAt{Store: tracker.Store, id: job.ID}
	tracker.Store = looks
	f := b.run(tracker, row)
	agent.Finish(job.ID.String())
	f.ended(job)
	if _, err := b.work.Jobs.Transition(t.Context(), job.ID, changeTo(models.StateStoring)); err != nil {
		t.Fatal(err)
	}
	since := looks.storing.Load()
	b.eventually(func() string {
		if looks.storing.Load() < since+2 {
			return "the tracker has not looked at it twice while it is storing"
		}
		return ""
	})
	if phase, has := agent.Has(job.ID.String()); !has || phase != agentapi.PhaseDone {
		t.Fatalf("the agent has it: %v, %s", has, phase)
	}
	if _, err := b.work.Jobs.Transition(t.Context(), job.ID, changeTo(models.StateReady)); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() string {
		if _, has := agent.Has(job.ID.String()); has {
			return "the agent still has it"
		}
		return ""
	})
}

// lookedAt counts the reads of a job that is storing.
type lookedAt struct {
	agenttrack.Store
	id      uuid.UUID
	storing atomic.Int64
}

func (l *lookedAt) Job(ctx context.Context, id uuid.UUID) (models.Job, error) {
	job, err := l.Store.Job(ctx, id)
	if err == nil && id == l.id && job.State == models.StateStoring {
		l.storing.Add(1)
	}
	return job, err
}
