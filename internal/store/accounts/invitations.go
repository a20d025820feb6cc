package accounts

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Invite records an invitation and mails its link, unless mail is off. An
// earlier one to the same address dies.
func (a *Accounts) Invite(ctx context.Context, by models.Actor, inviter string, t models.OneTime, mail bool) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.UserByEmail(ctx, t.Email)
		if err != nil && !models.IsNotFound(err) {
			return err
		}
		if err == nil && u.VerifiedAt != nil {
			return models.Errorf(models.CodeConflict, "An account with this e-mail address already exists.").In("email")
		}
		if _, err := a.db.Exec(ctx, "drop earlier invitation",
			`delete from one_time_tokens where kind = ? and email = ?`, models.OneTimeInvitation, t.Email); err != nil {
			return err
		}
		t.CreatedBy = by.ID
		if err := a.insertOneTime(ctx, t); err != nil {
			return err
		}
		if mail {
			if err := a.mails.QueueMail(ctx, models.Mail{
				To: t.Email, Kind: models.MailInvitation, TokenID: &t.ID, ExpiresAt: &t.ExpiresAt,
				Params: map[string]string{models.MailParamInviter: inviter},
			}); err != nil {
				return err
			}
		}
		e := by.Did(models.AuditInvited, "invitation", t.ID.String())
		e.After = map[string]any{"email": t.Email, "role": t.Role}
		return a.records.RecordAudit(ctx, e)
	})
}

// Invitations returns the invitations that are still good, newest first.
func (a *Accounts) Invitations(ctx context.Context) ([]models.OneTime, error) {
	var out []models.OneTime
	err := a.db.Rows(ctx, &out, "list invitations", `
		select `+oneTimeColumns+` from one_time_tokens
		where kind = ? and used_at is null and expires_at > ? order by created_at desc, id`, models.OneTimeInvitation, a.db.Now())
	return out, err
}

// WithdrawInvitation revokes an invitation.
func (a *Accounts) WithdrawInvitation(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		n, err := a.db.Exec(ctx, "withdraw invitation",
			`delete from one_time_tokens where kind = ? and id = ? and used_at is null`, models.OneTimeInvitation, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return postgres.NotFound("invitation")
		}
		return a.records.RecordAudit(ctx, by.Did(models.AuditInvitationEnded, "invitation", id.String()))
	})
}

// Accept uses an invitation: it makes the account with the invited address and
// role, which works at once, and returns it.
func (a *Accounts) Accept(ctx context.Context, hash []byte, u models.User) (models.User, error) {
	err := a.db.Tx(ctx, func(ctx context.Context) error {
		t, err := a.use(ctx, models.OneTimeInvitation, hash)
		if err != nil {
			return err
		}
		if err := a.takeAddress(ctx, t.Email); err != nil {
			return err
		}
		now := a.db.Now()
		u.Email, u.Role, u.VerifiedAt = t.Email, t.Role, &now
		return a.CreateUser(ctx, u)
	})
	return u, err
}

// Registration returns who can register, as set by administrators; empty if
// they never set it.
func (a *Accounts) Registration(ctx context.Context) (models.Registration, error) {
	var mode string
	err := a.db.Row(ctx, &mode, "load registration mode", `select registration from account_settings`)
	if models.IsNotFound(err) {
		return "", nil
	}
	return models.Registration(mode), err
}

// SetRegistration sets who can register.
func (a *Accounts) SetRegistration(ctx context.Context, by models.Actor, mode models.Registration) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		old, err := a.Registration(ctx)
		if err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "set registration mode", `
			insert into account_settings (registration, changed_at) values (?, ?)
			on conflict (singleton) do update set registration = excluded.registration, changed_at = excluded.changed_at`,
			mode, a.db.Now()); err != nil {
			return err
		}
		e := by.Did(models.AuditRegistrationMode, "", "")
		e.Before, e.After = map[string]any{"mode": old}, map[string]any{"mode": mode}
		return a.records.RecordAudit(ctx, e)
	})
}
