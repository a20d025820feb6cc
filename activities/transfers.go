package activities

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"longhaul/agent/agentapi"
	"longhaul/internal/agentfault"
	"longhaul/internal/attempt"
	"longhaul/internal/wait"
	"longhaul/models"
)

// stopLimit bounds the courtesy call to an agent whose transfer was ended in
// the database already; the tracker repeats it if it gets lost.
const stopLimit = 3 * time.Second

// TransferStore is what placing and stopping transfers needs of the database.
type TransferStore interface {
	Source(ctx context.Context, jobID uuid.UUID) (models.Source, error)
	PlaceTransfer(ctx context.Context, jobID uuid.UUID, kind models.TransferKind, taskToken []byte, to models.State) (models.Placement, error)
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, p models.Problem, message string) error
	Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error)
	Agent(ctx context.Context, agentID uuid.UUID) (models.Agent, error)
	Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error)
	MoveJob(ctx context.Context, jobID uuid.UUID, m models.JobMove) (models.Job, error)
}

// Agent is the control plane's side of one agent; agentapi.Client is one.
type Agent interface {
	Start(ctx context.Context, jobID string, s agentapi.StartTransfer) (agentapi.Status, error)
	Stop(ctx context.Context, jobID string, s agentapi.Stop) error
	Delete(ctx context.Context, jobID string, epoch int64) error
}

// Transfers places transfers on agents and ends them.
type Transfers struct {
	Store          TransferStore
	Agents         func(models.Agent) Agent
	MaxJobBytes    int64         // 0 is no limit
	ResolveTimeout time.Duration // no metadata for so long is a fault
	StallTimeout   time.Duration // no verified byte for so long is a fault
	FailoverAfter  time.Duration // a transfer that cannot be placed for so long goes to another provider if it may
}

// ResolveSource has an agent or Seedr find out what the source holds. It
// returns pending: the tracker of the agent or of Seedr completes it by task
// token.
func (a *Transfers) ResolveSource(ctx context.Context, in JobInput) (models.TransferResult, error) {
	return models.TransferResult{}, border(ctx, a.place(ctx, in, models.TransferResolve, models.StateResolving))
}

// StartTransfer has an agent fetch the selected files into storage, or Seedr
// fetch the content into its account. It returns pending: the tracker of the
// agent or of Seedr completes it by task token.
func (a *Transfers) StartTransfer(ctx context.Context, in JobInput) (models.TransferResult, error) {
	return models.TransferResult{}, border(ctx, a.place(ctx, in, models.TransferDownload, models.StateDownloading))
}

// place writes the attempt before the agent is called: whatever the agent
// reports from then on finds its attempt, and a call that got lost leaves an
// attempt that the tracker sees to be missing on the agent. Seedr itself is
// called by its tracker alone.
func (a *Transfers) place(ctx context.Context, in JobInput, kind models.TransferKind, to models.State) error {
	info, jobID := activity.GetInfo(ctx), in.JobID
	src, err := a.Store.Source(ctx, jobID)
	if err != nil {
		return attempt.Passing(err)
	}
	p, err := a.Store.PlaceTransfer(ctx, jobID, kind, info.TaskToken, to)
	if next, ok := waitsFor()[problemOf(err)]; ok {
		return a.wait(ctx, in, models.AsError(err), next)
	}
	if err != nil {
		return attempt.Passing(err)
	}
	if p.Job.Provider == models.ProviderSeedr {
		return activity.ErrResultPending
	}
	_, err = a.Agents(p.Agent).Start(ctx, jobID.String(), a.request(kind, src, p))
	if err == nil {
		return activity.ErrResultPending
	}
	fault := agentfault.Refused(err)
	details := models.FaultDetails{AgentID: p.Agent.ID.String(), Epoch: p.Epoch}
	// The activity may be cancelled by now; the attempt is ended all the same.
	if err := a.Store.EndAttempt(context.WithoutCancel(ctx), jobID, p.Epoch, models.AttemptFailed, fault.Problem, fault.Message); err != nil {
		return attempt.Passing(err)
	}
	activity.GetLogger(ctx).Warn("transfer not taken by agent", "job_id", jobID, "agent", p.Agent.ID, "problem", fault.Problem, "error", fault.Cause)
	return failure(fault, 0, details)
}

// waitsFor are the problems for which a job waits although it holds a slot,
// with what happens next.
func waitsFor() map[models.Problem]string {
	return map[models.Problem]string{
		models.ProblemNoAgent:      "Starts by itself as soon as an agent has room; after a day of waiting it asks for your attention.",
		models.ProblemSeedrAuth:    "Starts by itself as soon as Seedr can be used again; after a day of waiting it asks for your attention.",
		models.ProblemSeedrFailing: "Starts by itself as soon as Seedr answers again; after a day of waiting it asks for your attention.",
		models.ProblemSeedrFull:    "Starts by itself as soon as there is room; after a day of waiting it asks for your attention.",
		models.ProblemSeedrSlots:   "Starts by itself as soon as a slot is free; after a day of waiting it asks for your attention.",
	}
}

// wait tells the user that the job waits, and makes Temporal ask again, less
// often as time goes by. A job that may go elsewhere does so after a while.
func (a *Transfers) wait(ctx context.Context, in JobInput, cause *models.Error, next string) error {
	reason := cause.Message
	if cause.Problem == models.ProblemNoAgent {
		reason = "No agent can take it at the moment."
	}
	job, err := a.Store.Transition(ctx, in.JobID, models.JobChange{
		To: models.StateQueued, Problem: cause.Problem, Reason: reason, NextAction: next,
	})
	if err != nil {
		return attempt.Passing(err)
	}
	info := activity.GetInfo(ctx)
	since := info.ScheduledTime
	if job.StateSince.After(since) {
		since = job.StateSince
	}
	if in.Elsewhere && time.Since(since) >= a.FailoverAfter {
		return temporal.NewApplicationErrorWithOptions(reason, typeOf(cause), temporal.ApplicationErrorOptions{
			NonRetryable: true, Category: temporal.ApplicationErrorCategoryBenign, Details: []any{models.FaultDetails{Provider: job.Provider}},
		})
	}
	delay := min(noAgentDelay*time.Duration(1+info.Attempt/5), noAgentDelayMax)
	return failure(cause, wait.Spread(delay))
}

// MoveJob gives a job to another provider. What runs for it is ended in the
// database, which is what counts; the trackers tidy up on agents and on Seedr.
func (a *Transfers) MoveJob(ctx context.Context, in MoveInput) (MoveResult, error) {
	job, err := a.Store.MoveJob(ctx, in.JobID, models.JobMove{From: in.From, To: in.To, Problem: in.Problem, Message: in.Message})
	if err != nil {
		return MoveResult{}, border(ctx, err)
	}
	return MoveResult{
		State: job.State, Provider: job.Provider, ManifestKnown: job.FileCount > 0,
		ChooseFiles: job.ChooseFiles && job.Selection == nil,
	}, nil
}

// request is what the agent is to do; parts that are stored already are not
// fetched again.
func (a *Transfers) request(kind models.TransferKind, src models.Source, p models.Placement) agentapi.StartTransfer {
	s := agentapi.StartTransfer{
		Epoch: p.Epoch, Kind: agentapi.Kind(kind), MaxBytes: a.MaxJobBytes,
		ResolveTimeoutSeconds: int64(a.ResolveTimeout.Seconds()), StallTimeoutSeconds: int64(a.StallTimeout.Seconds()),
	}
	switch {
	case len(src.Metainfo) > 0:
		s.Source.Metainfo = src.Metainfo
	case src.Kind == models.SourceURL:
		s.Source.URL = src.URI
	default:
		s.Source.Magnet = src.URI
	}
	if kind == models.TransferResolve {
		return s
	}
	for _, f := range p.Files {
		if f.State == models.FileSkipped {
			continue
		}
		job := agentapi.FileJob{Index: f.Index, Size: f.Size, PartSize: f.PartSize, Validator: f.Validator}
		for _, part := range p.Parts[f.ID] {
			job.Stored = append(job.Stored, int64(part.Number))
		}
		slices.Sort(job.Stored)
		s.Files = append(s.Files, job)
	}
	return s
}

// StopTransfer ends what runs for a job and moves it on. The database is what
// counts: from then on the agent's reports and part requests are refused. The
// agent is told at once as well, and again by its tracker should that get lost.
func (a *Transfers) StopTransfer(ctx context.Context, in StopInput) error {
	return border(ctx, a.stop(ctx, in))
}

func (a *Transfers) stop(ctx context.Context, in StopInput) error {
	if _, err := a.Store.Transition(ctx, in.JobID, in.change()); err != nil {
		return err
	}
	// The last attempt is read after the transition: from then on none is placed.
	attempts, err := a.Store.Attempts(ctx, in.JobID)
	if err != nil {
		return err
	}
	if len(attempts) == 0 || attempts[len(attempts)-1].State != models.AttemptOpen {
		return nil
	}
	open := attempts[len(attempts)-1]
	if err := a.Store.EndAttempt(ctx, in.JobID, open.Epoch, models.AttemptSuperseded, "", ""); err != nil {
		return err
	}
	if open.AgentID == nil {
		return nil // the tracker removes what Seedr has
	}
	agent, err := a.Store.Agent(ctx, *open.AgentID)
	if models.IsNotFound(err) {
		return nil // removed since the attempt ended
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	if in.Remove {
		err = a.Agents(agent).Delete(ctx, in.JobID.String(), open.Epoch)
	} else {
		err = a.Agents(agent).Stop(ctx, in.JobID.String(), agentapi.Stop{Epoch: open.Epoch})
	}
	if err != nil && activity.IsActivity(ctx) {
		activity.GetLogger(ctx).Info("agent not told to stop; its tracker will", "job_id", in.JobID, "agent", agent.ID, "error", err)
	}
	return nil
}

// problemOf returns the problem of an error, empty if it has none.
func problemOf(err error) models.Problem {
	if err == nil {
		return ""
	}
	return models.AsError(err).Problem
}
