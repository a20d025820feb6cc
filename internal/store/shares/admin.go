package shares

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Admin is what administrators do with the shares of all users.
type Admin struct{ sh *Shares }

// Admin returns the methods that only administrators may use.
func (sh *Shares) Admin() *Admin { return &Admin{sh} }

// SharesOf returns a page of an account's shares, newest first. The look is in the
// audit log, once an hour.
func (ad *Admin) SharesOf(ctx context.Context, by models.Actor, userID uuid.UUID, cursor string, limit int) ([]models.ListedShare, string, error) {
	var there bool
	err := ad.sh.db.Row(ctx, &there, "look for account", `select exists (select from users where id = ?)`, userID)
	if err == nil && !there {
		err = postgres.NotFound("account")
	}
	if err != nil {
		return nil, "", err
	}
	if err := ad.sh.records.RecordLook(ctx, by.Did(models.AuditSharesRead, "user", userID.String())); err != nil {
		return nil, "", err
	}
	return ad.sh.Shares(ctx, userID, cursor, limit)
}

// RevokeAnyShare ends a share of any account. One that was revoked already stays
// as it is.
func (ad *Admin) RevokeAnyShare(ctx context.Context, by models.Actor, id uuid.UUID) error {
	sh := ad.sh
	return sh.db.Tx(ctx, func(ctx context.Context) error {
		var s models.Share
		if err := sh.db.Row(ctx, &s, "lock share", `select * from shares where id = ? for update`, id); err != nil {
			return err
		}
		if s.RevokedAt != nil {
			return nil
		}
		e := by.Did(models.AuditShareRevoked, "share", id.String())
		e.Before = s.Facts()
		now := sh.db.Now()
		s.RevokedAt = &now
		e.After = s.Facts()
		if _, err := sh.db.Exec(ctx, "revoke share", `update shares set revoked_at = ? where id = ?`, now, id); err != nil {
			return err
		}
		if err := sh.records.RecordAudit(ctx, e); err != nil {
			return err
		}
		return sh.tell(ctx, s.UserID)
	})
}
