package stock

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// LoadCleanup returns a cleanup with how far it has come.
func (w *Worker) LoadCleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error) {
	return w.st.Cleanup(ctx, id)
}

// CleanupFinds lists what a cleanup that is looking found, unless it is listed,
// and returns the cleanup as it is then.
func (w *Worker) CleanupFinds(ctx context.Context, id uuid.UUID, found []models.CleanupItem) (models.Cleanup, error) {
	st := w.st
	n := len(found)
	kinds, keys, uploads, sizes, times := make([]string, n), make([]string, n), make([]string, n), make([]int64, n), make([]time.Time, n)
	for i, f := range found {
		kinds[i], keys[i], uploads[i], sizes[i], times[i] = string(f.Kind), f.Key, f.UploadID, f.Size, f.ModifiedAt
	}
	var c models.Cleanup
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = st.lockCleanup(ctx, id); err != nil || c.State != models.CleanupLooking {
			return err
		}
		var added models.Amount
		err = st.db.Row(ctx, &added, "list what a cleanup found", `
			with added as (
				insert into storage_cleanup_items (cleanup_id, kind, key, upload_id, size, modified_at, state)
				select @id, kind, key, upload_id, size, modified_at, 'found'
				from unnest(cast(@kinds as text[]), cast(@keys as text[]), cast(@uploads as text[]), cast(@sizes as bigint[]), cast(@times as timestamptz[]))
					as f (kind, key, upload_id, size, modified_at)
				on conflict (cleanup_id, key, upload_id) do nothing returning size)
			select count(*) as count, coalesce(sum(size), 0)::bigint as bytes from added`,
			map[string]any{
				"id": id, "kinds": postgres.Array[string](kinds), "keys": postgres.Array[string](keys), "uploads": postgres.Array[string](uploads),
				"sizes": postgres.Array[int64](sizes), "times": postgres.Array[time.Time](times),
			})
		if err != nil {
			return err
		}
		c.Total, c.Bytes = c.Total+added.Count, c.Bytes+added.Bytes
		return st.saveCleanup(ctx, "count what a cleanup found", &c, "total", "bytes")
	})
	return c, err
}

// CleanupLooked notes that the list of a cleanup is complete. It waits for an
// administrator then, or is over if there is nothing on it.
func (w *Worker) CleanupLooked(ctx context.Context, id uuid.UUID, scanned int64) (models.Cleanup, error) {
	st := w.st
	var c models.Cleanup
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = st.lockCleanup(ctx, id); err != nil || c.State != models.CleanupLooking {
			return err
		}
		c.Scanned = scanned
		if err := st.saveCleanup(ctx, "cleanup has looked", &c, "scanned"); err != nil {
			return err
		}
		if c.Total == 0 {
			return st.endCleanup(ctx, c.By(), models.AuditCleanupDone, &c, models.CleanupDone)
		}
		c.State = models.CleanupFound
		return st.saveCleanup(ctx, "cleanup waits", &c, "state")
	})
	return c, err
}

// CleanupNext returns what a cleanup is to remove next.
func (w *Worker) CleanupNext(ctx context.Context, id uuid.UUID, limit int) ([]models.CleanupItem, error) {
	var out []models.CleanupItem
	err := w.st.db.Rows(ctx, &out, "list what to remove", `
		select * from storage_cleanup_items where cleanup_id = ? and state = 'found' order by tries, n limit ?`, id, limit)
	return out, err
}

// CleanupDid records what became of things that a cleanup found, takes the marks
// off what it removed, and ends it when that was the last. All of it is one
// transaction, so an attempt that was killed counts nothing twice.
func (w *Worker) CleanupDid(ctx context.Context, id uuid.UUID, results []models.CleanupItem) (models.Cleanup, error) {
	st := w.st
	var c models.Cleanup
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = st.lockCleanup(ctx, id); err != nil || c.State != models.CleanupRemoving {
			return err
		}
		if len(results) > 0 {
			if err := st.recordItems(ctx, &c, results); err != nil {
				return err
			}
		}
		if c.Removed+c.Spared+c.Failed < c.Total {
			return nil
		}
		return st.endCleanup(ctx, c.By(), models.AuditCleanupDone, &c, models.CleanupDone)
	})
	return c, err
}

func (st *Stock) recordItems(ctx context.Context, c *models.Cleanup, results []models.CleanupItem) error {
	n := len(results)
	numbers, states, whys, tries := make([]int64, n), make([]string, n), make([]string, n), make([]int64, n)
	for i, r := range results {
		numbers[i], states[i], whys[i], tries[i] = r.N, string(r.State), string(r.Why), int64(r.Tries)
	}
	var did struct{ Removed, RemovedBytes, Spared, Failed int64 }
	err := st.db.Row(ctx, &did, "record what a cleanup did", `
		with did as (
			update storage_cleanup_items i set state = r.state, why = r.why, tries = r.tries,
				acted_at = case when r.state <> 'found' then cast(@now as timestamptz) end
			from unnest(cast(@numbers as bigint[]), cast(@states as text[]), cast(@whys as text[]), cast(@tries as bigint[])) as r (n, state, why, tries)
			where i.cleanup_id = @id and i.n = r.n and i.state = 'found' returning i.*),
		unmarked as (
			delete from orphans o using did where did.state = 'removed' and did.kind <> 'row' and o.key = did.key and o.upload_id = did.upload_id)
		select count(*) filter (where state = 'removed') as removed,
			coalesce(sum(size) filter (where state = 'removed' and kind <> 'row'), 0)::bigint as removed_bytes,
			count(*) filter (where state = 'spared') as spared, count(*) filter (where state = 'failed') as failed from did`,
		map[string]any{
			"now": st.db.Now(), "id": c.ID, "numbers": postgres.Array[int64](numbers), "states": postgres.Array[string](states),
			"whys": postgres.Array[string](whys), "tries": postgres.Array[int64](tries),
		})
	if err != nil {
		return err
	}
	c.Removed, c.RemovedBytes, c.Spared, c.Failed = c.Removed+did.Removed, c.RemovedBytes+did.RemovedBytes, c.Spared+did.Spared, c.Failed+did.Failed
	return st.saveCleanup(ctx, "count what a cleanup did", c, "removed", "removed_bytes", "spared", "failed")
}

// HaltCleanup stops a cleanup because deletion is paused.
func (w *Worker) HaltCleanup(ctx context.Context, id uuid.UUID, why models.StoragePause) (models.Cleanup, error) {
	st := w.st
	var c models.Cleanup
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = st.lockCleanup(ctx, id); err != nil || c.State != models.CleanupRemoving {
			return err
		}
		c.Halted = why
		return st.endCleanup(ctx, models.Actor{Kind: models.ActorSystem}, models.AuditCleanupStopped, &c, models.CleanupStopped)
	})
	return c, err
}

// StopCleaning stops a cleanup that an operator cancelled in Temporal.
func (w *Worker) StopCleaning(ctx context.Context, id uuid.UUID) (models.Cleanup, error) {
	return w.st.StopCleanup(ctx, models.Actor{Kind: models.ActorSystem}, id)
}

// FileOfKey returns the file whose object has the key. One of a deleted job is
// not_found.
func (w *Worker) FileOfKey(ctx context.Context, key string) (models.File, error) {
	var f models.File
	job, file, err := models.IDsOfKey(key)
	if err != nil {
		return f, err
	}
	err = w.st.db.Row(ctx, &f, "load file of key", `
		select f.* from files f join jobs j on j.id = f.job_id where f.id = ? and f.job_id = ? and j.delete_at is null`, file, job)
	return f, err
}
