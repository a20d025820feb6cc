package files

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// maxLinks is how many links one listing has.
const maxLinks = 500

// IssueLink records a link, or prolongs the one to the same target, and returns
// it. Links of the user that have expired are removed.
func (fs *Files) IssueLink(ctx context.Context, l models.Link) (models.Link, error) {
	now := fs.db.Now()
	if _, err := fs.db.Exec(ctx, "prune links", `delete from links where user_id = ? and expires_at <= ?`, l.UserID, now); err != nil {
		return l, err
	}
	err := fs.db.Row(ctx, &l, "issue link", `
		insert into links (id, user_id, job_id, file_id, inline, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)
		on conflict (job_id, coalesce(file_id, job_id), inline) do update set expires_at = excluded.expires_at
		returning *`, fs.db.NewID(), l.UserID, l.JobID, l.FileID, l.Inline, now, l.ExpiresAt)
	return l, err
}

// Links returns the user's links that work, newest first, at most 500.
func (fs *Files) Links(ctx context.Context, userID uuid.UUID) ([]models.NamedLink, error) {
	var out []models.NamedLink
	err := fs.db.Rows(ctx, &out, "list links", `
		select l.*, j.name as job_name, coalesce(f.path, '') as path
		from links l join jobs j on j.id = l.job_id left join files f on f.id = l.file_id
		where l.user_id = ? and l.expires_at > ? and j.delete_at is null order by l.created_at desc, l.id limit ?`,
		userID, fs.db.Now(), maxLinks)
	return out, err
}

// useNoted is how exactly it is known when a link was used last.
const useNoted = time.Minute

// LinkWorks returns not_found for a link that was revoked. It notes that the link
// is used.
func (fs *Files) LinkWorks(ctx context.Context, id uuid.UUID) error {
	var l models.Link
	if err := fs.db.Row(ctx, &l, "look for link", `select * from links where id = ?`, id); err != nil {
		return err
	}
	now := fs.db.Now()
	if l.LastUsedAt != nil && now.Sub(*l.LastUsedAt) < useNoted {
		return nil
	}
	_, err := fs.db.Exec(ctx, "note use of link", `update links set last_used_at = ? where id = ?`, now, id)
	return err
}

// MayDeliver returns not_found when the file may no longer be delivered through
// the link: it was revoked, the account was disabled, the file was removed with
// its job or lost, or one of them is blocked.
func (fs *Files) MayDeliver(ctx context.Context, linkID, fileID uuid.UUID) error {
	var one int
	return fs.db.Row(ctx, &one, "look whether file may be delivered", `
		select 1 from links l join users u on u.id = l.user_id join jobs j on j.id = l.job_id join files f on f.job_id = j.id
		where l.id = ? and f.id = ? and u.disabled_at is null and j.delete_at is null and not j.blocked and not f.blocked
			and f.state = 'stored'`, linkID, fileID)
}

// RevokeLink makes a link of the user stop working.
func (fs *Files) RevokeLink(ctx context.Context, userID, id uuid.UUID) error {
	n, err := fs.db.Exec(ctx, "revoke link", `delete from links where user_id = ? and id = ?`, userID, id)
	if err == nil && n == 0 {
		return postgres.NotFound("link")
	}
	return err
}

// RevokeLinks makes all links of the user stop working.
func (fs *Files) RevokeLinks(ctx context.Context, userID uuid.UUID) error {
	_, err := fs.db.Exec(ctx, "revoke links", `delete from links where user_id = ?`, userID)
	return err
}
