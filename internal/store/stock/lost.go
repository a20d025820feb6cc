package stock

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// CountStoredFiles returns how many files ought to be in the bucket.
func (w *Worker) CountStoredFiles(ctx context.Context) (int64, error) {
	var n int64
	err := w.st.db.Row(ctx, &n, "count stored files", `
		select count(*) from files f join jobs j on j.id = f.job_id where f.state = 'stored' and j.delete_at is null`)
	return n, err
}

// FilesToCheck returns files that are stored, or were and are lost, in the order
// of their keys, after the given one. That jobs start at the same place is implied,
// but Postgres does not know, and would read all jobs before it for each page.
func (w *Worker) FilesToCheck(ctx context.Context, after models.File, limit int) ([]models.File, error) {
	var out []models.File
	err := w.st.db.Rows(ctx, &out, "list files to check", `
		select f.* from files f join jobs j on j.id = f.job_id
		where f.state in ('stored', 'lost') and j.delete_at is null and j.id >= ? and (f.job_id, f.id) > (?, ?) order by f.job_id, f.id limit ?`,
		after.JobID, after.JobID, after.ID, limit)
	return out, err
}

// MarkLost notes that the objects of stored files of the job are gone, in one
// transaction with what the job takes up, and tells its owner. A job that is open
// gets them again instead. It returns how many files it changed.
func (w *Worker) MarkLost(ctx context.Context, jobID uuid.UUID, fileIDs []uuid.UUID) (int64, error) {
	return w.st.change(ctx, jobID, func(ctx context.Context, job models.Job) (int64, error) {
		if !job.State.Terminal() {
			return w.st.db.Exec(ctx, "fetch lost files again", `
				update files set state = 'pending', etag = '', stored_at = null, upload_id = null
				where job_id = ? and id = any(?) and state = 'stored'`, jobID, postgres.Array[uuid.UUID](fileIDs))
		}
		return w.st.db.Exec(ctx, "mark lost files", `update files set state = 'lost' where job_id = ? and id = any(?) and state = 'stored'`,
			jobID, postgres.Array[uuid.UUID](fileIDs))
	})
}

// MarkFound notes that the objects of lost files of the job are there again.
func (w *Worker) MarkFound(ctx context.Context, jobID uuid.UUID, fileIDs []uuid.UUID) (int64, error) {
	return w.st.change(ctx, jobID, func(ctx context.Context, _ models.Job) (int64, error) {
		return w.st.db.Exec(ctx, "mark found files", `update files set state = 'stored' where job_id = ? and id = any(?) and state = 'lost'`,
			jobID, postgres.Array[uuid.UUID](fileIDs))
	})
}

// change changes files of the job and brings the job up to them.
func (st *Stock) change(ctx context.Context, jobID uuid.UUID, files func(context.Context, models.Job) (int64, error)) (n int64, err error) {
	err = st.db.Tx(ctx, func(ctx context.Context) error {
		n = 0
		job, err := st.jobs.Lock(ctx, jobID)
		if models.IsNotFound(err) || err == nil && job.DeleteAt != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if n, err = files(ctx, job); err != nil || n == 0 || !job.State.Terminal() {
			return err
		}
		if err := st.quota.Repair(ctx, &job); err != nil || job.State != models.StateReady {
			return err
		}
		return st.tell(ctx, &job)
	})
	return n, err
}

// tell makes the ready job say how many of its files are lost.
func (st *Stock) tell(ctx context.Context, job *models.Job) error {
	var n struct{ Lost, Wanted int64 }
	err := st.db.Row(ctx, &n, "count lost files", `
		select count(*) filter (where state = 'lost') as lost, count(*) as wanted from files
		where job_id = ? and state not in ('skipped', 'trashed', 'deleted')`, job.ID)
	if err != nil {
		return err
	}
	c := models.JobChange{To: job.State, Reason: models.Because(models.ReasonReady), Deadline: job.Deadline}
	if n.Lost > 0 {
		c.Problem, c.Reason = models.ProblemFileLost, models.ProblemFileLost.Because("lost", n.Lost, "files", n.Wanted)
	}
	return st.jobs.Move(ctx, job, c, models.EventState)
}

// Checked notes that the stored files were checked, and how many the check
// refused to mark.
func (w *Worker) Checked(ctx context.Context, refused int64) error {
	_, err := w.st.db.Exec(ctx, "checked files", `
		update storage_state set checked_at = ?, refused_lost = ?, check_all = check_all and ? > 0`, w.st.db.Now(), refused, refused)
	return err
}
