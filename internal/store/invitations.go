package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// Invite records an invitation and mails its link, unless mail is off. An
// earlier one to the same address dies.
func (s *Store) Invite(ctx context.Context, by models.Actor, inviter string, t models.OneTime, mail bool) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		u, err := s.UserByEmail(ctx, t.Email)
		if err != nil && !models.IsNotFound(err) {
			return err
		}
		if err == nil && u.VerifiedAt != nil {
			return models.Errorf(models.CodeConflict, "There is an account with this e-mail address.").In("email")
		}
		if _, err := s.exec(ctx, "drop earlier invitation",
			`delete from one_time_tokens where kind = ? and email = ?`, models.OneTimeInvitation, t.Email); err != nil {
			return err
		}
		t.CreatedBy = by.ID
		if err := s.insertOneTime(ctx, t); err != nil {
			return err
		}
		if mail {
			if err := s.QueueMail(ctx, models.Mail{
				To: t.Email, Kind: models.MailInvitation, TokenID: &t.ID, ExpiresAt: &t.ExpiresAt,
				Params: map[string]string{models.MailParamInviter: inviter},
			}); err != nil {
				return err
			}
		}
		e := by.Did(models.AuditInvited, "invitation", t.ID.String())
		e.After = map[string]any{"email": t.Email, "role": t.Role}
		return s.RecordAudit(ctx, e)
	})
}

// Invitations returns the invitations that are still good, newest first.
func (s *Store) Invitations(ctx context.Context) ([]models.OneTime, error) {
	var out []models.OneTime
	err := s.rows(ctx, &out, "list invitations", `
		select `+oneTimeColumns+` from one_time_tokens
		where kind = ? and used_at is null and expires_at > ? order by created_at desc, id`, models.OneTimeInvitation, s.Now())
	return out, err
}

// WithdrawInvitation makes an invitation worthless.
func (s *Store) WithdrawInvitation(ctx context.Context, by models.Actor, id uuid.UUID) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		n, err := s.exec(ctx, "withdraw invitation",
			`delete from one_time_tokens where kind = ? and id = ? and used_at is null`, models.OneTimeInvitation, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("invitation")
		}
		return s.RecordAudit(ctx, by.Did(models.AuditInvitationEnded, "invitation", id.String()))
	})
}

// Accept uses an invitation: it makes the account with the invited address and
// role, which works at once, and returns it.
func (s *Store) Accept(ctx context.Context, hash []byte, u models.User) (models.User, error) {
	err := s.Tx(ctx, func(ctx context.Context) error {
		t, err := s.use(ctx, models.OneTimeInvitation, hash)
		if err != nil {
			return err
		}
		if err := s.takeAddress(ctx, t.Email); err != nil {
			return err
		}
		now := s.Now()
		u.Email, u.Role, u.VerifiedAt = t.Email, t.Role, &now
		return s.CreateUser(ctx, u)
	})
	return u, err
}

// Registration returns who may make an account, as administrators set it;
// empty when they did not.
func (s *Store) Registration(ctx context.Context) (models.Registration, error) {
	var mode string
	err := s.row(ctx, &mode, "load registration mode", `select registration from account_settings`)
	if models.IsNotFound(err) {
		return "", nil
	}
	return models.Registration(mode), err
}

// SetRegistration sets who may make an account.
func (s *Store) SetRegistration(ctx context.Context, by models.Actor, mode models.Registration) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		old, err := s.Registration(ctx)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, "set registration mode", `
			insert into account_settings (registration, changed_at) values (?, ?)
			on conflict (singleton) do update set registration = excluded.registration, changed_at = excluded.changed_at`,
			mode, s.Now()); err != nil {
			return err
		}
		e := by.Did(models.AuditRegistrationMode, "", "")
		e.Before, e.After = map[string]any{"mode": old}, map[string]any{"mode": mode}
		return s.RecordAudit(ctx, e)
	})
}
