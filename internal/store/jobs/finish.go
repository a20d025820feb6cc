package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// FinishJob makes the job ready once every selected file is stored. It is a
// conflict while one is not. A job that is ready stays so.
func (w *Worker) FinishJob(ctx context.Context, jobID uuid.UUID) error {
	js := w.js
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		if err != nil || job.State == models.StateReady {
			return err
		}
		missing, stored, err := js.files.CountStored(ctx, jobID)
		if err != nil {
			return err
		}
		if missing > 0 || stored == 0 {
			return models.Errorf(models.CodeConflict, "%d files of the job are not stored yet.", missing)
		}
		if err := js.files.SumUp(ctx, &job); err != nil {
			return err
		}
		if err := js.progress.Forget(ctx, jobID); err != nil {
			return err
		}
		c := models.JobChange{To: models.StateReady, Reason: models.Because(models.ReasonReady)}
		if err := js.expiry(ctx, job.UserID, &c); err != nil {
			return err
		}
		return js.Move(ctx, &job, c, models.EventState)
	})
}

// expiry notes on a change to ready when the job's files will be removed.
func (js *Jobs) expiry(ctx context.Context, userID uuid.UUID, c *models.JobChange) error {
	p, err := js.quota.PlanOf(ctx, userID)
	if err != nil || p.RetentionDays == nil {
		return err
	}
	due := js.db.Now().AddDate(0, 0, *p.RetentionDays)
	c.Deadline = &due
	return nil
}
