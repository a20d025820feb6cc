package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"longhaul/agent/agentapi"
	"longhaul/internal/store"
	"longhaul/models"
)

// stopLimit bounds the courtesy call to an agent whose transfer was ended in
// the database already; the tracker repeats it if it gets lost.
const stopLimit = 3 * time.Second

// TransferStore is what placing and stopping transfers needs of the database.
type TransferStore interface {
	Source(ctx context.Context, jobID uuid.UUID) (models.Source, error)
	PlaceTransfer(ctx context.Context, jobID uuid.UUID, kind models.TransferKind, taskToken []byte, to models.State) (store.Placement, error)
	EndAttempt(ctx context.Context, jobID uuid.UUID, epoch int64, s models.AttemptState, p models.Problem, message string) error
	Attempts(ctx context.Context, jobID uuid.UUID) ([]models.Attempt, error)
	Agent(ctx context.Context, agentID uuid.UUID) (models.Agent, error)
	Transition(ctx context.Context, jobID uuid.UUID, c store.Change) (models.Job, error)
}

// Agent is the control plane's side of one agent; agentapi.Client is one.
type Agent interface {
	Start(ctx context.Context, jobID string, s agentapi.StartTransfer) (agentapi.Status, error)
	Stop(ctx context.Context, jobID string, s agentapi.Stop) error
	Delete(ctx context.Context, jobID string, epoch int64) error
	Manifest(ctx context.Context, jobID string) (agentapi.Manifest, error)
	Changes(ctx context.Context, since int64, wait time.Duration) (agentapi.Changes, error)
}

// Transfers places transfers on agents and ends them.
type Transfers struct {
	Store          TransferStore
	Agents         func(models.Agent) Agent
	MaxJobBytes    int64         // 0 is no limit
	ResolveTimeout time.Duration // no metadata for so long is a fault
	StallTimeout   time.Duration // no verified byte for so long is a fault
}

// ResolveSource has an agent find out what the source holds. It returns
// pending: the agent's tracker completes it by task token.
func (a *Transfers) ResolveSource(ctx context.Context, in JobInput) (TransferResult, error) {
	return TransferResult{}, border(ctx, a.place(ctx, in.JobID, models.TransferResolve, models.StateResolving))
}

// StartTransfer has an agent fetch the selected files into storage. It returns
// pending: the agent's tracker completes it by task token.
func (a *Transfers) StartTransfer(ctx context.Context, in JobInput) (TransferResult, error) {
	return TransferResult{}, border(ctx, a.place(ctx, in.JobID, models.TransferDownload, models.StateDownloading))
}

// place writes the attempt before the agent is called: whatever the agent
// reports from then on finds its attempt, and a call that got lost leaves an
// attempt that the tracker sees to be missing on the agent.
func (a *Transfers) place(ctx context.Context, jobID uuid.UUID, kind models.TransferKind, to models.State) error {
	info := activity.GetInfo(ctx)
	src, err := a.Store.Source(ctx, jobID)
	if err != nil {
		return passing(err)
	}
	p, err := a.Store.PlaceTransfer(ctx, jobID, kind, info.TaskToken, to)
	if problemOf(err) == models.ProblemNoAgent {
		return a.noAgent(ctx, jobID, err, info.Attempt)
	}
	if err != nil {
		return passing(err)
	}
	_, err = a.Agents(p.Agent).Start(ctx, jobID.String(), a.request(kind, src, p))
	if err == nil {
		return activity.ErrResultPending
	}
	fault := startFault(err)
	details := FaultDetails{AgentID: p.Agent.ID.String(), Epoch: p.Epoch}
	// The activity may be cancelled by now; the attempt is ended all the same.
	if err := a.Store.EndAttempt(context.WithoutCancel(ctx), jobID, p.Epoch, models.AttemptFailed, fault.Problem, fault.Message); err != nil {
		return passing(err)
	}
	activity.GetLogger(ctx).Warn("transfer not taken by agent", "job_id", jobID, "agent", p.Agent.ID, "problem", fault.Problem, "cause", fault.Cause)
	return failure(fault, 0, details)
}

// noAgent tells the user that the job waits although it holds a slot, and
// makes Temporal ask again, less often as time goes by.
func (a *Transfers) noAgent(ctx context.Context, jobID uuid.UUID, cause error, attempt int32) error {
	_, err := a.Store.Transition(ctx, jobID, store.Change{
		To: models.StateQueued, Problem: models.ProblemNoAgent,
		Reason:     "No agent can take it at the moment.",
		NextAction: "Starts by itself as soon as an agent has room; after a day of waiting it asks for your attention.",
	})
	if err != nil {
		return passing(err)
	}
	delay := min(noAgentDelay*time.Duration(1+attempt/5), noAgentDelayMax)
	return failure(models.AsError(cause), spread(delay))
}

// request is what the agent is to do; parts that are stored already are not
// fetched again.
func (a *Transfers) request(kind models.TransferKind, src models.Source, p store.Placement) agentapi.StartTransfer {
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
		activity.GetLogger(ctx).Info("agent not told to stop; its tracker will", "job_id", in.JobID, "agent", agent.ID, "cause", err)
	}
	return nil
}

// startFault reads why an agent did not take a transfer.
func startFault(err error) *models.Error {
	if p, ok := errors.AsType[*agentapi.Problem](err); ok {
		problem := models.Problem(p.Code)
		if slices.Contains(models.Problems(), problem) {
			return models.Fault(problem, "%s", sentence(p.Detail)).Because(err)
		}
	}
	return models.Fault(models.ProblemAgentUnreachable, "The agent could not be called; another try follows.").Because(err)
}

// problemOf returns the problem of an error, empty if it has none.
func problemOf(err error) models.Problem {
	if err == nil {
		return ""
	}
	return models.AsError(err).Problem
}

// passing marks a fault of our own machinery as one that passes, so that a
// transfer waits for it instead of counting it against the source.
func passing(err error) error {
	e := models.AsError(err)
	if e.Code != models.CodeInternal {
		return e
	}
	return models.Errorf(models.CodeUnavailable, "Something on our side is away for now.").Because(err)
}

// sentence bounds a text that an agent sent.
func sentence(s string) string {
	const limit = 300
	if s == "" {
		return "The agent gave no reason."
	}
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
