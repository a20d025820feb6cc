package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// SetUserDisabled takes an account's access away, at once and everywhere, or
// gives it back. The last administrator who can sign in cannot be disabled.
func (a *Accounts) SetUserDisabled(ctx context.Context, by models.Actor, id uuid.UUID, disabled bool) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if err := a.db.Lock(ctx, postgres.LockSetup, ""); err != nil {
			return err
		}
		u, err := a.lockUser(ctx, id)
		if err != nil || u.DeleteAt != nil {
			return orNoAccount(err)
		}
		if (u.DisabledAt != nil) == disabled {
			return nil
		}
		action, at := models.AuditUserEnabled, (*time.Time)(nil)
		if disabled {
			if err := a.notLastAdmin(ctx, u); err != nil {
				return err
			}
			now := a.db.Now()
			action, at = models.AuditUserDisabled, &now
		}
		if _, err := a.db.Exec(ctx, "set account's access", `update users set disabled_at = ? where id = ?`, at, id); err != nil {
			return err
		}
		if disabled {
			if err := a.endAccess(ctx, id); err != nil {
				return err
			}
		}
		return a.records.RecordAudit(ctx, by.Did(action, "user", id.String()))
	})
}

// SetUserRole makes an account an administrator's or takes that from it. Its
// sessions end, so that none which was opened before gains or keeps anything,
// and so do its API tokens for administration. Only an account that is in use
// can become an administrator's, and the last administrator who can sign in
// stays one.
func (a *Accounts) SetUserRole(ctx context.Context, by models.Actor, id uuid.UUID, role models.Role) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if err := a.db.Lock(ctx, postgres.LockSetup, ""); err != nil {
			return err
		}
		u, err := a.lockUser(ctx, id)
		if err != nil || u.DeleteAt != nil {
			return orNoAccount(err)
		}
		if u.Role == role {
			return nil
		}
		if role == models.RoleAdmin && !u.Active() {
			return models.Errorf(models.CodeConflict,
				"Only an active account can become an administrator; this one is disabled or its address is not verified.").In("role")
		}
		if err := a.notLastAdmin(ctx, u); err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "set role", `update users set role = ? where id = ?`, role, id); err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "end tokens for administration",
			`delete from api_tokens where user_id = ? and scopes @> cast(? as jsonb)`, id, `["`+string(models.ScopeAdmin)+`"]`); err != nil {
			return err
		}
		if err := a.DeleteOtherSessions(ctx, id, nil); err != nil {
			return err
		}
		e := by.Did(models.AuditUserRole, "user", id.String())
		e.Before, e.After = map[string]any{"role": u.Role}, map[string]any{"role": role}
		return a.records.RecordAudit(ctx, e)
	})
}

func orNoAccount(err error) error {
	if err != nil {
		return err
	}
	return postgres.NotFound("account")
}

// notLastAdmin refuses what would leave no administrator. The setup lock is
// held, so that two administrators can't remove each other at the same time.
func (a *Accounts) notLastAdmin(ctx context.Context, u models.User) error {
	if u.Role != models.RoleAdmin || !u.Active() {
		return nil
	}
	var others int
	err := a.db.Row(ctx, &others, "count administrators", `
		select count(*) from users
		where role = ? and id <> ? and disabled_at is null and delete_at is null and verified_at is not null`,
		models.RoleAdmin, u.ID)
	if err == nil && others == 0 {
		return models.Fault(models.ProblemLastAdmin, "This is the last administrator. Make someone else an administrator first.")
	}
	return err
}

// EndUserAccess ends all sessions and API tokens of an account.
func (a *Accounts) EndUserAccess(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if u, err := a.lockUser(ctx, id); err != nil || u.DeleteAt != nil {
			return orNoAccount(err)
		}
		if err := a.endAccess(ctx, id); err != nil {
			return err
		}
		return a.records.RecordAudit(ctx, by.Did(models.AuditUserLoggedOut, "user", id.String()))
	})
}
