// Package shares keeps the pages that show a user's files to everyone who has
// their address: what each shows, until when, and how often it was used.
//
// It reads of jobs and files only which of them may be delivered. It checks no
// password and signs no address.
package shares

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/page"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/records"
	"longhaul/models"
)

// Shares keeps shares.
type Shares struct {
	db      *postgres.DB
	outbox  *outbox.Outbox
	records *records.Records
	library Library
}

// Library is what shares need of the library.
type Library interface {
	// Unfold returns the files that the user picked, or that lie below a folder that
	// they picked, with their paths from there.
	Unfold(ctx context.Context, userID uuid.UUID, p models.Picked, most int) ([]models.PickedFile, error)
}

// New returns the shares of the database.
func New(db *postgres.DB, o *outbox.Outbox, r *records.Records, l Library) *Shares {
	return &Shares{db, o, r, l}
}

// Worker returns the methods that only the worker may use.
func (sh *Shares) Worker() *Worker { return &Worker{sh} }

// Worker removes shares that ended long ago.
type Worker struct{ sh *Shares }

// PruneShares removes shares that ended before the time, and what visitors were
// counted for whose visits have ended.
func (w *Worker) PruneShares(ctx context.Context, before time.Time) (int64, error) {
	db := w.sh.db
	if _, err := db.Exec(ctx, "prune counted downloads", `delete from share_downloads where at < ?`, db.Now().Add(-2*models.VisitTime)); err != nil {
		return 0, err
	}
	return db.Exec(ctx, "prune shares", `
		delete from shares where (expires_at is not null or revoked_at is not null) and least(expires_at, revoked_at) < ?`, before)
}

// visible are the items of shares with the files of theirs that may be delivered.
const visible = `share_items i join jobs j on j.id = i.job_id
	join lateral (
		select * from files where id = i.file_id and job_id = i.job_id
		union all select * from files where i.file_id is null and job_id = i.job_id and (i.folder = '' or starts_with(path, i.folder || '/'))) f
		on j.delete_at is null and not j.blocked and not f.blocked and f.state = 'stored'`

// open is the condition of a share that works, its owner being u.
const open = `s.revoked_at is null and (s.expires_at is null or s.expires_at > @now) and u.disabled_at is null and u.delete_at is null`

// listed selects shares as lists show them.
const listed = `
	select s.*, (select count(*) from share_items i where i.share_id = s.id) as items,
		not exists (select from ` + visible + ` where i.share_id = s.id) as empty,
		exists (select from share_items i join jobs j on j.id = i.job_id left join lateral (
				select id from files where id = i.file_id and blocked
				union all select id from files where i.file_id is null and job_id = i.job_id and blocked and (i.folder = '' or starts_with(path, i.folder || '/'))) f on true
			where i.share_id = s.id and (j.blocked or f.id is not null)) as blocked
	from shares s `

// byCreated is the order of lists.
const byCreated = "created"

// Shares returns a page of the user's shares, newest first, and the cursor of the
// next one, empty on the last.
func (sh *Shares) Shares(ctx context.Context, userID uuid.UUID, cursor string, limit int) (out []models.ListedShare, next string, err error) {
	var before *time.Time
	var beforeID uuid.UUID
	if cursor != "" {
		c, err := page.Read(cursor, byCreated, true)
		if err != nil {
			return nil, "", err
		}
		at, err := time.Parse(time.RFC3339Nano, c.Key)
		if err != nil {
			return nil, "", page.Refused().Because(err)
		}
		before, beforeID = &at, c.ID
	}
	limit = page.Size(limit)
	err = sh.db.Rows(ctx, &out, "list shares", listed+`
		where s.user_id = @user and (cast(@before as timestamptz) is null or (s.created_at, s.id) < (@before, @beforeID))
		order by s.created_at desc, s.id desc limit @limit`,
		map[string]any{"user": userID, "before": before, "beforeID": beforeID, "limit": limit + 1})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	out = out[:limit]
	last := out[limit-1]
	return out, page.Cursor{By: byCreated, Desc: true, Key: last.CreatedAt.UTC().Format(time.RFC3339Nano), ID: last.ID}.String(), nil
}

// Share returns a share of the user as lists show it.
func (sh *Shares) Share(ctx context.Context, userID, id uuid.UUID) (models.ListedShare, error) {
	var s models.ListedShare
	err := sh.db.Row(ctx, &s, "load share", listed+`where s.user_id = ? and s.id = ?`, userID, id)
	return s, err
}

// ChangeShare gives a share of the user other settings. A change of the password
// ends what was opened with the one before.
func (sh *Shares) ChangeShare(ctx context.Context, userID, id uuid.UUID, c models.ShareSettings) error {
	return sh.changed(ctx, userID, func(ctx context.Context) (int64, error) {
		return sh.db.Exec(ctx, "change share", `
			update shares set name = @name, view_only = @viewOnly, max_downloads = @max, expires_at = @expires,
				password_hash = coalesce(@hash, password_hash), epoch = epoch + case when cast(@hash as text) is null then 0 else 1 end
			where user_id = @user and id = @id and revoked_at is null`,
			map[string]any{
				"name": c.Name, "viewOnly": c.ViewOnly, "max": c.MaxDownloads, "expires": c.ExpiresAt, "hash": c.PasswordHash, "user": userID, "id": id,
			})
	})
}

// RevokeShare ends a share of the user. One that has ended stays as it is.
func (sh *Shares) RevokeShare(ctx context.Context, userID, id uuid.UUID) error {
	return sh.changed(ctx, userID, func(ctx context.Context) (int64, error) {
		return sh.db.Exec(ctx, "revoke share", `
			update shares set revoked_at = coalesce(revoked_at, ?) where user_id = ? and id = ?`, sh.db.Now(), userID, id)
	})
}

// changed runs a change of one share of the user, and has their open pages read
// shares again.
func (sh *Shares) changed(ctx context.Context, userID uuid.UUID, change func(context.Context) (int64, error)) error {
	return sh.db.Tx(ctx, func(ctx context.Context) error {
		n, err := change(ctx)
		if err == nil && n == 0 {
			err = postgres.NotFound("share")
		}
		if err != nil {
			return err
		}
		return sh.tell(ctx, userID)
	})
}

func (sh *Shares) tell(ctx context.Context, userID uuid.UUID) error {
	return sh.outbox.Notify(ctx, event.Changed(userID, event.PartShares))
}
