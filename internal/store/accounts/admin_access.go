package accounts

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// maxFactorReason is how many characters the reason for a reset may have.
const maxFactorReason = 500

// ResetFactors takes every second factor of an account away, with its recovery
// codes, for an owner who has lost them: the password alone signs in from then on.
// Its sessions and API tokens end, and a mail tells the owner. An administrator
// can't do it to their own account, so the last one can't either.
func (a *Accounts) ResetFactors(ctx context.Context, by models.Actor, id uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxFactorReason {
		return models.Errorf(models.CodeInvalid, "Say why, in at most %d characters.", maxFactorReason).In("reason")
	}
	if by.ID != nil && *by.ID == id {
		return models.Errorf(models.CodeConflict, "This is your own account. Change its second factor in the settings.")
	}
	return a.onAccount(ctx, id, func(ctx context.Context, u models.User) error {
		if !u.SecondFactor() {
			return models.Errorf(models.CodeConflict, "This account has no second factor.")
		}
		if _, err := a.db.Exec(ctx, "drop totp", `update users set totp_secret = '', totp_at = null, totp_step = 0 where id = ?`, id); err != nil {
			return err
		}
		if err := a.dropPasskeys(ctx, id); err != nil {
			return err
		}
		if err := a.replaceCodes(ctx, id, nil); err != nil {
			return err
		}
		if err := a.endAccess(ctx, id); err != nil {
			return err
		}
		if err := a.mails.QueueMail(ctx, models.Mail{UserID: &id, To: u.Email, Kind: models.MailFactorsReset}); err != nil {
			return err
		}
		e := by.Did(models.AuditUserFactorsReset, "user", id.String())
		e.Before = map[string]any{"totp": u.HasTOTP(), "passkeys": u.Passkeys}
		e.After = map[string]any{"totp": false, "passkeys": 0, "reason": reason}
		return a.records.RecordAudit(ctx, e)
	})
}

// SendReset has a link that sets a new password mailed to the account's owner. It
// is a conflict when the account can't be signed in to.
func (a *Accounts) SendReset(ctx context.Context, by models.Actor, id uuid.UUID, link models.OneTime) error {
	return a.onAccount(ctx, id, func(ctx context.Context, u models.User) error {
		if u.DisabledAt != nil {
			return models.Errorf(models.CodeConflict, "This account is disabled. Enable it first.")
		}
		err := a.SaveAccountRequest(ctx, models.AccountRequest{Kind: models.RequestReset, Email: u.Email, Link: link})
		if err != nil {
			return err
		}
		return a.records.RecordAudit(ctx, by.Did(models.AuditUserResetSent, "user", id.String()))
	})
}

// EndUserSession ends one session of an account, and what runs in it.
func (a *Accounts) EndUserSession(ctx context.Context, by models.Actor, id uuid.UUID, hash []byte) error {
	return a.onAccount(ctx, id, func(ctx context.Context, _ models.User) error {
		var was models.Session
		err := a.db.Row(ctx, &was, "load session", `select * from sessions where user_id = ? and id_hash = ?`, id, hash)
		if err != nil {
			return err
		}
		if err := a.DeleteSession(ctx, id, hash); err != nil {
			return err
		}
		e := by.Did(models.AuditUserSessionEnded, "user", id.String())
		e.Before = map[string]any{"userAgent": was.UserAgent, "ip": was.IP, "signedInAt": was.CreatedAt.UTC().Format(time.RFC3339)}
		return a.records.RecordAudit(ctx, e)
	})
}

// RevokeUserToken revokes one API token of an account, and ends what runs by it.
func (a *Accounts) RevokeUserToken(ctx context.Context, by models.Actor, id, tokenID uuid.UUID) error {
	return a.onAccount(ctx, id, func(ctx context.Context, _ models.User) error {
		var was struct{ Name, Scopes string }
		err := a.db.Row(ctx, &was, "load api token", `select name, scopes::text as scopes from api_tokens where user_id = ? and id = ?`, id, tokenID)
		if err != nil {
			return err
		}
		if err := a.DeleteAPIToken(ctx, id, tokenID); err != nil {
			return err
		}
		e := by.Did(models.AuditUserTokenRevoked, "user", id.String())
		e.Before = map[string]any{"name": was.Name, "scopes": was.Scopes}
		return a.records.RecordAudit(ctx, e)
	})
}

// onAccount locks an account and acts on it. One that was deleted is not found.
func (a *Accounts) onAccount(ctx context.Context, id uuid.UUID, act func(context.Context, models.User) error) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.lockUser(ctx, id)
		if err != nil {
			return err
		}
		if u.DeleteAt != nil {
			return postgres.NotFound("account")
		}
		return act(ctx, u)
	})
}
