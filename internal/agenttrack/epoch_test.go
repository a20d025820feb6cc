package agenttrack_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/internal/agenttrack"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// counting counts the full listings that were answered.
type counting struct {
	agenttrack.Agent
	full *atomic.Int64
}

func (c counting) Changes(ctx context.Context, since int64, wait time.Duration) (agentapi.Changes, error) {
	ch, err := c.Agent.Changes(ctx, since, wait)
	if err == nil && since == 0 {
		c.full.Add(1)
	}
	return ch, err
}

// What an agent says of an older attempt is not taken for the newer one, not
// even that it ended well.
func TestAnOlderAttemptDoesNotEndANewerOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	job := b.placed(models.TransferDownload, 100)
	agent.Add(agentapi.Status{
		JobID: job.ID.String(), Epoch: job.Epoch - 1, Kind: agentapi.KindDownload, Phase: agentapi.PhaseDone,
		BytesTotal: 100, BytesDone: 100, BytesStored: 100,
	})
	b.follow(row, quick()).wantedAgain(job, models.ProblemAgentLost)
}

// Placement may call an agent for longer than a listing takes: an attempt that
// is not taken yet is not lost.
func TestWhatPlacementStillCallsForIsNotLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	taken := b.placed(models.TransferDownload, 100)
	running(agent, taken, agentapi.KindDownload)
	job := b.admitted(100)
	if err := b.work.Transfers.WantTransfer(t.Context(), models.TransferWant{JobID: job.ID, Kind: models.TransferDownload, TaskToken: storetest.Token(job.ID)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.work.Transfers.Place(t.Context(), job.ID, b.job(job.ID).Epoch, time.Hour); err != nil {
		t.Fatal(err)
	}
	full, pace := &atomic.Int64{}, quick()
	pace.Grace = 0
	tracker := b.tracker(pace)
	tracker.Agents = func(m models.Agent) agenttrack.Agent { return counting{dial(m), full} }
	f := b.run(tracker, row)
	b.eventually(func() string {
		if full.Load() < 4 { // the loop has handled three of them
			return "few listings"
		}
		return ""
	})
	_ = f.stop()
	if at := b.lastAttempt(job.ID); at.State != models.AttemptOpen || at.Epoch != b.job(job.ID).Epoch {
		t.Errorf("attempt %d is %s, %s", at.Epoch, at.State, at.Problem)
	}
}

// A resolve that finds more than its owner has room for succeeds, and tells the
// workflow that the job waits for room.
func TestAResolveTellsThatTheJobWaitsForRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, agent := b.agent(4)
	room := int64(5)
	storetest.Plan(t, b.store, b.user.ID, models.Plan{StorageBytes: &room})
	b.placed(models.TransferDownload, 3) // holds three of the five
	job, _, err := b.store.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: b.user.ID, Source: models.Source{
		Kind: models.SourceURL, URI: "https://files.example.com/a.bin", Name: "a.bin",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.work.Admission.Admit(t.Context(), 100, 100); err != nil {
		t.Fatal(err)
	}
	p, err := storetest.Place(t, b.store, job.ID, models.TransferResolve, storetest.Token(job.ID))
	if err != nil {
		t.Fatal(err)
	}
	agent.Add(agentapi.Status{JobID: job.ID.String(), Epoch: p.Epoch, Kind: agentapi.KindResolve, Phase: agentapi.PhaseResolving})
	f := b.follow(row, quick())
	agent.Resolve(job.ID.String(), agentapi.Manifest{Name: "a.bin", Size: 4, Files: []agentapi.ManifestFile{{Path: "a.bin", Size: 4}}})
	if end := f.ended(job); end.Fault != nil || !end.Result.Waits || end.Result.Bytes != 4 {
		t.Errorf("told %+v", end)
	}
	if got := b.job(job.ID); got.State != models.StateQueued || got.AdmittedAt != nil {
		t.Errorf("the job is %s, slot %v", got.State, got.AdmittedAt)
	}
}
