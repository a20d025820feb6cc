package accounts

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// register creates an account that works once its link is used, and mails the
// link. If the address has an unverified account, that account gets the new
// password and its earlier link stops working. If the account is verified, its
// owner gets a mail and nothing changes.
func (a *Accounts) register(ctx context.Context, u models.User, link models.OneTime) error {
	u.ID, u.Role, u.VerifiedAt = a.db.NewID(), models.RoleUser, nil
	err := a.CreateUser(ctx, u)
	if postgres.IsConflict(err) {
		return a.registerAgain(ctx, u, link)
	}
	if err != nil {
		return err
	}
	return a.mailLink(ctx, u, link, models.MailVerify, u.Email)
}

func (a *Accounts) registerAgain(ctx context.Context, u models.User, link models.OneTime) error {
	old, err := a.lockUserByEmail(ctx, u.Email)
	if err != nil {
		return err
	}
	switch {
	case old.DisabledAt != nil || old.DeleteAt != nil:
		return nil
	case old.VerifiedAt != nil:
		return a.mails.QueueMail(ctx, models.Mail{UserID: &old.ID, To: old.Email, Kind: models.MailAddressInUse})
	}
	if err := a.setPassword(ctx, old.ID, u.PasswordHash); err != nil {
		return err
	}
	old.PasswordHash = u.PasswordHash
	return a.mailLink(ctx, old, link, models.MailVerify, old.Email)
}

func (a *Accounts) lockUserByEmail(ctx context.Context, email string) (models.User, error) {
	var u models.User
	err := a.db.Row(ctx, &u, "lock user by e-mail", `select * from users where email = ? for no key update`, email)
	return u, err
}

func (a *Accounts) setPassword(ctx context.Context, userID uuid.UUID, hash string) error {
	_, err := a.db.Exec(ctx, "set password", `update users set password_hash = ? where id = ?`, hash, userID)
	return err
}

// mailLink issues the user's one-time token and queues the mail with its link.
func (a *Accounts) mailLink(ctx context.Context, u models.User, link models.OneTime, kind models.MailKind, to string) error {
	if err := a.issue(ctx, link, u); err != nil {
		return err
	}
	return a.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: to, Kind: kind, TokenID: &link.ID, ExpiresAt: &link.ExpiresAt})
}

// resendVerification mails a new link to an account that waits for it; for any
// other address it does nothing.
func (a *Accounts) resendVerification(ctx context.Context, email string, link models.OneTime) error {
	u, err := a.lockUserByEmail(ctx, email)
	if models.IsNotFound(err) || err == nil && (u.VerifiedAt != nil || u.DisabledAt != nil || u.DeleteAt != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.mailLink(ctx, u, link, models.MailVerify, u.Email)
}

// Verify uses a registration's link: the account works from now on.
func (a *Accounts) Verify(ctx context.Context, hash []byte) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		_, u, err := a.useOf(ctx, models.OneTimeVerify, hash)
		if err != nil {
			return err
		}
		return a.setVerified(ctx, u.ID)
	})
}

func (a *Accounts) setVerified(ctx context.Context, userID uuid.UUID) error {
	_, err := a.db.Exec(ctx, "verify account",
		`update users set verified_at = coalesce(verified_at, ?) where id = ?`, a.db.Now(), userID)
	return err
}

// mailReset mails a link that sets a new password; for an address without
// an account it does nothing.
func (a *Accounts) mailReset(ctx context.Context, email string, link models.OneTime) error {
	u, err := a.lockUserByEmail(ctx, email)
	if models.IsNotFound(err) || err == nil && (u.DisabledAt != nil || u.DeleteAt != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.mailLink(ctx, u, link, models.MailReset, u.Email)
}

// ResetPassword uses a reset link. It ends every session and API token, and the
// link also proves that the address is the owner's.
func (a *Accounts) ResetPassword(ctx context.Context, hash []byte, passwordHash string, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		_, u, err := a.useOf(ctx, models.OneTimeReset, hash)
		if err != nil {
			return err
		}
		if err := a.setPassword(ctx, u.ID, passwordHash); err != nil {
			return err
		}
		if err := a.setVerified(ctx, u.ID); err != nil {
			return err
		}
		if err := a.endAccess(ctx, u.ID); err != nil {
			return err
		}
		return a.mailPasswordChanged(ctx, u, from)
	})
}

// ChangePassword sets a new password and ends all sessions of the user; the
// caller opens a new one. API tokens stay.
func (a *Accounts) ChangePassword(ctx context.Context, userID uuid.UUID, passwordHash string, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.lockUser(ctx, userID)
		if err != nil {
			return err
		}
		if err := a.setPassword(ctx, userID, passwordHash); err != nil {
			return err
		}
		if err := a.DeleteOtherSessions(ctx, userID, nil); err != nil {
			return err
		}
		return a.mailPasswordChanged(ctx, u, from)
	})
}

func (a *Accounts) mailPasswordChanged(ctx context.Context, u models.User, from models.Client) error {
	return a.mails.QueueMail(ctx, models.Mail{
		UserID: &u.ID, To: u.Email, Kind: models.MailPasswordChanged,
		Params: map[string]string{models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
	})
}

// Rehash replaces a password's hash by one of the same password with other
// parameters, unless the password was changed in between. Links that were
// mailed before die, as they are bound to the hash.
func (a *Accounts) Rehash(ctx context.Context, userID uuid.UUID, old, hash string) error {
	_, err := a.db.Exec(ctx, "rehash password",
		`update users set password_hash = ? where id = ? and password_hash = ?`, hash, userID, old)
	return err
}

// mailEmailChange mails a link to the new address that makes it the account's.
// If the address already has an account, its owner is told instead, and the
// response is the same.
func (a *Accounts) mailEmailChange(ctx context.Context, userID uuid.UUID, link models.OneTime) error {
	u, err := a.lockUser(ctx, userID)
	if models.IsNotFound(err) || err == nil && (u.DisabledAt != nil || u.DeleteAt != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	other, err := a.UserByEmail(ctx, link.Email)
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	if err == nil && other.VerifiedAt != nil {
		return a.mails.QueueMail(ctx, models.Mail{UserID: &other.ID, To: other.Email, Kind: models.MailAddressInUse})
	}
	return a.mailLink(ctx, u, link, models.MailConfirmEmail, link.Email)
}

// ConfirmEmail uses the link of a change of address and mails the old and the
// new one. Links mailed to the old address stop working.
func (a *Accounts) ConfirmEmail(ctx context.Context, hash []byte, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		t, u, err := a.useOf(ctx, models.OneTimeEmail, hash)
		if err != nil {
			return err
		}
		if err := a.takeAddress(ctx, t.Email); err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "change e-mail",
			`update users set email = ?, verified_at = coalesce(verified_at, ?) where id = ?`, t.Email, a.db.Now(), u.ID); err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "drop links to the old address",
			`delete from one_time_tokens where user_id = ? and kind in ('verify', 'reset')`, u.ID); err != nil {
			return err
		}
		if err := a.mails.QueueMail(ctx, models.Mail{
			UserID: &u.ID, To: u.Email, Kind: models.MailEmailChanged, Params: map[string]string{models.MailParamNewEmail: t.Email, models.MailParamIP: from.IP},
		}); err != nil {
			return err
		}
		return a.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: t.Email, Kind: models.MailEmailIsNew})
	})
}

// takeAddress makes an address free whose owner has just been shown: an
// account that never verified it gives way, one that did is a conflict.
func (a *Accounts) takeAddress(ctx context.Context, email string) error {
	other, err := a.lockUserByEmail(ctx, email)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if other.VerifiedAt != nil || other.DisabledAt != nil {
		return models.Errorf(models.CodeConflict, "An account with this e-mail address already exists.").In("email")
	}
	_, err = a.db.Exec(ctx, "remove unverified account", `delete from users where id = ?`, other.ID)
	return err
}
