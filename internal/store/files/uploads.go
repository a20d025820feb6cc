package files

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// ForgetUpload drops what is known to be in storage of a file that is not
// complete, and returns its multipart upload, if any, for the caller to abort.
// The file's bytes have to be fetched again.
func (w *Worker) ForgetUpload(ctx context.Context, fileID uuid.UUID) (string, error) {
	var old string
	fs := w.fs
	err := fs.db.Tx(ctx, func(ctx context.Context) error {
		old = ""
		var f models.File
		err := fs.db.Row(ctx, &f, "lock file", `select * from files where id = ? and state <> ? for update`, fileID, models.FileStored)
		if err != nil {
			return err
		}
		if f.UploadID != nil {
			old = *f.UploadID
		}
		if _, err := fs.db.Exec(ctx, "forget parts", `delete from file_parts where file_id = ?`, fileID); err != nil {
			return err
		}
		_, err = fs.db.Exec(ctx, "forget upload", `update files set upload_id = null where id = ?`, fileID)
		return err
	})
	return old, err
}

// SetUploadID records the multipart upload of a file. The first one wins; the
// winner is returned, and a caller whose upload lost aborts it.
func (fs *Files) SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (string, error) {
	var current string
	err := fs.db.Row(ctx, &current, "set upload id", `
		update files set upload_id = coalesce(upload_id, ?) where id = ? and state = ? returning upload_id`,
		uploadID, fileID, models.FilePending)
	return current, err
}

// ResetUpload makes the file's parts belong to the validator. If it had
// another one, its parts are forgotten and its old upload, if any, is returned
// for the caller to abort.
func (fs *Files) ResetUpload(ctx context.Context, fileID uuid.UUID, validator string) (string, error) {
	var old string
	err := fs.db.Tx(ctx, func(ctx context.Context) error {
		old = ""
		var f models.File
		err := fs.db.Row(ctx, &f, "lock file", `select * from files where id = ? and state = ? for update`,
			fileID, models.FilePending)
		if err != nil || f.Validator == validator {
			return err
		}
		if _, err := fs.db.Exec(ctx, "forget parts", `delete from file_parts where file_id = ?`, fileID); err != nil {
			return err
		}
		if f.UploadID != nil {
			old = *f.UploadID
		}
		_, err = fs.db.Exec(ctx, "reset upload", `update files set upload_id = null, validator = ? where id = ?`, validator, fileID)
		return err
	})
	return old, err
}

// SetUploadID records the multipart upload of a file. The first one wins; the
// winner is returned, and a caller whose upload lost aborts it.
func (w *Worker) SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (string, error) {
	return w.fs.SetUploadID(ctx, fileID, uploadID)
}

// KnownKeys returns which of the object keys belong to a file.
func (w *Worker) KnownKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	ids := make([]uuid.UUID, 0, len(keys))
	for _, k := range keys {
		if _, id, err := models.IDsOfKey(k); err == nil {
			ids = append(ids, id)
		}
	}
	known := make(map[string]bool, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	var rows []models.File
	err := w.fs.db.Conn(ctx).Select("id", "job_id").
		Where("id = any(?) and state not in ?", postgres.Array[uuid.UUID](ids), []models.FileState{models.FileSkipped, models.FileDeleted}).Find(&rows).Error
	for _, f := range rows {
		known[f.Key()] = true
	}
	out := make(map[string]bool, len(rows))
	for _, k := range keys {
		if known[k] {
			out[k] = true
		}
	}
	return out, postgres.Translate(err, "look up keys")
}

// OpenUploads returns the multipart uploads that files are being stored by,
// with their object keys.
func (w *Worker) OpenUploads(ctx context.Context) (map[string]string, error) {
	var rows []models.File
	err := w.fs.db.Conn(ctx).Select("id", "job_id", "upload_id").
		Where("upload_id is not null and state = ?", models.FilePending).Find(&rows).Error
	out := make(map[string]string, len(rows))
	for _, f := range rows {
		out[*f.UploadID] = f.Key()
	}
	return out, postgres.Translate(err, "list open uploads")
}
