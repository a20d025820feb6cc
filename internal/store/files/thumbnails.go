package files

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// thumbnailDay is after how long attempts are counted from one again.
const thumbnailDay = 24 * time.Hour

// Thumbnail returns what is known of the thumbnail of the user's file.
func (fs *Files) Thumbnail(ctx context.Context, userID, fileID uuid.UUID) (models.Thumbnail, error) {
	var t models.Thumbnail
	err := fs.db.Row(ctx, &t, "load thumbnail", `
		select t.* from thumbnails t join files f on f.id = t.file_id where f.user_id = ? and f.id = ?`, userID, fileID)
	return t, err
}

// TryThumbnail counts an attempt to make the thumbnail of the user's file. A file
// that is not delivered or can have none is not_found.
func (fs *Files) TryThumbnail(ctx context.Context, userID, fileID uuid.UUID) (models.Thumbnail, error) {
	var t models.Thumbnail
	now := fs.db.Now()
	err := fs.db.Row(ctx, &t, "count attempt to make thumbnail", `
		insert into thumbnails as t (file_id, state, attempts, tried_at)
		select f.id, 'trying', 1, @now from files f join jobs j on j.id = f.job_id where f.id = @file and f.user_id = @user and `+pictured+`
		on conflict (file_id) do update set state = 'trying', tried_at = @now,
			attempts = case when t.tried_at < @before then 1 else t.attempts + 1 end
		where t.state <> 'none' returning t.*`,
		map[string]any{"file": fileID, "user": userID, "now": now, "before": now.Add(-thumbnailDay)})
	return t, err
}

// EndThumbnail notes what became of an attempt on the user's file.
func (fs *Files) EndThumbnail(ctx context.Context, userID, fileID uuid.UUID, state models.ThumbnailState) error {
	_, err := fs.db.Exec(ctx, "note thumbnail", `
		update thumbnails t set state = ?, attempts = 0 from files f where f.id = t.file_id and f.id = ? and f.user_id = ?`, state, fileID, userID)
	return err
}

// pictured is what is true of a file that may have a thumbnail.
const pictured = `f.state = 'stored' and not f.blocked and not j.blocked and j.delete_at is null`

// DropThumbnails forgets the thumbnails of files that are no longer delivered.
// What is in the trash keeps its own.
func (w *Worker) DropThumbnails(ctx context.Context) (int64, error) {
	return w.fs.db.Exec(ctx, "forget thumbnails", `
		delete from thumbnails t using files f, jobs j
		where f.id = t.file_id and j.id = f.job_id and (f.state not in ('stored', 'trashed') or f.blocked or j.blocked)`)
}

// KnownThumbnails returns those of the files that have a thumbnail by its row, or
// are about to.
func (w *Worker) KnownThumbnails(ctx context.Context, fileIDs []uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := w.fs.db.Rows(ctx, &out, "look for thumbnails", `
		select file_id from thumbnails where file_id = any(?) and state <> 'none'`, postgres.Array[uuid.UUID](fileIDs))
	return out, err
}
