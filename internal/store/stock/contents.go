package stock

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// StartContentCheck has the worker read a share of the stored files again, at
// most at the rate in bytes a second. One check at a time reads.
func (st *Stock) StartContentCheck(ctx context.Context, by models.Actor, percent, rate int64) (models.ContentCheck, error) {
	if rate == 0 {
		rate = models.DefaultCheckRate
	}
	switch {
	case percent < 1 || percent > 100:
		return models.ContentCheck{}, models.Errorf(models.CodeInvalid, "Use 1 to 100 percent.").In("percent")
	case rate < models.MinCheckRate || rate > models.MaxCheckRate:
		return models.ContentCheck{}, models.Errorf(models.CodeInvalid, "Use 1 MiB to 1 GiB a second.").In("rate")
	}
	now := st.db.Now()
	c := models.ContentCheck{
		ID: st.db.NewID(), ActorKind: by.Kind, ActorID: by.ID, ActorIP: by.IP, Percent: percent, Rate: rate, State: models.CheckReading,
		CreatedAt: now, UpdatedAt: now,
	}
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var s models.StorageState
		if err := st.db.Row(ctx, &s, "lock state of storage", `select * from storage_state for update`); err != nil {
			return err
		}
		var n int64
		if err := st.db.Row(ctx, &n, "look for checks at work", `select count(*) from content_checks where state = 'reading'`); err != nil {
			return err
		}
		if n > 0 {
			return models.Errorf(models.CodeConflict, "Another check reads already. Wait for it, or stop it first.")
		}
		if err := st.db.Conn(ctx).Create(&c).Error; err != nil {
			return postgres.Translate(err, "start check of contents")
		}
		e := by.Did(models.AuditCheckStarted, checkKind, c.ID.String())
		e.After = map[string]any{"state": string(c.State), "percent": percent, "rate": rate}
		if err := st.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return st.outbox.Enqueue(ctx, models.OutboxCheck, c.ID)
	})
	if err != nil {
		return models.ContentCheck{}, err
	}
	return st.ContentCheck(ctx, c.ID)
}

// checkKind is what the audit log calls a check of contents.
const checkKind = "check"

// StopContentCheck ends a check. What it found stays.
func (st *Stock) StopContentCheck(ctx context.Context, by models.Actor, id uuid.UUID) (models.ContentCheck, error) {
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		c, err := st.lockCheck(ctx, id)
		if err != nil || c.State != models.CheckReading {
			return err
		}
		return st.endCheck(ctx, by, models.AuditCheckStopped, &c, models.CheckStopped)
	})
	if err != nil {
		return models.ContentCheck{}, err
	}
	return st.ContentCheck(ctx, id)
}

func (st *Stock) lockCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error) {
	var c models.ContentCheck
	err := st.db.Row(ctx, &c, "lock check of contents", `select * from content_checks where id = ? for update`, id)
	return c, err
}

func (st *Stock) endCheck(ctx context.Context, by models.Actor, what models.AuditAction, c *models.ContentCheck, as models.CheckState) error {
	e := by.Did(what, checkKind, c.ID.String())
	e.Before = checkFacts(*c)
	now := st.db.Now()
	c.State, c.EndedAt, c.UpdatedAt = as, &now, now
	e.After = checkFacts(*c)
	if err := st.db.Conn(ctx).Model(c).Select("state", "ended_at", "updated_at").Updates(c).Error; err != nil {
		return postgres.Translate(err, "end check of contents")
	}
	return st.records.RecordAudit(ctx, e)
}

func checkFacts(c models.ContentCheck) map[string]any {
	return map[string]any{"state": string(c.State), "read": c.Read, "bytes": c.Bytes, "damaged": c.Damaged, "unread": c.Unread}
}

// ContentChecks returns the newest checks, at most limit.
func (st *Stock) ContentChecks(ctx context.Context, limit int) ([]models.ContentCheck, error) {
	var out []models.ContentCheck
	err := st.db.Rows(ctx, &out, "list checks of contents", `
		select c.*, coalesce(u.email, '') as email from content_checks c left join users u on u.id = c.actor_id
		order by c.created_at desc, c.id limit ?`, page.Size(limit))
	return out, err
}

// ContentCheck returns a check with how far it has come.
func (st *Stock) ContentCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error) {
	var c models.ContentCheck
	err := st.db.Row(ctx, &c, "load check of contents", `
		select c.*, coalesce(u.email, '') as email from content_checks c left join users u on u.id = c.actor_id where c.id = ?`, id)
	return c, err
}

// DamagedFiles returns files whose bytes are not those that were stored. The
// cursor of the next page is empty on the last one.
func (st *Stock) DamagedFiles(ctx context.Context, cursor string, limit int) ([]models.DamagedFile, string, error) {
	var after uuid.UUID
	if cursor != "" {
		c, err := page.Read(cursor, byDamage, false)
		if err != nil {
			return nil, "", err
		}
		after = c.ID
	}
	var out []models.DamagedFile
	err := st.db.Rows(ctx, &out, "list damaged files", `
		select f.id, f.job_id, f.path, f.size, j.name, u.email as owner, d.found_at
		from damaged_files d join files f on f.id = d.file_id join jobs j on j.id = f.job_id join users u on u.id = f.user_id
		where j.delete_at is null and d.file_id > ? order by d.file_id limit ?`, after, page.Size(limit)+1)
	if err != nil {
		return nil, "", err
	}
	out, next := cut(out, limit, func(f models.DamagedFile) page.Cursor { return page.Cursor{By: byDamage, ID: f.ID} })
	return out, next, nil
}

// LoadContentCheck returns a check with how far it has come.
func (w *Worker) LoadContentCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error) {
	return w.st.ContentCheck(ctx, id)
}

// sampleWindow is how many files one statement chooses from.
const sampleWindow = 1000

// ContentsNext returns the files that a check is to read next, and the last that
// was chosen from, which is not in it if it is in no sample. Without any file left
// the last is nil.
func (w *Worker) ContentsNext(ctx context.Context, c models.ContentCheck) (files []models.File, last *uuid.UUID, err error) {
	var rows []struct {
		models.File
		Chosen bool
	}
	err = w.st.db.Rows(ctx, &rows, "choose files to read", `
		select f.*, mod(abs(hashtextextended(cast(f.id as text), ?)), 100) < ? as chosen
		from files f where f.id > ? and f.state = 'stored' order by f.id limit ?`, c.CreatedAt.UnixNano(), c.Percent, c.After, sampleWindow)
	for _, r := range rows {
		if r.Chosen {
			if files = append(files, r.File); len(files) == contentsBatch {
				id := r.ID
				return files, &id, err
			}
		}
	}
	if len(rows) > 0 {
		last = &rows[len(rows)-1].ID
	}
	return files, last, err
}

// contentsBatch is how many files are read between two records of how far a check
// is.
const contentsBatch = 10

// ContentsRead records what reading files found, and how far the check is: all is
// one transaction, so an attempt that was killed counts nothing twice. Without a
// last file the check is done.
func (w *Worker) ContentsRead(ctx context.Context, id uuid.UUID, results []models.ContentResult, last *uuid.UUID) (models.ContentCheck, error) {
	st := w.st
	var c models.ContentCheck
	err := st.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = st.lockCheck(ctx, id); err != nil || c.State != models.CheckReading {
			return err
		}
		for _, r := range results {
			if err := st.recordContent(ctx, &c, r); err != nil {
				return err
			}
		}
		if last == nil {
			return st.endCheck(ctx, c.By(), models.AuditCheckDone, &c, models.CheckDone)
		}
		c.After, c.UpdatedAt = *last, st.db.Now()
		err = st.db.Conn(ctx).Model(&c).Select("after", "read", "bytes", "damaged", "noted", "unread", "updated_at").Updates(&c).Error
		return postgres.Translate(err, "record how far a check is")
	})
	return c, err
}

func (st *Stock) recordContent(ctx context.Context, c *models.ContentCheck, r models.ContentResult) error {
	if r.CRC32C == "" {
		c.Unread++
		return nil
	}
	c.Read, c.Bytes = c.Read+1, c.Bytes+r.Bytes
	var known string
	err := st.db.Row(ctx, &known, "load checksum", `select crc32c from files where id = ? and state = 'stored' for update`, r.FileID)
	switch {
	case models.IsNotFound(err):
		return nil // removed meanwhile
	case err != nil:
		return err
	case known == "":
		c.Noted++
		_, err = st.db.Exec(ctx, "note checksum", `update files set crc32c = ? where id = ?`, r.CRC32C, r.FileID)
	case known != r.CRC32C:
		c.Damaged++
		_, err = st.db.Exec(ctx, "note damage", `insert into damaged_files (file_id, found_at) values (?, ?) on conflict do nothing`, r.FileID, st.db.Now())
	default:
		_, err = st.db.Exec(ctx, "take damage back", `delete from damaged_files where file_id = ?`, r.FileID)
	}
	return err
}

// StopReading stops a check that an operator cancelled in Temporal.
func (w *Worker) StopReading(ctx context.Context, id uuid.UUID) (models.ContentCheck, error) {
	return w.st.StopContentCheck(ctx, models.Actor{Kind: models.ActorSystem}, id)
}

// OpenContentChecks returns checks on which nothing was written since the time,
// although they read.
func (w *Worker) OpenContentChecks(ctx context.Context, before time.Time) ([]models.ContentCheck, error) {
	var out []models.ContentCheck
	err := w.st.db.Rows(ctx, &out, "look for quiet checks", `select * from content_checks where state = 'reading' and updated_at < ?`, before)
	return out, err
}

// PruneContentChecks removes checks that ended before the time.
func (w *Worker) PruneContentChecks(ctx context.Context, before time.Time) (int64, error) {
	return w.st.db.Exec(ctx, "prune checks of contents", `delete from content_checks where ended_at < ?`, before)
}
