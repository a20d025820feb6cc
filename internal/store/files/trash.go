package files

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// LockShown returns a file of the user's job that its owner has not deleted, and
// locks it until the transaction ends.
func (fs *Files) LockShown(ctx context.Context, job models.Job, fileID uuid.UUID) (models.File, error) {
	var f models.File
	err := fs.db.Row(ctx, &f, "lock file", `
		select * from files where id = ? and job_id = ? and user_id = ? and state in ('stored', 'lost') for update`,
		fileID, job.ID, job.UserID)
	return f, err
}

// Others returns how many other files of the job are shown, and how many of them
// are in the trash. What was not chosen is neither.
func (fs *Files) Others(ctx context.Context, f models.File) (kept, trashed int64, err error) {
	var n struct{ Kept, Trashed int64 }
	err = fs.db.Row(ctx, &n, "count other files", `
		select count(*) filter (where state in ('stored', 'lost', 'pending')) as kept, count(*) filter (where state = 'trashed') as trashed
		from files where job_id = ? and id <> ?`, f.JobID, f.ID)
	return n.Kept, n.Trashed, err
}

// Trash moves the locked files to the trash until the time.
func (fs *Files) Trash(ctx context.Context, until time.Time, ids ...uuid.UUID) error {
	_, err := fs.db.Exec(ctx, "move files to trash", `
		update files set state = 'trashed', trashed_at = ?, trash_until = ? where id = any(?)`, fs.db.Now(), until, postgres.Array[uuid.UUID](ids))
	return err
}

// Drop marks files of the job as deleted for good. Their objects are due to be
// removed from then on.
func (fs *Files) Drop(ctx context.Context, jobID uuid.UUID, fileIDs ...uuid.UUID) error {
	_, err := fs.db.Exec(ctx, "delete files for good", `
		update files set state = 'deleted', trash_until = ? where job_id = ? and id = any(?) and state in ('stored', 'lost', 'trashed')`,
		fs.db.Now(), jobID, postgres.Array[uuid.UUID](fileIDs))
	return err
}

// Untrash takes all files of the job out of the trash, and returns when the last
// of them would have left it.
func (fs *Files) Untrash(ctx context.Context, jobID uuid.UUID) (time.Time, error) {
	var last time.Time
	err := fs.db.Row(ctx, &last, "take files out of trash", `
		with was as (select id, trash_until from files where job_id = @job and state = 'trashed' for update),
		back as (update files f set state = 'stored', trashed_at = null, trash_until = null from was where f.id = was.id)
		select coalesce(max(trash_until), @now) from was`, map[string]any{"job": jobID, "now": fs.db.Now()})
	return last, err
}

// InTrash returns the files of the job that are in the trash: the blocked ones
// only, or those whose time is over at the given one, if it is not nil.
func (fs *Files) InTrash(ctx context.Context, jobID uuid.UUID, blocked bool, over *time.Time) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := fs.db.Rows(ctx, &out, "list files in trash", `
		select id from files where job_id = @job and state = 'trashed' and trash_until is not null and (not @blocked or blocked)
			and (cast(@over as timestamptz) is null or trash_until <= @over) order by id for update`,
		map[string]any{"job": jobID, "blocked": blocked, "over": over})
	return out, err
}

// DeletedFiles returns files of the job that were deleted for good and whose
// objects may still be there.
func (w *Worker) DeletedFiles(ctx context.Context, jobID uuid.UUID, limit int) ([]models.File, error) {
	var out []models.File
	err := w.fs.db.Rows(ctx, &out, "list deleted files", `
		select * from files where job_id = ? and state = 'deleted' and trash_until is not null order by id limit ?`, jobID, limit)
	return out, err
}

// ObjectsRemoved records that the objects of deleted files are gone.
func (w *Worker) ObjectsRemoved(ctx context.Context, fileIDs []uuid.UUID) error {
	_, err := w.fs.db.Exec(ctx, "note that objects are gone", `
		update files set trash_until = null where id = any(?) and state = 'deleted'`, postgres.Array[uuid.UUID](fileIDs))
	return err
}
