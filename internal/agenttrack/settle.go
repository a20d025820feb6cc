package agenttrack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/agentfault"
	"longhaul/internal/attempt"
	"longhaul/internal/source"
	"longhaul/internal/wait"
	"longhaul/models"
)

// settlement is the end of a settling goroutine.
type settlement struct {
	jobID uuid.UUID
	epoch int64
	err   error
}

// ending overrules what the agent says of a transfer: the attempt fails.
type ending struct {
	fault *models.Error
	delay time.Duration // before the next attempt; 0 leaves it to the border table
	stop  bool          // tell the agent first
}

// settle ends an attempt in a goroutine of its own, so that one that hangs
// holds up no other. An attempt is settled once; what did not work out is
// tried again at the next tick.
func (f *follower) settle(ctx context.Context, o *followed) {
	o.settling, o.retry = true, false
	at, st, end := o.OpenAttempt, o.status, o.end
	f.work.Go(func() {
		select {
		case f.width <- struct{}{}:
		case <-ctx.Done():
			return
		}
		defer func() { <-f.width }()
		var err error
		switch {
		case end != nil:
			err = f.overrule(ctx, at, st, end)
		case st.Phase == agentapi.PhaseFailed:
			err = f.fail(ctx, at, st, agentfault.Reported(st.Fault), 0)
		case st.Phase == agentapi.PhaseStopped:
			err = f.fail(ctx, at, st, models.Fault(models.ProblemDrained, "The agent stopped; will retry."), 0)
		default:
			err = f.done(ctx, at, st)
		}
		select {
		case f.settled <- settlement{at.JobID, at.Epoch, err}:
		case <-ctx.Done():
		}
	})
}

// note takes in how settling went.
func (f *follower) note(ctx context.Context, s settlement) {
	o, ok := f.open[s.jobID]
	if !ok || o.Epoch != s.epoch || s.err == nil {
		return
	}
	o.settling, o.retry = false, true
	f.log.WarnContext(ctx, "could not settle attempt; will retry", "job_id", s.jobID, "error", s.err)
}

func (f *follower) retrySettling(ctx context.Context) {
	for _, o := range f.open {
		if o.retry {
			f.settle(ctx, o)
		}
	}
}

// done ends the attempt of a transfer that ended well. The manifest is written
// first; whatever is lost after that is done again. The agent keeps the transfer
// until the job has ended: it may come back if storage turns out not to have all.
func (f *follower) done(ctx context.Context, at models.OpenAttempt, st agentapi.Status) error {
	if at.Kind == models.TransferResolve {
		err := f.saveManifest(ctx, at.JobID)
		if e := models.AsError(err); err != nil && e.Code != models.CodeUnavailable {
			return f.fail(ctx, at, st, e, 0)
		}
		if err != nil {
			return err
		}
	}
	job, err := f.Store.Job(ctx, at.JobID)
	if err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	return f.Desk.Done(ctx, at.Attempt, models.TransferResult{
		AgentID: f.id.String(), Epoch: at.Epoch, Bytes: job.Bytes(),
		Waits: at.Kind == models.TransferResolve && job.State == models.StateQueued && job.AdmittedAt == nil,
	})
}

// fail ends the attempt of a transfer with a fault.
func (f *follower) fail(ctx context.Context, at models.OpenAttempt, st agentapi.Status, e *models.Error, delay time.Duration) error {
	details := models.FaultDetails{AgentID: f.id.String(), Epoch: at.Epoch, BytesDone: st.BytesDone}
	if err := f.Desk.Fail(ctx, at.Attempt, e, details, delay); err != nil {
		return err
	}
	f.log.InfoContext(ctx, "transfer failed", "job_id", at.JobID, "code", e.Code, "problem", e.Problem)
	return nil
}

func (f *follower) overrule(ctx context.Context, at models.OpenAttempt, st agentapi.Status, end *ending) error {
	if end.stop {
		if err := f.client.Stop(ctx, at.JobID.String(), agentapi.Stop{Epoch: at.Epoch}); err != nil {
			f.log.InfoContext(ctx, "could not stop transfer on agent", "job_id", at.JobID, "error", err)
		}
	}
	return f.fail(ctx, at, st, end.fault, end.delay)
}

// saveManifest fetches what a resolve found and writes it. The agent's word is
// user input: a torrent is read again here, and must be the one asked for.
func (f *follower) saveManifest(ctx context.Context, jobID uuid.UUID) error {
	got, err := f.client.Manifest(ctx, jobID.String())
	if p, ok := errors.AsType[*agentapi.Problem](err); ok && p.Status < 500 {
		return models.Errorf(models.CodeInternal, "The agent lost its findings.").Because(err)
	}
	if err != nil {
		return models.Fault(models.ProblemAgentUnreachable, "Could not ask the agent.").Because(err)
	}
	job, err := f.Store.Job(ctx, jobID)
	if err != nil {
		return attempt.Passing(err)
	}
	m, err := source.Reported(sourceOf(job), got)
	if err != nil {
		return err
	}
	if err := f.Store.SaveManifest(ctx, jobID, m); err != nil {
		return attempt.Passing(err)
	}
	return nil
}

// sourceOf returns as much of a job's source as tells whether a manifest is of it.
func sourceOf(job models.Job) models.Source {
	src := models.Source{Kind: job.SourceKind}
	if job.InfoHashV1 != nil {
		src.InfoHashV1 = *job.InfoHashV1
	}
	if job.InfoHashV2 != nil {
		src.InfoHashV2 = *job.InfoHashV2
	}
	return src
}

// beat sends the activity heartbeats that are due. They are the backstop if the
// agent is no longer followed, and reveal activities that the workflow has
// given up on.
func (f *follower) beat(ctx context.Context) {
	now := f.Now()
	var due []models.OpenAttempt
	var pct []int
	for _, o := range f.open {
		if now.Before(o.beatAt) || o.settling {
			continue
		}
		o.beatAt = now.Add(wait.Spread(f.Pace.Beat))
		due = append(due, o.OpenAttempt)
		pct = append(pct, percent(o.status))
	}
	if len(due) == 0 {
		return
	}
	name := f.agent.Name
	f.work.Go(func() {
		for i, at := range due {
			details := map[string]any{"agent": name, "percent": pct[i]}
			if err := f.Desk.Beat(ctx, at.Attempt, details); err != nil && ctx.Err() == nil {
				f.log.WarnContext(ctx, "could not send activity heartbeat", "job_id", at.JobID, "error", err)
			}
		}
	})
}

func percent(st agentapi.Status) int {
	if st.BytesTotal <= 0 {
		return 0
	}
	return int(100 * st.BytesDone / st.BytesTotal)
}
