package seedrtrack

import (
	"context"

	"longhaul/internal/attempt"
	"longhaul/internal/seedrfiles"
	"longhaul/internal/wait"
	"longhaul/models"
)

// finish ends the attempt of a content that is complete on Seedr. The manifest is
// written first; whatever is lost after that is done again.
func (f *follower) finish(ctx context.Context, o *followed, item models.SeedrItem) {
	if o.settled {
		return
	}
	if err := f.finishOne(ctx, o, item); err != nil && ctx.Err() == nil {
		e := models.AsError(err)
		if e.Code != models.CodeUnavailable || e.Problem != "" {
			f.fail(ctx, o, e)
			return
		}
		f.soon = true
		f.log.WarnContext(ctx, "could not settle attempt on Seedr; will retry", "job_id", o.JobID, "error", err)
	}
}

func (f *follower) finishOne(ctx context.Context, o *followed, item models.SeedrItem) error {
	job, err := f.Store.Job(ctx, o.JobID)
	if err != nil {
		return attempt.Passing(err)
	}
	if job.FileCount == 0 {
		if job, err = f.saveFiles(ctx, job, item); err != nil {
			return err
		}
	}
	if f.MaxJobBytes > 0 && job.Bytes() > f.MaxJobBytes && (!job.ChooseFiles || job.Selection != nil) {
		return models.TooLarge(job.Bytes(), f.MaxJobBytes)
	}
	pending, err := f.Store.FilesToFinalize(ctx, o.JobID)
	if err != nil {
		return attempt.Passing(err)
	}
	files := make([]models.File, 0, len(pending))
	for _, p := range pending {
		files = append(files, p.File)
	}
	if _, err := seedrfiles.Match(files, item.Files); err != nil {
		return err
	}
	res := models.TransferResult{Provider: models.ProviderSeedr, Epoch: o.Epoch, Bytes: job.Bytes(), ToStore: true, Waits: job.State == models.StateQueued}
	if err := f.Desk.Done(ctx, o.Attempt, res); err != nil {
		return attempt.Passing(err)
	}
	o.settled = true
	return nil
}

// saveFiles writes the file list from Seedr.
func (f *follower) saveFiles(ctx context.Context, job models.Job, item models.SeedrItem) (models.Job, error) {
	m, err := seedrfiles.Manifest(item)
	if err != nil {
		return job, err
	}
	if err := f.Store.SaveManifest(ctx, job.ID, m); err != nil {
		return job, attempt.Passing(err)
	}
	job, err = f.Store.Job(ctx, job.ID)
	if err != nil {
		return job, attempt.Passing(err)
	}
	return job, nil
}

// fail ends the attempt with a fault.
func (f *follower) fail(ctx context.Context, o *followed, e *models.Error) {
	if o.settled {
		return
	}
	details := models.FaultDetails{Provider: models.ProviderSeedr, Epoch: o.Epoch, BytesDone: o.progress.BytesDone}
	if err := f.Desk.Fail(ctx, o.Attempt, e, details, 0); err != nil {
		f.soon = true
		f.log.WarnContext(ctx, "could not fail attempt on Seedr; will retry", "job_id", o.JobID, "error", err)
		return
	}
	o.settled = true
	f.log.InfoContext(ctx, "transfer on Seedr failed", "job_id", o.JobID, "code", e.Code, "problem", e.Problem)
}

// beatAll sends the activity heartbeats that are due. They are the backstop if
// the account is no longer followed, and reveal activities that the workflow
// has given up on.
func (f *follower) beatAll(ctx context.Context) {
	now := f.Now()
	for _, o := range f.open {
		if now.Before(o.beatAt) || o.settled {
			continue
		}
		o.beatAt = now.Add(wait.Spread(f.Pace.Beat))
		details := map[string]any{"provider": "seedr", "waiting": o.progress.Waiting}
		if err := f.Desk.Beat(ctx, o.Attempt, details); err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "could not send activity heartbeat", "job_id", o.JobID, "error", err)
		}
	}
}
