package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Empty takes everything away from an account but its row and its jobs: its
// access at once, its address, which is free from now on, and what
// authenticators know it by. A mail to the address confirms.
func (a *Accounts) Empty(ctx context.Context, id uuid.UUID) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if err := a.db.Lock(ctx, postgres.LockSetup, ""); err != nil {
			return err
		}
		u, err := a.lockUser(ctx, id)
		if err != nil || u.DeleteAt != nil {
			return orNoAccount(err)
		}
		if err := a.notLastAdmin(ctx, u); err != nil {
			return err
		}
		if err := a.endAccess(ctx, id); err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "empty account", `
			update users set delete_at = ?, email = ?, password_hash = '', totp_secret = '', totp_at = null where id = ?`,
			a.db.Now(), "deleted-"+id.String()+"@deleted.invalid", id); err != nil {
			return err
		}
		if err := a.dropPasskeys(ctx, id); err != nil {
			return err
		}
		if err := a.forgetAddress(ctx, u); err != nil {
			return err
		}
		return a.mails.QueueMail(ctx, models.Mail{To: u.Email, Kind: models.MailAccountDeleted})
	})
}

// forgetAddress removes the account's address wherever it was written down to be
// used: mails to it, mails that name it, invitations and requests. The mail that
// confirms the deletion follows, and forgets it when it has been sent.
func (a *Accounts) forgetAddress(ctx context.Context, u models.User) error {
	of := map[string]any{"user": u.ID, "email": u.Email}
	for _, q := range []string{
		`delete from mails where user_id = @user or recipient = @email or params->>'new_email' = @email`,
		`update mails set params = params - 'inviter' where params->>'inviter' = @email`,
		`delete from one_time_tokens where user_id = @user or email = @email`,
		`delete from account_requests where user_id = @user or email = @email`,
	} {
		if _, err := a.db.Exec(ctx, "forget address", q, of); err != nil {
			return err
		}
	}
	return nil
}

// RemoveEmptied removes the row of a deleted account that has no job left, and
// all that belongs to it.
func (a *Accounts) RemoveEmptied(ctx context.Context, id uuid.UUID) error {
	_, err := a.db.Exec(ctx, "remove deleted account", `
		delete from users u where id = ? and delete_at is not null and not exists (select from jobs where user_id = u.id)`, id)
	return err
}

// pruneAccounts removes accounts that were registered before the time and
// never verified, and rows of deleted accounts without jobs.
func (a *Accounts) pruneAccounts(ctx context.Context, before time.Time) (int64, error) {
	unverified, err := a.db.Exec(ctx, "prune unverified accounts",
		`delete from users where verified_at is null and disabled_at is null and delete_at is null and created_at < ?`, before)
	if err != nil {
		return 0, err
	}
	emptied, err := a.db.Exec(ctx, "remove deleted accounts", `
		delete from users u where delete_at is not null and not exists (select from jobs where user_id = u.id)`)
	return unverified + emptied, err
}

// unverifiedTime is how long an account waits for its verification.
const unverifiedTime = 7 * 24 * time.Hour

// PruneSessions removes sessions, API tokens and one-time tokens that ended
// before now, accounts that were not verified in time and those that were
// deleted.
func (w *Worker) PruneSessions(ctx context.Context, now time.Time) (int64, error) {
	var total int64
	for _, q := range []string{
		`delete from sessions where expires_at <= @now or last_seen_at <= @idle`,
		`delete from api_tokens where expires_at <= @now`,
		`delete from one_time_tokens where expires_at <= @now`,
		`delete from passkey_challenges where expires_at <= @now`,
		`delete from connection_codes where expires_at <= @now`,
	} {
		n, err := w.a.db.Exec(ctx, "prune sessions and tokens", q,
			map[string]any{"now": now, "idle": now.Add(-SessionIdle)})
		if err != nil {
			return total, err
		}
		total += n
	}
	n, err := w.a.pruneAccounts(ctx, now.Add(-unverifiedTime))
	return total + n, err
}
