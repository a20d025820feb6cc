package files

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// FilesToFinalize returns the job's files that are not stored yet, skipped
// ones left out.
func (w *Worker) FilesToFinalize(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error) {
	return w.fs.unstored(ctx, jobID)
}

// StoredFiles returns the job's files that are stored.
func (w *Worker) StoredFiles(ctx context.Context, jobID uuid.UUID) ([]models.File, error) {
	files, err := w.fs.Wanted(ctx, jobID)
	return slices.DeleteFunc(files, func(f models.File) bool { return f.State != models.FileStored }), err
}

// Metainfo returns the metainfo that the job's files come from, nil if there is
// none.
func (w *Worker) Metainfo(ctx context.Context, jobID uuid.UUID) ([]byte, error) {
	return w.fs.Metainfo(ctx, jobID)
}

func (fs *Files) unstored(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error) {
	files, err := fs.Wanted(ctx, jobID)
	if err != nil {
		return nil, err
	}
	parts, err := fs.PartsOf(ctx, jobID)
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
// A size that was unknown is known now; another one than known is refused. So is
// a file of a job that has ended meanwhile, as wrong_state: its quota is settled.
func (w *Worker) FileStored(ctx context.Context, fileID uuid.UUID, size int64, etag string) error {
	fs := w.fs
	return fs.db.Tx(ctx, func(ctx context.Context) error {
		var job struct{ State models.State }
		err := fs.db.Row(ctx, &job, "lock job of file",
			`select state from jobs where id = (select job_id from files where id = ?) for update`, fileID)
		if err != nil {
			return err
		}
		var f models.File
		err = fs.db.Row(ctx, &f, "lock file", `select * from files where id = ? for update`, fileID)
		if err != nil || f.State == models.FileStored {
			return err
		}
		if job.State.Terminal() {
			return models.Fault(models.ProblemWrongState, "The job ended before this file was stored.")
		}
		if f.State == models.FileSkipped || f.Size >= 0 && f.Size != size {
			return models.Fault(models.ProblemLengthMismatch, "The stored file has %d bytes where %d were expected.", size, f.Size).
				With("bytes", size).With("limit", f.Size)
		}
		var parts []models.Part
		if err := fs.db.Rows(ctx, &parts, "load parts", `select * from file_parts where file_id = ? order by number`, fileID); err != nil {
			return err
		}
		if _, err := fs.db.Exec(ctx, "file stored", `
			update files set state = ?, size = ?, etag = ?, crc32c = ?, crc32 = ?, stored_at = ?, upload_id = null where id = ?`,
			models.FileStored, size, etag, models.WholeCRC32C(parts, size), models.WholeCRC32(parts, size), fs.db.Now(), fileID); err != nil {
			return err
		}
		_, err = fs.db.Exec(ctx, "drop parts", `delete from file_parts where file_id = ?`, fileID)
		return err
	})
}

// ForCopying returns the job's files that are not stored yet, cut as a worker
// copies them.
func (fs *Files) ForCopying(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error) {
	out, err := fs.unstored(ctx, jobID)
	if err != nil {
		return nil, err
	}
	changed, err := fs.cutForCopying(ctx, out)
	if err != nil || !changed {
		return out, err
	}
	return fs.unstored(ctx, jobID)
}

// cutForCopying gives files of which nothing is in storage yet the part size of
// those that a worker copies, and reports whether there were any.
func (fs *Files) cutForCopying(ctx context.Context, files []models.FileParts) (bool, error) {
	var ids []uuid.UUID
	var sizes []int64
	for _, f := range files {
		size := models.CopyPartSize(f.Size)
		if f.Size >= 0 && f.UploadID == nil && len(f.Parts) == 0 && f.PartSize != size {
			ids, sizes = append(ids, f.ID), append(sizes, size)
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	_, err := fs.db.Exec(ctx, "set part sizes", `
		update files f set part_size = p.size from unnest(?::uuid[], ?::bigint[]) as p (id, size)
		where f.id = p.id and f.upload_id is null and not exists (select from file_parts where file_id = f.id)`,
		postgres.Array[uuid.UUID](ids), postgres.Array[int64](sizes))
	return true, err
}

// CountStored returns how many of the job's files are still to be stored, and how
// many are.
func (fs *Files) CountStored(ctx context.Context, jobID uuid.UUID) (missing, stored int64, err error) {
	var n struct{ Missing, Stored int64 }
	err = fs.db.Row(ctx, &n, "count files", `
		select count(*) filter (where state = ?) as missing, count(*) filter (where state = ?) as stored
		from files where job_id = ?`, models.FilePending, models.FileStored, jobID)
	return n.Missing, n.Stored, err
}
