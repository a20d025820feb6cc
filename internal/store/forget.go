package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// ForgetUpload drops what is known to be in storage of a file that is not
// complete, and returns its multipart upload, if any, for the caller to abort.
// The file's bytes have to be fetched again.
func (w *Work) ForgetUpload(ctx context.Context, fileID uuid.UUID) (string, error) {
	var old string
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		old = ""
		var f models.File
		err := s.row(ctx, &f, "lock file", `select * from files where id = ? and state <> ? for update`, fileID, models.FileStored)
		if err != nil {
			return err
		}
		if f.UploadID != nil {
			old = *f.UploadID
		}
		if _, err := s.exec(ctx, "forget parts", `delete from file_parts where file_id = ?`, fileID); err != nil {
			return err
		}
		_, err = s.exec(ctx, "forget upload", `update files set upload_id = null where id = ?`, fileID)
		return err
	})
	return old, err
}
