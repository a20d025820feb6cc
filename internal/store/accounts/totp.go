package accounts

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// OfferTOTP keeps the sealed secret of a second factor that is not in force
// yet. It replaces one that was offered before, and is a conflict when a
// factor is in force.
func (a *Accounts) OfferTOTP(ctx context.Context, userID uuid.UUID, sealed string) error {
	n, err := a.db.Exec(ctx, "offer totp",
		`update users set totp_secret = ?, totp_step = 0 where id = ? and totp_at is null`, sealed, userID)
	if err == nil && n == 0 {
		return models.Errorf(models.CodeConflict, "Two-factor sign-in is already on.")
	}
	return err
}

// EnableTOTP turns on the offered second factor after a correct code of the
// time step. The hashes are those of its recovery codes. The user gets a mail.
func (a *Accounts) EnableTOTP(ctx context.Context, userID uuid.UUID, step int64, codes [][]byte, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		n, err := a.db.Exec(ctx, "enable totp", `
			update users set totp_at = ?, totp_step = ? where id = ? and totp_at is null and totp_secret <> ''`,
			a.db.Now(), step, userID)
		if err != nil {
			return err
		}
		if n == 0 {
			return models.Errorf(models.CodeConflict, "Two-factor sign-in changed in the meantime. Start again.")
		}
		if err := a.replaceCodes(ctx, userID, codes); err != nil {
			return err
		}
		return a.mailFactor(ctx, userID, models.MailTOTPOn, from)
	})
}

// UseTOTPStep records that a code of the time step was used. It reports false
// for a step that was used before, or an earlier one.
func (a *Accounts) UseTOTPStep(ctx context.Context, userID uuid.UUID, step int64) (bool, error) {
	n, err := a.db.Exec(ctx, "use totp step",
		`update users set totp_step = ? where id = ? and totp_step < ? and totp_at is not null`, step, userID, step)
	return n == 1, err
}

// UseRecoveryCode uses a recovery code up. It reports false for one that is
// not the user's or was used.
func (a *Accounts) UseRecoveryCode(ctx context.Context, userID uuid.UUID, hash []byte) (bool, error) {
	n, err := a.db.Exec(ctx, "use recovery code",
		`update recovery_codes set used_at = ? where user_id = ? and hash = ? and used_at is null`, a.db.Now(), userID, hash)
	return n == 1, err
}

// RecoveryCodesLeft returns how many of the user's recovery codes were not
// used.
func (a *Accounts) RecoveryCodesLeft(ctx context.Context, userID uuid.UUID) (int, error) {
	var n int
	err := a.db.Row(ctx, &n, "count recovery codes",
		`select count(*) from recovery_codes where user_id = ? and used_at is null`, userID)
	return n, err
}

// ReplaceRecoveryCodes replaces the user's recovery codes; the old ones stop
// working.
func (a *Accounts) ReplaceRecoveryCodes(ctx context.Context, userID uuid.UUID, codes [][]byte) error {
	return a.db.Tx(ctx, func(ctx context.Context) error { return a.replaceCodes(ctx, userID, codes) })
}

func (a *Accounts) replaceCodes(ctx context.Context, userID uuid.UUID, codes [][]byte) error {
	if _, err := a.db.Exec(ctx, "drop recovery codes", `delete from recovery_codes where user_id = ?`, userID); err != nil {
		return err
	}
	for _, c := range codes {
		if _, err := a.db.Exec(ctx, "keep recovery code",
			`insert into recovery_codes (user_id, hash) values (?, ?)`, userID, c); err != nil {
			return err
		}
	}
	return nil
}

// DisableTOTP takes the authenticator app away and mails the user about it. The
// recovery codes go with the last second factor.
func (a *Accounts) DisableTOTP(ctx context.Context, userID uuid.UUID, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		n, err := a.db.Exec(ctx, "disable totp",
			`update users set totp_secret = '', totp_at = null, totp_step = 0 where id = ? and totp_at is not null`, userID)
		if err != nil || n == 0 {
			return err
		}
		if _, err := a.db.Exec(ctx, "drop recovery codes", `
			delete from recovery_codes where user_id = ? and not exists (select from users where id = ? and passkeys > 0)`,
			userID, userID); err != nil {
			return err
		}
		return a.mailFactor(ctx, userID, models.MailTOTPOff, from)
	})
}

func (a *Accounts) mailFactor(ctx context.Context, userID uuid.UUID, kind models.MailKind, from models.Client) error {
	u, err := a.User(ctx, userID)
	if err != nil {
		return err
	}
	return a.mails.QueueMail(ctx, models.Mail{UserID: &u.ID, To: u.Email, Kind: kind, Params: map[string]string{models.MailParamIP: from.IP}})
}

// SealedTOTP returns users with a sealed second factor, offered ones included,
// by id after the given one.
func (a *Accounts) SealedTOTP(ctx context.Context, after uuid.UUID, limit int) ([]models.User, error) {
	var out []models.User
	err := a.db.Rows(ctx, &out, "list sealed second factors", `
		select * from users where totp_secret <> '' and id > ? order by id limit ?`, after, limit)
	return out, err
}

// ResealTOTP replaces the sealed secret of a second factor by the same one,
// under another key. It does nothing if the user has another one by now.
func (a *Accounts) ResealTOTP(ctx context.Context, userID uuid.UUID, was, now string) error {
	_, err := a.db.Exec(ctx, "reseal second factor", `update users set totp_secret = ? where id = ? and totp_secret = ?`, now, userID, was)
	return err
}
