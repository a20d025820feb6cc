package stock

import (
	"context"
	"time"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// MarkOrphans notes what a sweep found without a row. What was noted before
// keeps its time, unless it was written again since.
func (w *Worker) MarkOrphans(ctx context.Context, found []models.Orphan) error {
	if len(found) == 0 {
		return nil
	}
	n := len(found)
	keys, uploads, sizes, times := make([]string, n), make([]string, n), make([]int64, n), make([]time.Time, n)
	for i, o := range found {
		keys[i], uploads[i], sizes[i], times[i] = o.Key, o.UploadID, o.Size, o.ModifiedAt
	}
	_, err := w.st.db.Exec(ctx, "mark orphans", `
		insert into orphans as o (key, upload_id, size, modified_at, first_seen, last_seen, purge_after)
		select key, upload_id, size, modified_at, @seen, @seen, @purge
		from unnest(cast(@keys as text[]), cast(@uploads as text[]), cast(@sizes as bigint[]), cast(@times as timestamptz[])) as f (key, upload_id, size, modified_at)
		on conflict (key, upload_id) do update set size = excluded.size, modified_at = excluded.modified_at, last_seen = excluded.last_seen,
			first_seen = case when o.modified_at = excluded.modified_at then o.first_seen else excluded.first_seen end,
			purge_after = case when o.modified_at = excluded.modified_at then least(o.purge_after, excluded.purge_after) else excluded.purge_after end`,
		map[string]any{
			"seen": found[0].LastSeen, "purge": found[0].PurgeAfter, "keys": postgres.Array[string](keys), "uploads": postgres.Array[string](uploads),
			"sizes": postgres.Array[int64](sizes), "times": postgres.Array[time.Time](times),
		})
	return err
}

// ForgetOrphans drops the marks of what a whole sweep, which began at the time,
// did not find: it is gone or has a row again.
func (w *Worker) ForgetOrphans(ctx context.Context, began time.Time) error {
	_, err := w.st.db.Exec(ctx, "forget orphans", `delete from orphans where last_seen < ?`, began)
	return err
}

// DueOrphans returns how much is to be removed now.
func (w *Worker) DueOrphans(ctx context.Context) (models.Amount, error) {
	var a models.Amount
	err := w.st.db.Row(ctx, &a, "sum up due orphans", `
		select count(*) as count, coalesce(sum(size), 0)::bigint as bytes from orphans where purge_after <= ?`, w.st.db.Now())
	return a, err
}

// OrphansToPurge returns orphans that are to be removed now, by key, after the
// given one.
func (w *Worker) OrphansToPurge(ctx context.Context, after models.Orphan, limit int) ([]models.Orphan, error) {
	var out []models.Orphan
	err := w.st.db.Rows(ctx, &out, "list due orphans", `
		select * from orphans where purge_after <= ? and (key, upload_id) > (?, ?) order by key, upload_id limit ?`,
		w.st.db.Now(), after.Key, after.UploadID, limit)
	return out, err
}

// OrphanGone drops the mark of what was removed.
func (w *Worker) OrphanGone(ctx context.Context, o models.Orphan) error {
	_, err := w.st.db.Exec(ctx, "orphan is gone", `delete from orphans where key = ? and upload_id = ?`, o.Key, o.UploadID)
	return err
}

// Swept notes that a sweep ran, what it saw in the bucket, and how much it
// refused to remove.
func (w *Worker) Swept(ctx context.Context, saw models.Amount, refused int64) error {
	_, err := w.st.db.Exec(ctx, "swept", `
		update storage_state set swept_at = ?, bucket_objects = ?, bucket_bytes = ?, refused_orphans = ?`,
		w.st.db.Now(), saw.Count, saw.Bytes, refused)
	return err
}
