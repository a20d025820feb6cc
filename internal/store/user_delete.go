package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// leavingJobs is how many jobs of an account that is deleted are deleted with
// it, those that are not at their end first. The others follow in batches, see
// DeleteLeftJobs: an account may have any number.
const leavingJobs = 100

// DeleteAccount ends an account for good: its access at once, its jobs and
// their files on the way that each deleted job goes, its row with the last of
// them. Its address is free from now on. A mail to it confirms.
func (s *Store) DeleteAccount(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		// jobs are locked before anything else is
		var jobs []struct{ ID uuid.UUID }
		if err := s.rows(ctx, &jobs, "lock jobs",
			`select id from jobs where id in (
				select id from jobs where user_id = ? and delete_at is null
				order by state in ('ready', 'failed', 'cancelled', 'expired'), id limit ?) order by id for update`, id, leavingJobs); err != nil {
			return err
		}
		if err := s.lock(ctx, lockSetup, ""); err != nil {
			return err
		}
		u, err := s.lockUser(ctx, id)
		if err != nil || u.DeleteAt != nil {
			return orNoAccount(err)
		}
		if err := s.notLastAdmin(ctx, u); err != nil {
			return err
		}
		if err := s.endAccess(ctx, id); err != nil {
			return err
		}
		if _, err := s.exec(ctx, "empty account", `
			update users set delete_at = ?, email = ?, password_hash = '', totp_secret = '', totp_at = null where id = ?`,
			s.Now(), "deleted-"+id.String()+"@deleted.invalid", id); err != nil {
			return err
		}
		if err := s.dropPasskeys(ctx, id); err != nil {
			return err
		}
		if err := s.QueueMail(ctx, models.Mail{To: u.Email, Kind: models.MailAccountDeleted}); err != nil {
			return err
		}
		for _, j := range jobs {
			if err := s.RequestDelete(ctx, id, j.ID); err != nil {
				return err
			}
		}
		if err := s.RecordAudit(ctx, by.Did(models.AuditUserDeleted, "user", id.String())); err != nil {
			return err
		}
		return s.removeEmptied(ctx, id)
	})
}

// removeEmptied removes the row of a deleted account that has no job left, and
// all that belongs to it.
func (s *Store) removeEmptied(ctx context.Context, id uuid.UUID) error {
	_, err := s.exec(ctx, "remove deleted account", `
		delete from users u where id = ? and delete_at is not null and not exists (select from jobs where user_id = u.id)`, id)
	return err
}

// DeleteLeftJobs deletes up to limit jobs that accounts left behind when they
// were deleted, or that were accepted while that happened, and returns how many.
// Each goes in a transaction of its own, so that it may be broken off anywhere.
func (w *Work) DeleteLeftJobs(ctx context.Context, limit int) (int, error) {
	var left []models.Job
	if err := w.s.rows(ctx, &left, "list jobs of deleted accounts", `
		select j.* from jobs j join users u on u.id = j.user_id
		where u.delete_at is not null and j.delete_at is null limit ?`, limit); err != nil {
		return 0, err
	}
	for i, j := range left {
		if err := w.s.RequestDelete(ctx, j.UserID, j.ID); err != nil && !models.IsNotFound(err) {
			return i, err
		}
	}
	return len(left), nil
}

// pruneAccounts removes accounts that were registered before the time and
// never verified, and rows of deleted accounts without jobs.
func (s *Store) pruneAccounts(ctx context.Context, before time.Time) (int64, error) {
	unverified, err := s.exec(ctx, "prune unverified accounts",
		`delete from users where verified_at is null and disabled_at is null and delete_at is null and created_at < ?`, before)
	if err != nil {
		return 0, err
	}
	emptied, err := s.exec(ctx, "remove deleted accounts", `
		delete from users u where delete_at is not null and not exists (select from jobs where user_id = u.id)`)
	return unverified + emptied, err
}
