package stock

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// cleanupKind is what the audit log calls a cleanup.
const cleanupKind = "cleanup"

// StartCleanup has the worker list what has no row or no object. It removes
// nothing. One cleanup at a time is at work.
func (st *Stock) StartCleanup(ctx context.Context, by models.Actor, r models.CleanupRequest) (models.Cleanup, error) {
	r, err := r.Checked()
	if err != nil {
		return models.Cleanup{}, err
	}
	now := st.db.Now()
	c := models.Cleanup{
		ID: st.db.NewID(), ActorKind: by.Kind, ActorID: by.ID, ActorIP: by.IP, Kinds: r.Kinds, Grace: r.Grace,
		State: models.CleanupLooking, CreatedAt: now, UpdatedAt: now,
	}
	err = st.db.Tx(ctx, func(ctx context.Context) error {
		if err := st.nothingAtWork(ctx); err != nil {
			return err
		}
		if err := st.db.Conn(ctx).Create(&c).Error; err != nil {
			return postgres.Translate(err, "start cleanup")
		}
		e := by.Did(models.AuditCleanupStarted, cleanupKind, c.ID.String())
		e.After = map[string]any{"state": string(c.State), "kinds": c.Kinds, "grace": c.Grace.String()}
		if err := st.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return st.outbox.Enqueue(ctx, models.OutboxCleanup, c.ID)
	})
	if err != nil {
		return models.Cleanup{}, err
	}
	return st.Cleanup(ctx, c.ID)
}

// nothingAtWork locks the state of storage, so that cleanups start one after the
// other, and refuses while one is at work.
func (st *Stock) nothingAtWork(ctx context.Context) error {
	var s models.StorageState
	if err := st.db.Row(ctx, &s, "lock state of storage", `select * from storage_state for update`); err != nil {
		return err
	}
	var n int64
	err := st.db.Row(ctx, &n, "look for cleanups at work", `select count(*) from storage_cleanups where state in ('looking', 'removing')`)
	if err == nil && n > 0 {
		return models.Errorf(models.CodeConflict, "Another cleanup is at work. Wait for it, or stop it first.")
	}
	return err
}

// ConfirmCleanup has the worker remove what a cleanup listed. While deletion is
// paused it is refused: the rows may be the ones that are missing.
func (st *Stock) ConfirmCleanup(ctx context.Context, by models.Actor, id uuid.UUID) (models.Cleanup, error) {
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		c, err := st.lockCleanup(ctx, id)
		if err != nil {
			return err
		}
		if c.State != models.CleanupFound {
			return models.Errorf(models.CodeConflict, "Nothing of this cleanup waits for a confirmation.")
		}
		if err := st.nothingAtWork(ctx); err != nil {
			return err
		}
		s, err := st.state(ctx)
		if err != nil {
			return err
		}
		if s.Paused != "" {
			return models.Errorf(models.CodeConflict, "Nothing is removed while storage and database don't belong together. Accept the storage first.")
		}
		before, now := cleanupFacts(c), st.db.Now()
		c.State, c.ConfirmedAt = models.CleanupRemoving, &now
		if err := st.saveCleanup(ctx, "confirm cleanup", &c, "state", "confirmed_at"); err != nil {
			return err
		}
		e := by.Did(models.AuditCleanupConfirmed, cleanupKind, id.String())
		e.Before, e.After = before, cleanupFacts(c)
		if err := st.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return st.outbox.Enqueue(ctx, models.OutboxCleanup, id)
	})
	if err != nil {
		return models.Cleanup{}, err
	}
	return st.Cleanup(ctx, id)
}

// StopCleanup ends a cleanup. What it removed stays removed, and the rest is kept
// for its week. One that is over stays as it ended.
func (st *Stock) StopCleanup(ctx context.Context, by models.Actor, id uuid.UUID) (models.Cleanup, error) {
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		c, err := st.lockCleanup(ctx, id)
		if err != nil || c.State.Over() {
			return err
		}
		return st.endCleanup(ctx, by, models.AuditCleanupStopped, &c, models.CleanupStopped)
	})
	if err != nil {
		return models.Cleanup{}, err
	}
	return st.Cleanup(ctx, id)
}

func (st *Stock) endCleanup(ctx context.Context, by models.Actor, what models.AuditAction, c *models.Cleanup, as models.CleanupState) error {
	before, now := cleanupFacts(*c), st.db.Now()
	c.State, c.EndedAt = as, &now
	if err := st.saveCleanup(ctx, "end cleanup", c, "state", "halted", "ended_at"); err != nil {
		return err
	}
	e := by.Did(what, cleanupKind, c.ID.String())
	e.Before, e.After = before, cleanupFacts(*c)
	return st.records.RecordAudit(ctx, e)
}

// cleanupFacts are what the audit log says of a cleanup.
func cleanupFacts(c models.Cleanup) map[string]any {
	facts := map[string]any{"state": string(c.State), "found": c.Total, "bytes": c.Bytes, "removed": c.Removed, "spared": c.Spared, "failed": c.Failed}
	if c.Halted != "" {
		facts["paused"] = string(c.Halted)
	}
	return facts
}

func (st *Stock) lockCleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error) {
	var c models.Cleanup
	err := st.db.Row(ctx, &c, "lock cleanup", `select * from storage_cleanups where id = ? for update`, id)
	return c, err
}

// saveCleanup writes the columns of the cleanup, and when that was.
func (st *Stock) saveCleanup(ctx context.Context, doing string, c *models.Cleanup, columns ...any) error {
	c.UpdatedAt = st.db.Now()
	err := st.db.Conn(ctx).Model(c).Select("updated_at", columns...).Updates(c).Error
	return postgres.Translate(err, doing)
}

// Cleanups returns the newest cleanups, at most limit.
func (st *Stock) Cleanups(ctx context.Context, limit int) ([]models.Cleanup, error) {
	var out []models.Cleanup
	err := st.db.Rows(ctx, &out, "list cleanups", `
		select c.*, coalesce(u.email, '') as email from storage_cleanups c left join users u on u.id = c.actor_id
		order by c.created_at desc, c.id limit ?`, page.Size(limit))
	return out, err
}

// Cleanup returns a cleanup with how far it has come.
func (st *Stock) Cleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error) {
	var c models.Cleanup
	err := st.db.Row(ctx, &c, "load cleanup", `
		select c.*, coalesce(u.email, '') as email from storage_cleanups c left join users u on u.id = c.actor_id where c.id = ?`, id)
	return c, err
}

// byNumber is the order of what a cleanup found.
const byNumber = "n"

// CleanupItems returns what a cleanup found and what became of it, in the order
// in which it was found: of those in the state, if one is named. The cursor of
// the next page is empty on the last one.
func (st *Stock) CleanupItems(ctx context.Context, id uuid.UUID, state models.CleanupItemState, cursor string, limit int) ([]models.CleanupItem, string, error) {
	if state != "" && !state.Valid() {
		return nil, "", models.Errorf(models.CodeInvalid, "Use found, removed, spared or failed.").In("state")
	}
	var after int64
	if cursor != "" {
		c, err := page.Read(cursor, byNumber, false)
		if err != nil {
			return nil, "", err
		}
		if after, err = strconv.ParseInt(c.Key, 10, 64); err != nil || c.ID != id {
			return nil, "", page.Refused().Because(err)
		}
	}
	if _, err := st.Cleanup(ctx, id); err != nil {
		return nil, "", err
	}
	limit = page.Size(limit)
	q := st.db.Conn(ctx).Table("storage_cleanup_items i").
		Select("i.*, j.id as job_id, coalesce(j.name, '') as name, coalesce(u.email, '') as owner").
		Joins("left join jobs j on j.id = case i.kind when 'row' then cast(substring(i.key from 6 for 36) as uuid) end").
		Joins("left join users u on u.id = j.user_id").
		Where("i.cleanup_id = ? and i.n > ?", id, after).Order("i.n").Limit(limit + 1)
	if state != "" {
		q = q.Where("i.state = ?", state)
	}
	var out []models.CleanupItem
	if err := q.Find(&out).Error; err != nil {
		return nil, "", postgres.Translate(err, "list what a cleanup found")
	}
	if len(out) <= limit {
		return out, "", nil
	}
	out = out[:limit]
	next := page.Cursor{By: byNumber, Key: strconv.FormatInt(out[limit-1].N, 10), ID: id}
	return out, next.String(), nil
}

// OpenCleanups returns cleanups on which nothing was written since the time,
// although a worker should be busy with them.
func (w *Worker) OpenCleanups(ctx context.Context, before time.Time) ([]models.Cleanup, error) {
	var out []models.Cleanup
	err := w.st.db.Rows(ctx, &out, "look for quiet cleanups", `
		select * from storage_cleanups where state in ('looking', 'removing') and updated_at < ?`, before)
	return out, err
}

// PruneCleanups removes cleanups that nothing was written to since the time, with
// what they found.
func (w *Worker) PruneCleanups(ctx context.Context, before time.Time) (int64, error) {
	return w.st.db.Exec(ctx, "prune cleanups", `
		delete from storage_cleanups where state not in ('looking', 'removing') and updated_at < ?`, before)
}
