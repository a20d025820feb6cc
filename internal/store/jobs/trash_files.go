package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// DeleteFile deletes one file of the user's ready job: to the trash, or for good
// if that is to be final, if the file is blocked or if there is no trash. The
// job's last file takes the job with it, and then what is in the trash of it is
// restored with it.
func (js *Jobs) DeleteFile(ctx context.Context, userID, jobID, fileID uuid.UUID, final bool) (models.Deletion, error) {
	var out models.Deletion
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		out = models.Deletion{}
		job, err := js.lockFor(ctx, asker{owner: userID}, jobID)
		if err != nil {
			return err
		}
		if job.State != models.StateReady {
			return models.Fault(models.ProblemWrongState, "Single files can be deleted once the job is ready.")
		}
		f, err := js.files.LockShown(ctx, job, fileID)
		if err != nil {
			return err
		}
		kept, trashed, err := js.files.Others(ctx, f)
		if err != nil {
			return err
		}
		if kept == 0 {
			out, err = js.deleteLast(ctx, &job, f, final, trashed > 0)
			return err
		}
		until, err := js.restorableUntil(ctx, job)
		if err != nil {
			return err
		}
		if final || until == nil || f.Blocked || f.State == models.FileLost {
			return js.dropFiles(ctx, &job, f.ID)
		}
		out.Until = until
		if err := js.files.Trash(ctx, *until, f.ID); err != nil {
			return err
		}
		return js.tellFile(ctx, &job, models.ReasonFileTrashed, f.Path)
	})
	return out, err
}

// deleteLast deletes the last file of the locked job that is not in the trash.
func (js *Jobs) deleteLast(ctx context.Context, job *models.Job, f models.File, final, trashed bool) (models.Deletion, error) {
	out := models.Deletion{Whole: true}
	switch {
	case final && trashed: // the others can still be restored, so the job stays for them
		if err := js.dropFiles(ctx, job, f.ID); err != nil {
			return out, err
		}
		until, err := js.files.Untrash(ctx, job.ID)
		if err != nil {
			return out, err
		}
		if err := js.files.SumUp(ctx, job); err != nil {
			return out, err
		}
		out.Until = &until
		return out, js.discardUntil(ctx, job, until, models.Because(models.ReasonTrashed))
	case final || f.Blocked:
		return out, js.remove(models.Because(models.ReasonDeleted))(ctx, job)
	default:
		err := js.discard(models.Because(models.ReasonTrashed))(ctx, job)
		out.Until = job.TrashUntil
		return out, err
	}
}

// RestoreFile brings a file of the user back from the trash. It is not_found when
// it is not there or its time is over, and refused when it is blocked or its job
// is in the trash itself.
func (js *Jobs) RestoreFile(ctx context.Context, userID, fileID uuid.UUID) error {
	return js.withTrashed(ctx, userID, fileID, func(ctx context.Context, job *models.Job, f models.File) error {
		if f.Blocked || job.Blocked {
			return blockedRefusal()
		}
		_, err := js.db.Exec(ctx, "restore file", `
			update files set state = 'stored', trashed_at = null, trash_until = null where id = ?`, f.ID)
		if err != nil {
			return err
		}
		return js.tellFile(ctx, job, models.ReasonFileRestored, f.Path)
	})
}

// DropTrashedFile deletes a file for good that is in the user's trash.
func (js *Jobs) DropTrashedFile(ctx context.Context, userID, fileID uuid.UUID) error {
	return js.withTrashed(ctx, userID, fileID, func(ctx context.Context, job *models.Job, f models.File) error {
		return js.dropFiles(ctx, job, f.ID)
	})
}

// withTrashed does something with a file in the user's trash whose time is not
// over, and its job. Both are locked.
func (js *Jobs) withTrashed(
	ctx context.Context, userID, fileID uuid.UUID, do func(context.Context, *models.Job, models.File) error,
) error {
	return js.db.Tx(ctx, func(ctx context.Context) error {
		var f models.File
		err := js.db.Row(ctx, &f, "look for file in trash",
			`select * from files where id = ? and user_id = ? and state = 'trashed'`, fileID, userID)
		if err != nil {
			return err
		}
		job, err := js.lockFor(ctx, asker{owner: userID}, f.JobID) // jobs are locked before their files
		if err != nil {
			return err
		}
		err = js.db.Row(ctx, &f, "lock file in trash", `
			select * from files where id = ? and state = 'trashed' and trash_until > ? for update`, fileID, js.db.Now())
		if err != nil {
			return err
		}
		return do(ctx, &job, f)
	})
}

// DropFilesOver deletes for good those files of the job whose time in the trash is
// over, and returns how many they were.
func (js *Jobs) DropFilesOver(ctx context.Context, jobID uuid.UUID) (n int, err error) {
	err = js.db.Tx(ctx, func(ctx context.Context) error {
		n = 0
		job, err := js.Lock(ctx, jobID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		now := js.db.Now()
		ids, err := js.files.InTrash(ctx, jobID, false, &now)
		if err != nil || len(ids) == 0 {
			return err
		}
		n = len(ids)
		return js.dropFiles(ctx, &job, ids...)
	})
	return n, err
}

// dropFiles deletes files of the locked job for good: they no longer count for
// the quota, and their objects are removed.
func (js *Jobs) dropFiles(ctx context.Context, job *models.Job, ids ...uuid.UUID) error {
	var paths []string
	err := js.db.Rows(ctx, &paths, "name files", `select path from files where id = any(?) order by idx limit 2`, postgres.Array[uuid.UUID](ids))
	if err != nil {
		return err
	}
	if err := js.files.Drop(ctx, job.ID, ids...); err != nil {
		return err
	}
	if err := js.playback.Forget(ctx, ids); err != nil {
		return err
	}
	if err := js.quota.FreeFiles(ctx, job); err != nil {
		return err
	}
	if err := js.outbox.EnqueueOnce(ctx, models.OutboxPurge, job.ID); err != nil {
		return err
	}
	path := ""
	if len(paths) == 1 {
		path = paths[0]
	}
	return js.tellFile(ctx, job, models.ReasonFileDeleted, path)
}

// tellFile brings the locked job up to its files and tells its owner what became
// of one of them; the path is empty if there are several.
func (js *Jobs) tellFile(ctx context.Context, job *models.Job, code models.ReasonCode, path string) error {
	if err := js.files.SumUp(ctx, job); err != nil || job.DeleteAt != nil {
		return err
	}
	why := models.Because(code)
	if path != "" {
		why = why.With("path", path)
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventState, why))
}
