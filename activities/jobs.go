package activities

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// JobStore is what the activities on a job's row need from the database.
type JobStore interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error)
	SelectFiles(ctx context.Context, jobID uuid.UUID, indexes []int) error
	RefuseAsk(ctx context.Context, jobID uuid.UUID, a models.Ask) error
	ProviderConfig(ctx context.Context) (models.ProviderConfig, error)
}

// Jobs reads and writes the row of a job. The database announces state changes
// in the transaction that makes them.
type Jobs struct {
	Store            JobStore
	SelectionTimeout time.Duration // how long a user may take to choose files
	AttentionTimeout time.Duration // how long a parked job waits for a person

	// RetryPauses are the pauses before the retries of a transient fault of the
	// source; after the last one the job needs attention.
	RetryPauses []time.Duration
}

// LoadJob returns what a workflow needs to know about its job. A job that
// another run left in the middle returns to the queue; one that waits for a
// person goes on waiting, and one that this run continues keeps its state.
func (a *Jobs) LoadJob(ctx context.Context, in JobInput) (Plan, error) {
	plan, err := a.load(ctx, in)
	return plan, border(ctx, err)
}

func (a *Jobs) load(ctx context.Context, in JobInput) (Plan, error) {
	job, err := a.Store.Job(ctx, in.JobID)
	if models.IsNotFound(err) {
		return Plan{Over: true}, nil
	}
	if err != nil {
		return Plan{}, err
	}
	if job.State.Terminal() { // a retry queues the job before its new run starts
		return Plan{Over: true, State: job.State, Run: job.Run, Reason: job.Reason}, nil
	}
	if job.State != models.StateQueued && job.State != in.Stands && !waits(job) {
		job, err = a.Store.Transition(ctx, in.JobID, models.JobChange{
			To: models.StateQueued, ReleaseSlot: true,
			Reason: models.Because(models.ReasonWaitsForSlot),
		})
		if err != nil {
			return Plan{}, err
		}
	}
	cfg, err := a.Store.ProviderConfig(ctx)
	if err != nil {
		return Plan{}, err
	}
	hash := ""
	if job.InfoHashV1 != nil {
		hash = *job.InfoHashV1
	}
	return Plan{
		Failover: cmp.Or(job.Failover, cfg.Options.Failover), Private: job.Private,
		SeedrFits: models.ProviderSeedr.Fits(job.SourceKind, hash),
		State:     job.State, Admitted: job.AdmittedAt != nil, Provider: job.Provider, Bytes: job.Bytes(),
		ManifestKnown: job.FileCount > 0, ChooseFiles: job.ChooseFiles && job.Selection == nil,
		SelectionTimeout: a.SelectionTimeout, AttentionTimeout: a.AttentionTimeout,
		RetryPauses: a.RetryPauses, Asked: job.Asked,
		Run: job.Run, Reason: job.Reason, Problem: job.Problem, Since: job.StateSince, Deadline: job.Deadline,
	}, nil
}

// waits reports whether the job waits for a person, who has not acted yet.
func waits(job models.Job) bool {
	switch job.State {
	case models.StatePaused, models.StateAwaitingSelection:
		return true
	case models.StateNeedsAttention:
		return job.Reason.Code != models.ReasonRetried
	default:
		return false
	}
}

// SetState writes a transition that the workflow decided on.
func (a *Jobs) SetState(ctx context.Context, in StateInput) error {
	_, err := a.Store.Transition(ctx, in.JobID, in.change())
	return border(ctx, err)
}

// SelectFiles writes which files the user chose.
func (a *Jobs) SelectFiles(ctx context.Context, in SelectionInput) error {
	return border(ctx, a.Store.SelectFiles(ctx, in.JobID, in.Indexes))
}

// RefuseAsk ends what the job was asked for and cannot do.
func (a *Jobs) RefuseAsk(ctx context.Context, in AskInput) error {
	return border(ctx, a.Store.RefuseAsk(ctx, in.JobID, in.Ask))
}

func (in StateInput) change() models.JobChange {
	return models.JobChange{
		To: in.To, Reason: in.Reason, Deadline: in.Deadline, Attempt: in.Attempt, MaxAttempts: in.MaxAttempts,
		Problem: in.Problem, ReleaseSlot: in.ReleaseSlot,
	}
}
