package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// FilesToFinalize returns the job's files that are not stored yet, skipped
// ones left out.
func (w *Work) FilesToFinalize(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error) {
	files, err := w.s.filesOf(ctx, jobID)
	if err != nil {
		return nil, err
	}
	parts, err := w.s.partsOf(ctx, jobID)
	if err != nil {
		return nil, err
	}
	out := make([]models.FileParts, 0, len(files))
	for _, f := range files {
		if f.State == models.FilePending {
			out = append(out, models.FileParts{File: f, Parts: parts[f.ID]})
		}
	}
	return out, nil
}

// FileStored records that the object of the file is complete and was checked.
// A size that was unknown is known now; another one than known is refused.
func (w *Work) FileStored(ctx context.Context, fileID uuid.UUID, size int64, etag string) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		var f models.File
		err := s.row(ctx, &f, "lock file", `select * from files where id = ? for update`, fileID)
		if err != nil || f.State == models.FileStored {
			return err
		}
		if f.State == models.FileSkipped || f.Size >= 0 && f.Size != size {
			return models.Fault(models.ProblemLengthMismatch, "The stored file has %d bytes where %d were expected.", size, f.Size)
		}
		if _, err := s.exec(ctx, "file stored", `
			update files set state = ?, size = ?, etag = ?, stored_at = ?, upload_id = null where id = ?`,
			models.FileStored, size, etag, s.Now(), fileID); err != nil {
			return err
		}
		_, err = s.exec(ctx, "drop parts", `delete from file_parts where file_id = ?`, fileID)
		return err
	})
}

// FinishJob makes the job ready once every selected file is stored. It is a
// conflict while one is not. A job that is ready stays so.
func (w *Work) FinishJob(ctx context.Context, jobID uuid.UUID) error {
	s := w.s
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAnyJob(ctx, jobID)
		if err != nil || job.State == models.StateReady {
			return err
		}
		var missing, stored int64
		err = s.conn(ctx).Model(&models.File{}).Where("job_id = ? and state = ?", jobID, models.FilePending).Count(&missing).Error
		if err == nil {
			err = s.conn(ctx).Model(&models.File{}).Where("job_id = ? and state = ?", jobID, models.FileStored).Count(&stored).Error
		}
		if err != nil {
			return translate(err, "count files")
		}
		if missing > 0 || stored == 0 {
			return models.Errorf(models.CodeConflict, "%d files of the job are not stored yet.", missing)
		}
		if err := s.sumSize(ctx, &job); err != nil {
			return err
		}
		if _, err := s.exec(ctx, "drop progress", `delete from job_progress where job_id = ?`, jobID); err != nil {
			return err
		}
		c := models.JobChange{
			To: models.StateReady, Reason: models.Because(models.ReasonReady),
		}
		if err := s.expiry(ctx, job.UserID, &c); err != nil {
			return err
		}
		return s.move(ctx, &job, c, models.EventState)
	})
}
