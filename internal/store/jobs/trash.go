package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// RequestTrash deletes the job like RequestDelete, but moves it to the trash if
// there is something to bring back. It is hidden just as well, keeps what it
// takes up of the quota, and can be restored until the time that is returned. An
// open job is cancelled first, and goes for good if none of its files is stored;
// so does one whose content is blocked.
func (js *Jobs) RequestTrash(ctx context.Context, userID, jobID uuid.UUID) (models.Deletion, error) {
	job, err := js.request(ctx, asker{owner: userID}, jobID, act{
		name: models.ActionDelete, do: js.discard(models.Because(models.ReasonTrashed)),
	})
	return models.Deletion{Until: job.TrashUntil, Whole: true}, err
}

// discard returns what moves a job to the trash for the reason, or deletes it for
// good if there is nothing that could be brought back.
func (js *Jobs) discard(why models.Reason) func(context.Context, *models.Job) error {
	return func(ctx context.Context, job *models.Job) error {
		until, err := js.restorableUntil(ctx, *job)
		if err != nil {
			return err
		}
		if until == nil {
			if why.Code == models.ReasonTrashed {
				why = models.Because(models.ReasonDeleted)
			}
			return js.remove(why)(ctx, job)
		}
		return js.discardUntil(ctx, job, *until, why)
	}
}

// restorableUntil returns until when a job could be brought back that is deleted
// now, nil if it could not. No plan keeps files longer because they are in the
// trash.
func (js *Jobs) restorableUntil(ctx context.Context, job models.Job) (*time.Time, error) {
	if js.TrashFor <= 0 || job.Blocked {
		return nil, nil
	}
	if !job.State.Terminal() {
		_, stored, err := js.files.CountStored(ctx, job.ID)
		if err != nil || stored == 0 {
			return nil, err
		}
	}
	now := js.db.Now()
	until := now.Add(js.TrashFor)
	if job.State == models.StateReady && job.Deadline != nil && job.Deadline.Before(until) {
		until = *job.Deadline
	}
	if !until.After(now) {
		return nil, nil
	}
	return &until, nil
}

func (js *Jobs) discardUntil(ctx context.Context, job *models.Job, until time.Time, why models.Reason) error {
	if !job.State.Terminal() {
		if err := js.cancel(ctx, job); err != nil {
			return err
		}
	}
	now := js.db.Now()
	job.DeleteAt, job.TrashUntil, job.UpdatedAt = &now, &until, now
	if err := js.save(ctx, "move job to trash", job, "delete_at", "trash_until", "updated_at"); err != nil {
		return err
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventDeleted, why))
}

// Restore brings a job back from the trash. It is not_found when it is not there
// or its time is over, and refused when its content was blocked meanwhile, or
// when it has not stopped yet and the user has another open job for its content.
func (js *Jobs) Restore(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.lockTrashed(ctx, userID, jobID); err != nil {
			return err
		}
		if job.Blocked {
			return blockedRefusal()
		}
		job.DeleteAt, job.TrashUntil, job.UpdatedAt = nil, nil, js.db.Now()
		err = js.save(ctx, "restore job", &job, "delete_at", "trash_until", "updated_at")
		if postgres.IsConflict(err) {
			return js.duplicateAfterConflict(ctx, job, err)
		}
		if err != nil {
			return err
		}
		return js.timeline.Add(ctx, timeline.Of(job, models.EventState, models.Because(models.ReasonRestored)))
	})
	return job, err
}

// DropTrashed deletes a job for good that is in the user's trash.
func (js *Jobs) DropTrashed(ctx context.Context, userID, jobID uuid.UUID) error {
	return js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.lockTrashed(ctx, userID, jobID)
		if err != nil {
			return err
		}
		return js.dropTrashed(ctx, &job)
	})
}

// DropOver deletes the job for good if its time in the trash is over, and reports
// whether it was.
func (js *Jobs) DropOver(ctx context.Context, jobID uuid.UUID) (dropped bool, err error) {
	err = js.db.Tx(ctx, func(ctx context.Context) error {
		job, err := js.Lock(ctx, jobID)
		dropped = err == nil && job.InTrash() && !job.TrashUntil.After(js.db.Now())
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil || !dropped {
			return err
		}
		return js.dropTrashed(ctx, &job)
	})
	return dropped, err
}

// dropTrashed deletes the locked job for good, which is in the trash.
func (js *Jobs) dropTrashed(ctx context.Context, job *models.Job) error {
	job.TrashUntil = nil
	if err := js.save(ctx, "delete trashed job for good", job, "trash_until"); err != nil {
		return err
	}
	if !job.State.Terminal() {
		if err := js.outbox.EnqueueOnce(ctx, models.OutboxCancel, job.ID); err != nil {
			return err
		}
	}
	return js.outbox.EnqueueOnce(ctx, models.OutboxPurge, job.ID)
}

// dropBlocked deletes for good what is in the trash of the locked job and blocked,
// and reports whether that was all of it.
func (js *Jobs) dropBlocked(ctx context.Context, job *models.Job) (whole bool, err error) {
	if job.InTrash() && job.Blocked {
		return true, js.dropTrashed(ctx, job)
	}
	ids, err := js.files.InTrash(ctx, job.ID, true, nil)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	return false, js.dropFiles(ctx, job, ids...)
}

// lockTrashed locks a job in the user's trash whose time is not over.
func (js *Jobs) lockTrashed(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := js.db.Row(ctx, &job, "lock job in trash", `
		select * from jobs where id = ? and user_id = ? and delete_at is not null and trash_until > ? for update`,
		jobID, userID, js.db.Now())
	return job, err
}
