package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// PasskeyHandle returns what names the account to authenticators. An account
// without one gets the fresh one, 32 random bytes.
func (s *Store) PasskeyHandle(ctx context.Context, userID uuid.UUID, fresh []byte) ([]byte, error) {
	var u models.User
	err := s.row(ctx, &u, "get passkey handle", `
		update users set passkey_handle = case when passkey_handle = '' then ? else passkey_handle end where id = ? returning passkey_handle`, fresh, userID)
	return u.PasskeyHandle, err
}

// UserByPasskeyHandle returns the account that the handle names, if it may be
// used; another is not_found.
func (s *Store) UserByPasskeyHandle(ctx context.Context, handle []byte) (models.User, error) {
	if len(handle) == 0 { // as all accounts without a passkey have it
		return models.User{}, notFound("account")
	}
	var u models.User
	if err := s.conn(ctx).Where("passkey_handle = ? and passkey_handle <> ''", handle).Take(&u).Error; err != nil {
		return models.User{}, translate(err, "load user by passkey handle")
	}
	if !u.Active() {
		return models.User{}, notFound("account")
	}
	return u, nil
}

// Passkeys returns the user's passkeys, oldest first.
func (s *Store) Passkeys(ctx context.Context, userID uuid.UUID) ([]models.Passkey, error) {
	var out []models.Passkey
	err := s.conn(ctx).Where("user_id = ?", userID).Order("created_at, id").Find(&out).Error
	return out, translate(err, "list passkeys")
}

// KeepPasskeyChallenge records a ceremony that was begun.
func (s *Store) KeepPasskeyChallenge(ctx context.Context, c models.PasskeyChallenge) error {
	_, err := s.exec(ctx, "keep passkey challenge", `
		insert into passkey_challenges (hash, purpose, user_id, binding, state, created_at, expires_at) values (?, ?, ?, ?, ?::jsonb, ?, ?)`,
		c.Hash, c.Purpose, c.UserID, c.Binding, string(c.State), s.Now(), c.ExpiresAt)
	return err
}

// UsePasskeyChallenge uses a begun ceremony up: of several calls at once one
// succeeds. It is refused for another purpose or binding than it was begun
// with, and after its time.
func (s *Store) UsePasskeyChallenge(ctx context.Context, hash []byte, purpose models.PasskeyPurpose, binding []byte) (models.PasskeyChallenge, error) {
	var c models.PasskeyChallenge
	err := s.row(ctx, &c, "use passkey challenge", `
		delete from passkey_challenges where hash = ? and purpose = ? and binding = ? and expires_at > ?
		returning hash, purpose, user_id, binding, state, expires_at`, hash, purpose, binding, s.Now())
	if models.IsNotFound(err) {
		return c, models.Fault(models.ProblemPasskeyExpired, "That took too long, or was begun elsewhere. Please try again.")
	}
	return c, err
}

// AddPasskey gives the account a passkey and mails the user. The first second
// factor of an account comes with recovery codes, whose hashes are given:
// withCodes tells whether they are in force from now on.
func (s *Store) AddPasskey(ctx context.Context, by models.Actor, p models.Passkey, codes [][]byte, from models.Client) (withCodes bool, err error) {
	err = s.Tx(ctx, func(ctx context.Context) error {
		u, err := s.lockUser(ctx, p.UserID)
		if err != nil {
			return err
		}
		if u.Passkeys >= models.MaxPasskeys {
			return models.Errorf(models.CodeConflict, "An account can have %d passkeys. Please remove one first.", models.MaxPasskeys)
		}
		if p.Transports == nil {
			p.Transports = []string{}
		}
		if err := translate(s.conn(ctx).Create(&p).Error, "add passkey"); isConflict(err) {
			return models.Errorf(models.CodeConflict, "There is this passkey already.").Because(err)
		} else if err != nil {
			return err
		}
		if withCodes = !u.SecondFactor(); withCodes {
			if err := s.replaceCodes(ctx, u.ID, codes); err != nil {
				return err
			}
		}
		entry := by.Did(models.AuditPasskeyAdded, "passkey", p.ID.String())
		entry.After = map[string]any{"name": p.Name}
		return s.passkeysChanged(ctx, u, entry, models.MailPasskeyAdded, p.Name, from)
	})
	return withCodes, err
}

// passkeysChanged counts the account's passkeys, records what was done and
// mails the user about it.
func (s *Store) passkeysChanged(ctx context.Context, u models.User, entry models.AuditEntry, kind models.MailKind, name string, from models.Client) error {
	if _, err := s.exec(ctx, "count passkeys",
		`update users set passkeys = (select count(*) from passkeys where user_id = users.id) where id = ?`, u.ID); err != nil {
		return err
	}
	if err := s.RecordAudit(ctx, entry); err != nil {
		return err
	}
	return s.QueueMail(ctx, models.Mail{
		UserID: &u.ID, To: u.Email, Kind: kind,
		Params: map[string]string{models.MailParamName: name, models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
	})
}

// RenamePasskey gives a passkey of the user another name.
func (s *Store) RenamePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, name string) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		before, err := s.lockPasskey(ctx, userID, id)
		if err != nil || before.Name == name {
			return err
		}
		if _, err := s.exec(ctx, "rename passkey", `update passkeys set name = ? where id = ?`, name, id); err != nil {
			return err
		}
		entry := by.Did(models.AuditPasskeyRenamed, "passkey", id.String())
		entry.Before, entry.After = map[string]any{"name": before.Name}, map[string]any{"name": name}
		return s.RecordAudit(ctx, entry)
	})
}

// RemovePasskey takes a passkey of the user away and mails them. With the last
// second factor the recovery codes go.
func (s *Store) RemovePasskey(ctx context.Context, by models.Actor, userID, id uuid.UUID, from models.Client) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		u, err := s.lockUser(ctx, userID)
		if err != nil {
			return err
		}
		p, err := s.lockPasskey(ctx, userID, id)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, "remove passkey", `delete from passkeys where id = ?`, id); err != nil {
			return err
		}
		if u.Passkeys == 1 && !u.HasTOTP() {
			if err := s.replaceCodes(ctx, userID, nil); err != nil {
				return err
			}
		}
		entry := by.Did(models.AuditPasskeyRemoved, "passkey", id.String())
		entry.Before = map[string]any{"name": p.Name}
		return s.passkeysChanged(ctx, u, entry, models.MailPasskeyRemoved, p.Name, from)
	})
}

func (s *Store) lockPasskey(ctx context.Context, userID, id uuid.UUID) (models.Passkey, error) {
	var p models.Passkey
	err := s.row(ctx, &p, "lock passkey", `select id, name from passkeys where user_id = ? and id = ? for update`, userID, id)
	if models.IsNotFound(err) {
		return p, notFound("passkey")
	}
	return p, err
}

// UsePasskey records that the passkey was used. It reports false when its
// counter did not go on since the last use, as is so with a copy, and when
// there is no such passkey. A counter that stays at 0 is none.
func (s *Store) UsePasskey(ctx context.Context, userID uuid.UUID, use models.PasskeyUse) (bool, error) {
	n, err := s.exec(ctx, "use passkey", `
		update passkeys set sign_count = ?, backed_up = ? and backup_eligible, last_used_at = ?
		where user_id = ? and id = ? and (sign_count < ? or sign_count = 0 and ? = 0)`,
		use.SignCount, use.BackedUp, s.Now(), userID, use.ID, use.SignCount, use.SignCount)
	return n == 1, err
}

// dropPasskeys takes everything away that authenticators know the account by.
func (s *Store) dropPasskeys(ctx context.Context, userID uuid.UUID) error {
	for _, q := range []string{
		`delete from passkeys where user_id = ?`,
		`delete from passkey_challenges where user_id = ?`,
		`update users set passkeys = 0, passkey_handle = '' where id = ?`,
	} {
		if _, err := s.exec(ctx, "drop passkeys", q, userID); err != nil {
			return err
		}
	}
	return nil
}
