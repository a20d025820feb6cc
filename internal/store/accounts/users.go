package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// CountUsers returns how many accounts there are, those that are being
// deleted and those that wait for their verification among them.
func (a *Accounts) CountUsers(ctx context.Context) (int64, error) {
	var n int64
	err := a.db.Conn(ctx).Model(&models.User{}).Count(&n).Error
	return n, postgres.Translate(err, "count users")
}

// IssueSetupToken records the hash of the token that makes the first admin. It
// replaces every earlier one.
func (a *Accounts) IssueSetupToken(ctx context.Context, hash []byte, ttl time.Duration) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := a.db.Exec(ctx, "drop setup tokens", `delete from one_time_tokens where kind = ?`, models.OneTimeSetup); err != nil {
			return err
		}
		now := a.db.Now()
		_, err := a.db.Exec(ctx, "issue setup token",
			`insert into one_time_tokens (kind, hash, created_at, expires_at) values (?, ?, ?, ?)`,
			models.OneTimeSetup, hash, now, now.Add(ttl))
		return err
	})
}

// CreateFirstAdmin consumes the setup token and creates the account, whose
// role is admin whatever u says. It is forbidden when the token is not good or
// someone has an account already. The audit log keeps the address that the
// request came from; empty if it was none.
func (a *Accounts) CreateFirstAdmin(ctx context.Context, ip string, tokenHash []byte, u models.User) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		if err := a.db.Lock(ctx, postgres.LockSetup, ""); err != nil {
			return err
		}
		n, err := a.CountUsers(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return models.Errorf(models.CodeForbidden, "This installation is already set up.")
		}
		now := a.db.Now()
		used, err := a.db.Exec(ctx, "use setup token",
			`update one_time_tokens set used_at = ? where hash = ? and kind = ? and used_at is null and expires_at > ?`,
			now, tokenHash, models.OneTimeSetup, now)
		if err != nil {
			return err
		}
		if used == 0 {
			return models.Errorf(models.CodeForbidden, "This setup link no longer works.")
		}
		u.Role, u.VerifiedAt = models.RoleAdmin, &now // the console's link replaces the mail
		if u.ID == uuid.Nil {
			u.ID = a.db.NewID()
		}
		if err := a.CreateUser(ctx, u); err != nil {
			return err
		}
		entry := models.Actor{Kind: models.ActorAdmin, ID: &u.ID, IP: ip}.Did(models.AuditSetup, "user", u.ID.String())
		entry.After = map[string]any{"email": u.Email, "role": u.Role}
		return a.records.RecordAudit(ctx, entry)
	})
}

// CreateUser adds an account with its plan. Id and time are filled in when they
// are zero.
func (a *Accounts) CreateUser(ctx context.Context, u models.User) error {
	if u.ID == uuid.Nil {
		u.ID = a.db.NewID()
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = a.db.Now()
	}
	return a.db.Tx(ctx, func(ctx context.Context) error {
		res := a.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&u)
		if res.Error == nil && res.RowsAffected == 0 {
			return models.Errorf(models.CodeConflict, "An account with this e-mail address already exists.").In("email")
		}
		if res.Error != nil {
			return postgres.Translate(res.Error, "create user")
		}
		return a.quota.OpenPlan(ctx, u)
	})
}

// UserByEmail returns the account with the normalised address.
func (a *Accounts) UserByEmail(ctx context.Context, email string) (models.User, error) {
	var u models.User
	err := a.db.Conn(ctx).Where("email = ?", email).Take(&u).Error
	return u, postgres.Translate(err, "load user by e-mail")
}

// User returns the account.
func (a *Accounts) User(ctx context.Context, id uuid.UUID) (models.User, error) {
	var u models.User
	err := a.db.Conn(ctx).Where("id = ?", id).Take(&u).Error
	return u, postgres.Translate(err, "load user")
}
