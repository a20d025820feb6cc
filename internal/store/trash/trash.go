// Package trash lists what users deleted and can still restore, and has it
// deleted for good when its time is over. How a job or a file gets into the
// trash and out of it again is for jobs to say.
package trash

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Jobs is what moves jobs and files out of the trash.
type Jobs interface {
	Restore(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	RestoreFile(ctx context.Context, userID, fileID uuid.UUID) error
	DropTrashed(ctx context.Context, userID, jobID uuid.UUID) error
	DropTrashedFile(ctx context.Context, userID, fileID uuid.UUID) error
	DropOver(ctx context.Context, jobID uuid.UUID) (bool, error)
	DropFilesOver(ctx context.Context, jobID uuid.UUID) (int, error)
}

// Trash is what users deleted and can still restore.
type Trash struct {
	db   *postgres.DB
	jobs Jobs
}

// New returns the trash of the database.
func New(db *postgres.DB, jobs Jobs) *Trash { return &Trash{db: db, jobs: jobs} }

// byTrashed is the order of the trash.
const byTrashed = "trashed"

// entries are the jobs and files in the trash of @user. A file whose job is in the
// trash comes back with the job, or after it.
const entries = `(
	select j.id, 'job' as kind, j.id as job_id, j.name as job_name, '' as path, j.state, j.quota_used as bytes, j.file_count as files,
		j.delete_at as trashed_at, j.trash_until as until
	from jobs j where j.user_id = @user and j.trash_until is not null and j.trash_until > @now and j.delete_at is not null
	union all
	select f.id, 'file', f.job_id, j.name, f.path, j.state, f.size, 1, f.trashed_at, f.trash_until
	from files f join jobs j on j.id = f.job_id
	where f.user_id = @user and f.state = 'trashed' and f.trash_until > @now and j.delete_at is null) t`

// Trashed returns a page of the user's trash, newest first.
func (tr *Trash) Trashed(ctx context.Context, userID uuid.UUID, cursor string, limit int) (models.TrashPage, error) {
	limit = page.Size(limit)
	args := map[string]any{"user": userID, "now": tr.db.Now(), "limit": limit + 1}
	var out models.TrashPage
	var sum struct{ Total, Bytes int64 }
	err := tr.db.Row(ctx, &sum, "count trash", `select count(*) as total, coalesce(sum(bytes), 0)::bigint as bytes from `+entries, args)
	if err != nil {
		return out, err
	}
	out.Total, out.Bytes = sum.Total, sum.Bytes
	where := ""
	if cursor != "" {
		c, err := page.Read(cursor, byTrashed, true)
		if err != nil {
			return out, err
		}
		at, err := time.Parse(time.RFC3339Nano, c.Key)
		if err != nil {
			return out, page.Refused().Because(err)
		}
		args["at"], args["id"] = at, c.ID
		where = ` where (trashed_at, id) < (@at, @id)`
	}
	err = tr.db.Rows(ctx, &out.Entries, "list trash", `
		select * from `+entries+where+` order by trashed_at desc, id desc limit @limit`, args)
	if err != nil || len(out.Entries) <= limit {
		return out, err
	}
	out.Entries = out.Entries[:limit]
	last := out.Entries[limit-1]
	out.NextCursor = page.Cursor{By: byTrashed, Desc: true, Key: last.TrashedAt.Format(time.RFC3339Nano), ID: last.ID}.String()
	return out, nil
}

// RestoreTrashed brings a job or a file of the user back, see jobs.Restore and
// jobs.RestoreFile. It is not_found when neither of them is in the trash.
func (tr *Trash) RestoreTrashed(ctx context.Context, userID, id uuid.UUID) error {
	_, err := tr.jobs.Restore(ctx, userID, id)
	if models.IsNotFound(err) {
		err = tr.jobs.RestoreFile(ctx, userID, id)
	}
	return err
}

// DeleteTrashed deletes a job or a file for good that is in the user's trash.
func (tr *Trash) DeleteTrashed(ctx context.Context, userID, id uuid.UUID) error {
	err := tr.jobs.DropTrashed(ctx, userID, id)
	if models.IsNotFound(err) {
		err = tr.jobs.DropTrashedFile(ctx, userID, id)
	}
	return err
}

// atOnce is how many jobs are deleted for good, at least, before the answer when
// the trash is emptied; the sweep deletes the rest.
const atOnce = 400

// EmptyTrash deletes everything for good that is in the user's trash, and returns how
// many entries that were. From then on none of it can be restored. What is not
// deleted when it returns, as after a crash, the sweep of the trash deletes.
func (tr *Trash) EmptyTrash(ctx context.Context, userID uuid.UUID) (int64, error) {
	var n int64
	now := tr.db.Now()
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		jobs, err := tr.db.Exec(ctx, "end time of jobs in trash", `
			update jobs set trash_until = @now where user_id = @user and trash_until > @now and delete_at is not null`,
			map[string]any{"user": userID, "now": now})
		if err != nil {
			return err
		}
		files, err := tr.db.Exec(ctx, "end time of files in trash", `
			update files f set trash_until = @now from jobs j
			where f.user_id = @user and f.state = 'trashed' and f.trash_until > @now and j.id = f.job_id and j.delete_at is null`,
			map[string]any{"user": userID, "now": now})
		n = jobs + files
		return err
	})
	if err != nil || n == 0 {
		return n, err
	}
	_, err = tr.drop(ctx, &userID, atOnce)
	return n, err
}
