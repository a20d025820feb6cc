package files

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// SaveCRC32 records the CRC-32 of a stored file whose object has the ETag. A file
// that has another object by now, or is gone, stays as it is.
func (fs *Files) SaveCRC32(ctx context.Context, fileID uuid.UUID, etag string, sum uint32) error {
	_, err := fs.db.Exec(ctx, "save checksum for zips", `
		update files set crc32 = ? where id = ? and etag = ? and state = 'stored'`, sum, fileID, etag)
	return err
}

// SaveCRC32 records the CRC-32 of a stored file whose object has the ETag.
func (w *Worker) SaveCRC32(ctx context.Context, fileID uuid.UUID, etag string, sum uint32) error {
	return w.fs.SaveCRC32(ctx, fileID, etag, sum)
}

// WithoutCRC32 returns stored files whose CRC-32 is not known, by id after the
// given one.
func (w *Worker) WithoutCRC32(ctx context.Context, after uuid.UUID, limit int) ([]models.File, error) {
	var out []models.File
	err := w.fs.db.Rows(ctx, &out, "list files without a checksum for zips", `
		select * from files where state = 'stored' and crc32 is null and id > ? order by id limit ?`, after, limit)
	return out, err
}
