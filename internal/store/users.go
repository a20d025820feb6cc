package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/models"
)

// CountUsers returns how many accounts there are, those that are being
// deleted and those that wait for their verification among them.
func (s *Store) CountUsers(ctx context.Context) (int64, error) {
	var n int64
	err := s.conn(ctx).Model(&models.User{}).Count(&n).Error
	return n, translate(err, "count users")
}

// IssueSetupToken records the hash of the token that makes the first admin. It
// replaces every earlier one.
func (s *Store) IssueSetupToken(ctx context.Context, hash []byte, ttl time.Duration) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.exec(ctx, "drop setup tokens", `delete from one_time_tokens where kind = ?`, models.OneTimeSetup); err != nil {
			return err
		}
		now := s.Now()
		_, err := s.exec(ctx, "issue setup token",
			`insert into one_time_tokens (hash, kind, created_at, expires_at) values (?, ?, ?, ?)`,
			hash, models.OneTimeSetup, now, now.Add(ttl))
		return err
	})
}

// CreateFirstAdmin consumes the set-up token and creates the account, whose
// role is admin whatever u says. It is forbidden when the token is not good or
// somebody has an account already. The audit log keeps the address that the
// request came from; empty if it was none.
func (s *Store) CreateFirstAdmin(ctx context.Context, ip string, tokenHash []byte, u models.User) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, lockSetup, ""); err != nil {
			return err
		}
		n, err := s.CountUsers(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return models.Errorf(models.CodeForbidden, "This installation is set up already.")
		}
		now := s.Now()
		used, err := s.exec(ctx, "use setup token",
			`update one_time_tokens set used_at = ? where hash = ? and kind = ? and used_at is null and expires_at > ?`,
			now, tokenHash, models.OneTimeSetup, now)
		if err != nil {
			return err
		}
		if used == 0 {
			return models.Errorf(models.CodeForbidden, "This set-up link is not valid any more.")
		}
		u.Role, u.VerifiedAt = models.RoleAdmin, &now // whoever has the console's link needs no mail
		if u.ID == uuid.Nil {
			u.ID = s.NewID()
		}
		if err := s.CreateUser(ctx, u); err != nil {
			return err
		}
		entry := models.Actor{Kind: models.ActorAdmin, ID: &u.ID, IP: ip}.Did(models.AuditSetup, "user", u.ID.String())
		entry.After = map[string]any{"email": u.Email, "role": u.Role}
		return s.RecordAudit(ctx, entry)
	})
}

// CreateUser adds an account with its plan. Id and time are filled in when they
// are zero.
func (s *Store) CreateUser(ctx context.Context, u models.User) error {
	if u.ID == uuid.Nil {
		u.ID = s.NewID()
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = s.Now()
	}
	return s.Tx(ctx, func(ctx context.Context) error {
		res := s.conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&u)
		if res.Error == nil && res.RowsAffected == 0 {
			return models.Errorf(models.CodeConflict, "There is an account with this e-mail address.").In("email")
		}
		if res.Error != nil {
			return translate(res.Error, "create user")
		}
		return s.openPlan(ctx, u)
	})
}

// UserByEmail returns the account with the normalised address.
func (s *Store) UserByEmail(ctx context.Context, email string) (models.User, error) {
	var u models.User
	err := s.conn(ctx).Where("email = ?", email).Take(&u).Error
	return u, translate(err, "load user by e-mail")
}

// User returns the account.
func (s *Store) User(ctx context.Context, id uuid.UUID) (models.User, error) {
	var u models.User
	err := s.conn(ctx).Where("id = ?", id).Take(&u).Error
	return u, translate(err, "load user")
}
