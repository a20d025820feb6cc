package accounts

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// PasskeyHandle returns what names the account to authenticators. An account
// without one gets the fresh one, 32 random bytes.
func (a *Accounts) PasskeyHandle(ctx context.Context, userID uuid.UUID, fresh []byte) ([]byte, error) {
	var u models.User
	err := a.db.Row(ctx, &u, "get passkey handle", `
		update users set passkey_handle = case when passkey_handle = '' then ? else passkey_handle end where id = ? returning passkey_handle`, fresh, userID)
	return u.PasskeyHandle, err
}

// UserByPasskeyHandle returns the account that the handle names, if it may be
// used; another is not_found.
func (a *Accounts) UserByPasskeyHandle(ctx context.Context, handle []byte) (models.User, error) {
	if len(handle) == 0 { // as all accounts without a passkey have it
		return models.User{}, postgres.NotFound("account")
	}
	var u models.User
	if err := a.db.Conn(ctx).Where("passkey_handle = ? and passkey_handle <> ''", handle).Take(&u).Error; err != nil {
		return models.User{}, postgres.Translate(err, "load user by passkey handle")
	}
	if !u.Active() {
		return models.User{}, postgres.NotFound("account")
	}
	return u, nil
}

// Passkeys returns the user's passkeys, oldest first.
func (a *Accounts) Passkeys(ctx context.Context, userID uuid.UUID) ([]models.Passkey, error) {
	var out []models.Passkey
	err := a.db.Conn(ctx).Where("user_id = ?", userID).Order("created_at, id").Find(&out).Error
	return out, postgres.Translate(err, "list passkeys")
}

// KeepPasskeyChallenge records an open ceremony.
func (a *Accounts) KeepPasskeyChallenge(ctx context.Context, c models.PasskeyChallenge) error {
	_, err := a.db.Exec(ctx, "keep passkey challenge", `
		insert into passkey_challenges (purpose, hash, user_id, binding, state, created_at, expires_at) values (?, ?, ?, ?, ?::jsonb, ?, ?)`,
		c.Purpose, c.Hash, c.UserID, c.Binding, string(c.State), a.db.Now(), c.ExpiresAt)
	return err
}

// UsePasskeyChallenge consumes an open ceremony: of several concurrent calls,
// one succeeds. It is refused with a purpose or binding other than the
// original, and after it expires.
func (a *Accounts) UsePasskeyChallenge(ctx context.Context, hash []byte, purpose models.PasskeyPurpose, binding []byte) (models.PasskeyChallenge, error) {
	var c models.PasskeyChallenge
	err := a.db.Row(ctx, &c, "use passkey challenge", `
		delete from passkey_challenges where hash = ? and purpose = ? and binding = ? and expires_at > ?
		returning hash, purpose, user_id, binding, state, expires_at`, hash, purpose, binding, a.db.Now())
	if models.IsNotFound(err) {
		return c, models.Fault(models.ProblemPasskeyExpired, "That took too long or started in another browser. Try again.")
	}
	return c, err
}

// AddPasskey gives the account a passkey and mails the user. The first second
// factor of an account comes with recovery codes, whose hashes are given;
// withCodes says whether they are now in force.
func (a *Accounts) AddPasskey(ctx context.Context, by models.Actor, p models.Passkey, codes [][]byte, from models.Client) (withCodes bool, err error) {
	err = a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.lockUser(ctx, p.UserID)
		if err != nil {
			return err
		}
		if u.Passkeys >= models.MaxPasskeys {
			return models.Errorf(models.CodeConflict, "An account can have %d passkeys. Remove one first.", models.MaxPasskeys)
		}
		if p.Transports == nil {
			p.Transports = []string{}
		}
		if err := postgres.Translate(a.db.Conn(ctx).Create(&p).Error, "add passkey"); postgres.IsConflict(err) {
			return models.Errorf(models.CodeConflict, "This passkey is already registered.").Because(err)
		} else if err != nil {
			return err
		}
		if withCodes = !u.SecondFactor(); withCodes {
			if err := a.replaceCodes(ctx, u.ID, codes); err != nil {
				return err
			}
		}
		entry := by.Did(models.AuditPasskeyAdded, "passkey", p.ID.String())
		entry.After = map[string]any{"name": p.Name}
		return a.passkeysChanged(ctx, u, entry, models.MailPasskeyAdded, p.Name, from)
	})
	return withCodes, err
}

// passkeysChanged counts the account's passkeys, records what was done and
// mails the user about it.
func (a *Accounts) passkeysChanged(ctx context.Context, u models.User, entry models.AuditEntry, kind models.MailKind, name string, from models.Client) error {
	if _, err := a.db.Exec(ctx, "count passkeys",
		`update users set passkeys = (select count(*) from passkeys where user_id = users.id) where id = ?`, u.ID); err != nil {
		return err
	}
	if err := a.records.RecordAudit(ctx, entry); err != nil {
		return err
	}
	return a.mails.QueueMail(ctx, models.Mail{
		UserID: &u.ID, To: u.Email, Kind: kind,
		Params: map[string]string{models.MailParamName: name, models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
	})
}

// RenamePasskey gives a passkey of the user another name.
func (a *Accounts) RenamePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, name string) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		before, err := a.lockPasskey(ctx, userID, id)
		if err != nil || before.Name == name {
			return err
		}
		if _, err := a.db.Exec(ctx, "rename passkey", `update passkeys set name = ? where id = ?`, name, id); err != nil {
			return err
		}
		entry := by.Did(models.AuditPasskeyRenamed, "passkey", id.String())
		entry.Before, entry.After = map[string]any{"name": before.Name}, map[string]any{"name": name}
		return a.records.RecordAudit(ctx, entry)
	})
}

// RemovePasskey takes a passkey of the user away and mails them. With the last
// second factor the recovery codes go.
func (a *Accounts) RemovePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.lockUser(ctx, userID)
		if err != nil {
			return err
		}
		p, err := a.lockPasskey(ctx, userID, id)
		if err != nil {
			return err
		}
		if _, err := a.db.Exec(ctx, "remove passkey", `delete from passkeys where id = ?`, id); err != nil {
			return err
		}
		if u.Passkeys == 1 && !u.HasTOTP() {
			if err := a.replaceCodes(ctx, userID, nil); err != nil {
				return err
			}
		}
		entry := by.Did(models.AuditPasskeyRemoved, "passkey", id.String())
		entry.Before = map[string]any{"name": p.Name}
		return a.passkeysChanged(ctx, u, entry, models.MailPasskeyRemoved, p.Name, from)
	})
}

func (a *Accounts) lockPasskey(ctx context.Context, userID, id uuid.UUID) (models.Passkey, error) {
	var p models.Passkey
	err := a.db.Row(ctx, &p, "lock passkey", `select id, name from passkeys where user_id = ? and id = ? for update`, userID, id)
	if models.IsNotFound(err) {
		return p, postgres.NotFound("passkey")
	}
	return p, err
}

// UsePasskey records that the passkey was used. It reports false when its
// counter has not advanced since the last use, which suggests a copy, and if
// there is no such passkey. A counter that stays at 0 doesn't count.
func (a *Accounts) UsePasskey(ctx context.Context, userID uuid.UUID, use models.PasskeyUse) (bool, error) {
	n, err := a.db.Exec(ctx, "use passkey", `
		update passkeys set sign_count = ?, backed_up = ? and backup_eligible, last_used_at = ?
		where user_id = ? and id = ? and (sign_count < ? or sign_count = 0 and ? = 0)`,
		use.SignCount, use.BackedUp, a.db.Now(), userID, use.ID, use.SignCount, use.SignCount)
	return n == 1, err
}

// dropPasskeys takes everything away that authenticators know the account by.
func (a *Accounts) dropPasskeys(ctx context.Context, userID uuid.UUID) error {
	for _, q := range []string{
		`delete from passkeys where user_id = ?`,
		`delete from passkey_challenges where user_id = ?`,
		`update users set passkeys = 0, passkey_handle = '' where id = ?`,
	} {
		if _, err := a.db.Exec(ctx, "drop passkeys", q, userID); err != nil {
			return err
		}
	}
	return nil
}
