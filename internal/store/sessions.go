package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// Limits of a session.
const (
	SessionIdle  = 14 * 24 * time.Hour // ends when it was not used for so long
	sessionTouch = time.Minute         // the last use is recorded this exactly
)

// CreateSession records a sign-in.
func (s *Store) CreateSession(ctx context.Context, session models.Session) error {
	return translate(s.conn(ctx).Create(&session).Error, "create session")
}

// SessionByHash returns a session that is still good, with its user, and
// records its use. One that ended, or whose user is disabled, is not_found.
func (s *Store) SessionByHash(ctx context.Context, hash []byte) (models.Session, models.User, error) {
	now := s.Now()
	var session models.Session
	err := s.conn(ctx).
		Where("id_hash = ? and expires_at > ? and last_seen_at > ?", hash, now, now.Add(-SessionIdle)).
		Take(&session).Error
	if err != nil {
		return models.Session{}, models.User{}, translate(err, "load session")
	}
	var user models.User
	err = s.conn(ctx).Where("id = ? and disabled_at is null", session.UserID).Take(&user).Error
	if err != nil {
		return models.Session{}, models.User{}, translate(err, "load user of session")
	}
	if now.Sub(session.LastSeenAt) >= sessionTouch {
		_, err := s.exec(ctx, "touch session",
			`update sessions set last_seen_at = ? where id_hash = ? and last_seen_at < ?`, now, hash, now)
		if err != nil {
			return models.Session{}, models.User{}, err
		}
		session.LastSeenAt = now
	}
	return session, user, nil
}

// Sessions returns the user's sessions that are still good, newest use first.
func (s *Store) Sessions(ctx context.Context, userID uuid.UUID) ([]models.Session, error) {
	now := s.Now()
	var out []models.Session
	err := s.conn(ctx).
		Where("user_id = ? and expires_at > ? and last_seen_at > ?", userID, now, now.Add(-SessionIdle)).
		Order("last_seen_at desc, id_hash").Find(&out).Error
	return out, translate(err, "list sessions")
}

// DeleteSession ends a session of the user.
func (s *Store) DeleteSession(ctx context.Context, userID uuid.UUID, hash []byte) error {
	n, err := s.exec(ctx, "delete session", `delete from sessions where user_id = ? and id_hash = ?`, userID, hash)
	if err == nil && n == 0 {
		return notFound("session")
	}
	return err
}

// DeleteOtherSessions ends all of the user's sessions but the one to keep.
func (s *Store) DeleteOtherSessions(ctx context.Context, userID uuid.UUID, keep []byte) error {
	_, err := s.exec(ctx, "delete other sessions",
		`delete from sessions where user_id = ? and id_hash <> ?`, userID, keep)
	return err
}
