package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// DeleteFiles deletes files of the user's ready job, as DeleteFile does with one:
// to the trash, or for good those that are lost or blocked and where there is no
// trash. All files of the job take the job with them. Files that the job does not
// have, or that are deleted already, are left out.
func (js *Jobs) DeleteFiles(ctx context.Context, userID, jobID uuid.UUID, ids []uuid.UUID) (models.Thrown, error) {
	var out models.Thrown
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		out = models.Thrown{}
		job, err := js.lockFor(ctx, asker{owner: userID}, jobID)
		if err != nil {
			return err
		}
		if job.State != models.StateReady {
			return models.Fault(models.ProblemWrongState, "Single files can be deleted once the job is ready.")
		}
		var found []models.File
		err = js.db.Rows(ctx, &found, "lock files to delete", `
			select * from files where job_id = ? and user_id = ? and id = any(?) and state in ('stored', 'lost') order by id for update`,
			jobID, userID, postgres.Array[uuid.UUID](ids))
		if err != nil || len(found) == 0 {
			return err
		}
		var others int64
		err = js.db.Row(ctx, &others, "count other files", `
			select count(*) from files where job_id = ? and state in ('stored', 'lost', 'pending') and id <> all(?)`,
			jobID, postgres.Array[uuid.UUID](ids))
		if err != nil {
			return err
		}
		out.Files = len(found)
		if others == 0 {
			return js.throwJob(ctx, &job, found, &out)
		}
		return js.throwFiles(ctx, &job, found, &out)
	})
	return out, err
}

// throwJob deletes the locked job, of which these are all files that are not in
// the trash.
func (js *Jobs) throwJob(ctx context.Context, job *models.Job, files []models.File, out *models.Thrown) error {
	out.Whole = true
	blocked := 0
	for _, f := range files {
		if f.Blocked {
			blocked++
		}
	}
	if blocked == len(files) {
		return js.remove(models.Because(models.ReasonDeleted))(ctx, job)
	}
	err := js.discard(models.Because(models.ReasonTrashed))(ctx, job)
	if out.Until = job.TrashUntil; out.Until != nil {
		out.Trashed = []uuid.UUID{job.ID}
	}
	return err
}

// throwFiles deletes some of the files of the locked job.
func (js *Jobs) throwFiles(ctx context.Context, job *models.Job, files []models.File, out *models.Thrown) error {
	until, err := js.restorableUntil(ctx, *job)
	if err != nil {
		return err
	}
	var gone []uuid.UUID
	for _, f := range files {
		if until == nil || f.Blocked || f.State == models.FileLost {
			gone = append(gone, f.ID)
		} else {
			out.Trashed = append(out.Trashed, f.ID)
		}
	}
	if len(gone) > 0 {
		if err := js.dropFiles(ctx, job, gone...); err != nil {
			return err
		}
	}
	if len(out.Trashed) == 0 {
		return nil
	}
	out.Until = until
	if err := js.files.Trash(ctx, *until, out.Trashed...); err != nil {
		return err
	}
	path := ""
	if len(files) == 1 {
		path = files[0].Path
	}
	return js.tellFile(ctx, job, models.ReasonFileTrashed, path)
}
