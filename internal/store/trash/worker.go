package trash

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// Worker returns the methods that only the worker may use.
func (tr *Trash) Worker() *Worker { return &Worker{tr} }

// Worker deletes for good what was in the trash for long enough.
type Worker struct{ tr *Trash }

// DropOver deletes for good all jobs and files whose time in the trash is over.
// Each job goes in a transaction of its own, so that this may be broken off
// anywhere; one that fails holds up no other.
func (w *Worker) DropOver(ctx context.Context) (models.TrashSwept, error) {
	return w.tr.drop(ctx, nil, 0)
}

// JobsWithDeletedFiles returns jobs with files that were deleted for good before
// the time, and whose objects may still be there: the purge was lost. They come by
// id, after the given one.
func (w *Worker) JobsWithDeletedFiles(ctx context.Context, before time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.tr.db.Rows(ctx, &out, "list jobs with deleted files", `
		select distinct f.job_id from files f where f.state = 'deleted' and f.trash_until < ? and f.job_id > ? order by f.job_id limit ?`,
		before, after, limit)
	return out, err
}

// pageSize is how many jobs are listed at once.
const pageSize = 200

// drop deletes for good what is over of the user's trash, or of everybody's if
// user is nil: all of it, or what belongs to so many jobs if most is not 0.
func (tr *Trash) drop(ctx context.Context, user *uuid.UUID, most int) (models.TrashSwept, error) {
	var out models.TrashSwept
	errJobs := each(ctx, most, func(after uuid.UUID) (ids []uuid.UUID, err error) {
		err = tr.db.Rows(ctx, &ids, "list jobs that leave the trash", `
			select id from jobs where trash_until <= @now and (cast(@user as uuid) is null or user_id = @user)
				and id > @after order by id limit @limit`, tr.over(user, after))
		return ids, err
	}, func(id uuid.UUID) error {
		dropped, err := tr.jobs.DropOver(ctx, id)
		if dropped {
			out.Jobs++
		}
		return err
	})
	errFiles := each(ctx, most, func(after uuid.UUID) (ids []uuid.UUID, err error) {
		err = tr.db.Rows(ctx, &ids, "list jobs with files that leave the trash", `
			select distinct job_id from files where state = 'trashed' and trash_until <= @now
				and (cast(@user as uuid) is null or user_id = @user) and job_id > @after order by job_id limit @limit`, tr.over(user, after))
		return ids, err
	}, func(id uuid.UUID) error {
		n, err := tr.jobs.DropFilesOver(ctx, id)
		out.Files += n
		return err
	})
	return out, errors.Join(errJobs, errFiles)
}

func (tr *Trash) over(user *uuid.UUID, after uuid.UUID) map[string]any {
	return map[string]any{"now": tr.db.Now(), "user": user, "after": after, "limit": pageSize}
}

// each calls do with the jobs of all pages, or with so many at least if most is
// not 0, and returns the first error after the last one.
func each(ctx context.Context, most int, page func(after uuid.UUID) ([]uuid.UUID, error), do func(uuid.UUID) error) (failed error) {
	seen := 0
	for after := uuid.Nil; ; {
		ids, err := page(after)
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, id := range ids {
			if err := do(id); err != nil && failed == nil {
				failed = err
			}
		}
		seen += len(ids)
		if len(ids) < pageSize || most > 0 && seen >= most || ctx.Err() != nil {
			return failed
		}
		after = ids[len(ids)-1]
	}
}
