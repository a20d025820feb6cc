package activities

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/temporal"

	"longhaul/models"
)

// finish completes the activity of an attempt whose content is complete on
// Seedr. The order is manifest, token, row: whatever is lost in between is done
// again, and a token that is gone means that it was done before.
func (f *seedrFollower) finish(ctx context.Context, o *onSeedr, item models.SeedrItem) {
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
		f.log.Warn("attempt on Seedr not settled; again soon", "job_id", o.JobID, "cause", err)
	}
}

func (f *seedrFollower) finishOne(ctx context.Context, o *onSeedr, item models.SeedrItem) error {
	job, err := f.Store.Job(ctx, o.JobID)
	if err != nil {
		return passing(err)
	}
	if job.FileCount == 0 {
		if job, err = f.saveFiles(ctx, job, item); err != nil {
			return err
		}
	}
	if f.MaxJobBytes > 0 && sizeOf(job) > f.MaxJobBytes && (!job.ChooseFiles || job.Selection != nil) {
		return models.Fault(models.ProblemContentTooLarge, "This is larger than a job may be (%s of at most %s).",
			models.BytesInWords(sizeOf(job)), models.BytesInWords(f.MaxJobBytes))
	}
	pending, err := f.Store.FilesToFinalize(ctx, o.JobID)
	if err != nil {
		return passing(err)
	}
	files := make([]models.File, 0, len(pending))
	for _, p := range pending {
		files = append(files, p.File)
	}
	if _, err := matchFiles(files, item.Files); err != nil {
		return err
	}
	res := TransferResult{Provider: models.ProviderSeedr, Epoch: o.Epoch, Bytes: sizeOf(job), ToStore: true, Waits: job.State == models.StateQueued}
	if err := f.complete(ctx, o.TaskToken, res, nil); err != nil {
		return passing(err)
	}
	o.settled = true
	if err := f.Store.EndAttempt(ctx, o.JobID, o.Epoch, models.AttemptDone, "", ""); err != nil {
		o.settled = false
		return passing(fmt.Errorf("end attempt: %w", err))
	}
	return nil
}

// saveFiles writes the file list that Seedr tells.
func (f *seedrFollower) saveFiles(ctx context.Context, job models.Job, item models.SeedrItem) (models.Job, error) {
	m, err := seedrManifest(item)
	if err != nil {
		return job, err
	}
	if err := f.Store.SaveManifest(ctx, job.ID, m); err != nil {
		return job, passing(err)
	}
	job, err = f.Store.Job(ctx, job.ID)
	if err != nil {
		return job, passing(err)
	}
	return job, nil
}

// fail fails the activity of an attempt and ends the attempt.
func (f *seedrFollower) fail(ctx context.Context, o *onSeedr, e *models.Error) {
	if o.settled {
		return
	}
	details := FaultDetails{Provider: models.ProviderSeedr, Epoch: o.Epoch, BytesDone: o.progress.BytesDone}
	if err := f.complete(ctx, o.TaskToken, nil, failure(e, 0, details)); err != nil {
		f.soon = true
		f.log.Warn("attempt on Seedr not failed; again soon", "job_id", o.JobID, "cause", err)
		return
	}
	o.settled = true
	if err := f.Store.EndAttempt(ctx, o.JobID, o.Epoch, models.AttemptFailed, e.Problem, e.Message); err != nil {
		o.settled, f.soon = false, true
		f.log.Warn("attempt on Seedr not ended; again soon", "job_id", o.JobID, "cause", err)
		return
	}
	f.log.Info("transfer on Seedr failed", "job_id", o.JobID, "problem", typeOf(e))
}

// complete answers a task token. One that Temporal does not know any more was
// answered before, or its attempt is over: both are as good as done.
func (f *seedrFollower) complete(ctx context.Context, token []byte, res any, failed error) error {
	if err := f.tokens.Wait(ctx); err != nil {
		return err
	}
	err := f.Tokens.CompleteActivity(ctx, token, res, failed)
	if err != nil && !tokenGone(err) {
		return fmt.Errorf("complete activity: %w", err)
	}
	return nil
}

// beatAll sends the activity heartbeats that are due. They are the backstop
// for the case that nobody follows the account any more, and bring news of
// activities that the workflow has given up.
func (f *seedrFollower) beatAll(ctx context.Context) {
	now := f.Now()
	for _, o := range f.open {
		if now.Before(o.beatAt) || o.settled || f.tokens.Wait(ctx) != nil {
			continue
		}
		o.beatAt = now.Add(spread(f.Pace.Beat))
		err := f.Tokens.RecordActivityHeartbeat(ctx, o.TaskToken, map[string]any{"provider": "seedr", "waiting": o.progress.Waiting})
		switch {
		case err == nil:
			err = f.Store.TouchBeat(ctx, o.JobID, o.Epoch)
		case tokenGone(err) || temporal.IsCanceledError(err):
			err = f.Store.EndAttempt(ctx, o.JobID, o.Epoch, models.AttemptSuperseded, "", "")
		}
		if err != nil && ctx.Err() == nil {
			f.log.Warn("activity heartbeat not sent", "job_id", o.JobID, "cause", err)
		}
	}
}
