package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Limits of a session.
const (
	SessionIdle  = 14 * 24 * time.Hour // ends when it was not used for so long
	sessionTouch = time.Minute         // the last use is recorded this exactly
)

// CreateSession records a sign-in, which is when the user proved who they are
// unless the session says else.
func (a *Accounts) CreateSession(ctx context.Context, session models.Session) error {
	if session.AuthenticatedAt.IsZero() {
		session.AuthenticatedAt = session.CreatedAt
	}
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if err := a.db.Conn(ctx).Create(&session).Error; err != nil {
			return postgres.Translate(err, "create session")
		}
		_, err := a.db.Exec(ctx, "note sign-in", `
			update users set last_sign_in_at = ?
			where id = ? and (last_sign_in_at is null or last_sign_in_at < ?)`,
			session.CreatedAt, session.UserID, session.CreatedAt)
		return err
	})
}

// SessionByHash returns a session that is still good, with its user, and
// records its use from the address, unless that is empty. One that ended, or
// whose user may not be used, is not_found.
func (a *Accounts) SessionByHash(ctx context.Context, hash []byte, ip string) (models.Session, models.User, error) {
	now := a.db.Now()
	var session models.Session
	err := a.db.Conn(ctx).
		Where("id_hash = ? and expires_at > ? and last_seen_at > ?", hash, now, now.Add(-SessionIdle)).
		Take(&session).Error
	if err != nil {
		return models.Session{}, models.User{}, postgres.Translate(err, "load session")
	}
	user, err := a.activeUser(ctx, session.UserID)
	if err != nil {
		return models.Session{}, models.User{}, err
	}
	if ip == "" || (now.Sub(session.LastSeenAt) < sessionTouch && session.IP == ip) {
		return session, user, nil
	}
	_, err = a.db.Exec(ctx, "touch session",
		`update sessions set last_seen_at = ?, ip = ? where id_hash = ? and last_seen_at <= ?`, now, ip, hash, now)
	if err != nil {
		return models.Session{}, models.User{}, err
	}
	session.LastSeenAt, session.IP = now, ip
	return session, user, nil
}

// activeUser returns an account that may be used; another is not_found.
func (a *Accounts) activeUser(ctx context.Context, id uuid.UUID) (models.User, error) {
	user, err := a.User(ctx, id)
	if err == nil && !user.Active() {
		return models.User{}, postgres.NotFound("account")
	}
	return user, err
}

// ConfirmSession records that the user has just proved who they are.
func (a *Accounts) ConfirmSession(ctx context.Context, userID uuid.UUID, hash []byte) error {
	n, err := a.db.Exec(ctx, "confirm session",
		`update sessions set authenticated_at = ? where user_id = ? and id_hash = ?`, a.db.Now(), userID, hash)
	if err == nil && n == 0 {
		return postgres.NotFound("session")
	}
	return err
}

// Sessions returns the user's sessions that are still good, newest use first.
func (a *Accounts) Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error) {
	now := a.db.Now()
	var out []models.Session
	err := a.db.Conn(ctx).
		Where("user_id = ? and expires_at > ? and last_seen_at > ?", userID, now, now.Add(-SessionIdle)).
		Order("last_seen_at desc, id_hash").Find(&out).Error
	return out, postgres.Translate(err, "list sessions")
}

// DeleteSession ends a session of the user, and what runs in it.
func (a *Accounts) DeleteSession(ctx context.Context, userID uuid.UUID, hash []byte) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		n, err := a.db.Exec(ctx, "delete session", `delete from sessions where user_id = ? and id_hash = ?`, userID, hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return postgres.NotFound("session")
		}
		return a.accessChanged(ctx, userID)
	})
}

// DeleteOtherSessions ends all of the user's sessions but the one to keep,
// none of which is nil.
func (a *Accounts) DeleteOtherSessions(ctx context.Context, userID uuid.UUID, keep []byte) error {
	if keep == nil {
		keep = []byte{}
	}
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := a.db.Exec(ctx, "delete other sessions",
			`delete from sessions where user_id = ? and id_hash <> ?`, userID, keep); err != nil {
			return err
		}
		return a.accessChanged(ctx, userID)
	})
}

// accessChanged has every process look again at what it serves to the user,
// when the transaction commits.
func (a *Accounts) accessChanged(ctx context.Context, userID uuid.UUID) error {
	return a.outbox.Notify(ctx, event.AccessChanged(userID))
}

// Of wrong second factors: so many within the time are worth a mail, which is
// sent once in a while.
const (
	wrongCodes     = 3
	wrongCodesTime = time.Hour
	wrongCodesMail = 24 * time.Hour
)

// RecordFailedCode keeps the event of a wrong second factor and mails the user
// when there were several: whoever tries them has the password or a session.
func (a *Accounts) RecordFailedCode(ctx context.Context, user models.User, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		e := models.SecurityEvent{Kind: models.SecuritySecondFactorFailed, UserID: &user.ID, IP: from.IP, UserAgent: from.UserAgent}
		if err := a.records.RecordSecurity(ctx, e); err != nil {
			return err
		}
		now := a.db.Now()
		var due bool
		err := a.db.Row(ctx, &due, "count wrong codes", `
			select (select count(*) from security_events where user_id = ? and kind = ? and at > ?) >= ?
				and not exists (select from mails where user_id = ? and kind = ? and created_at > ?)`,
			user.ID, models.SecuritySecondFactorFailed, now.Add(-wrongCodesTime), wrongCodes,
			user.ID, models.MailCodesFailed, now.Add(-wrongCodesMail))
		if err != nil || !due {
			return err
		}
		return a.mails.QueueMail(ctx, models.Mail{
			UserID: &user.ID, To: user.Email, Kind: models.MailCodesFailed,
			Params: map[string]string{models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
		})
	})
}

// RecordLogin keeps the event of a sign-in and mails the user when they signed
// in before, but never with such a device: a program that names itself the
// same, whatever its version.
func (a *Accounts) RecordLogin(ctx context.Context, user models.User, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		var before struct{ Any, Same bool }
		err := a.db.Row(ctx, &before, "look for earlier sign-ins", `
			select count(*) > 0 as any, coalesce(bool_or(
				regexp_replace(user_agent, '[0-9.]+', '', 'g') = regexp_replace(?, '[0-9.]+', '', 'g')), false) as same
			from security_events where user_id = ? and kind = ?`, from.UserAgent, user.ID, models.SecurityLogin)
		if err != nil {
			return err
		}
		e := models.SecurityEvent{Kind: models.SecurityLogin, UserID: &user.ID, IP: from.IP, UserAgent: from.UserAgent}
		if before.Any && !before.Same {
			if err := a.mails.QueueMail(ctx, models.Mail{
				UserID: &user.ID, To: user.Email, Kind: models.MailNewDevice,
				Params: map[string]string{models.MailParamIP: from.IP, models.MailParamDevice: from.UserAgent},
			}); err != nil {
				return err
			}
		}
		return a.records.RecordSecurity(ctx, e)
	})
}
