package activities

import (
	"context"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"longhaul/internal/placement"
	"longhaul/models"
)

// MoveStore is what moving jobs between providers needs from the database.
type MoveStore interface {
	MoveJob(ctx context.Context, jobID uuid.UUID, m models.JobMove) (models.Job, error)
}

// Transfers requests transfers and ends them.
type Transfers struct {
	Placer *placement.Placer
	Store  MoveStore
}

// ResolveSource has an agent or Seedr find out what the source contains. It
// returns pending; the transfer's tracker completes it by task token.
func (a *Transfers) ResolveSource(ctx context.Context, in JobInput) (models.TransferResult, error) {
	return models.TransferResult{}, border(ctx, a.want(ctx, in, models.TransferResolve))
}

// StartTransfer has an agent fetch the selected files into storage, or Seedr
// fetch the content into its account. It returns pending; the transfer's
// tracker completes it by task token.
func (a *Transfers) StartTransfer(ctx context.Context, in JobInput) (models.TransferResult, error) {
	return models.TransferResult{}, border(ctx, a.want(ctx, in, models.TransferDownload))
}

func (a *Transfers) want(ctx context.Context, in JobInput, kind models.TransferKind) error {
	info := activity.GetInfo(ctx)
	err := a.Placer.Want(ctx, models.TransferWant{
		JobID: in.JobID, Kind: kind, TaskToken: info.TaskToken, Elsewhere: in.Elsewhere, Since: info.ScheduledTime,
	})
	if err != nil {
		return err
	}
	return activity.ErrResultPending
}

// StopTransfer ends what runs for a job and moves it on.
func (a *Transfers) StopTransfer(ctx context.Context, in StopInput) error {
	return border(ctx, a.Placer.Stop(ctx, in.JobID, in.change(), in.Remove))
}

// MoveJob gives a job to another provider. It ends what runs in the database,
// which is what counts; the trackers tidy up on agents and on Seedr.
func (a *Transfers) MoveJob(ctx context.Context, in MoveInput) (MoveResult, error) {
	job, err := a.Store.MoveJob(ctx, in.JobID, models.JobMove{From: in.From, To: in.To, Problem: in.Problem, Reason: in.Reason})
	if err != nil {
		return MoveResult{}, border(ctx, err)
	}
	return MoveResult{
		State: job.State, Provider: job.Provider, ManifestKnown: job.FileCount > 0,
		ChooseFiles: job.ChooseFiles && job.Selection == nil,
	}, nil
}
