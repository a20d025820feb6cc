package accounts

import (
	"bytes"
	"context"
	"crypto/sha256"

	"github.com/google/uuid"

	"longhaul/models"
)

// maxAttempts is how many wrong codes an open sign-in allows.
const maxAttempts = 5

// errLink is the answer to a link that was used, has expired, was replaced or
// never was.
func errLink() error {
	return models.Fault(models.ProblemLinkNotValid, "This link no longer works. Request a new one.")
}

// bindingOf ties a token to an account's password of the moment.
func bindingOf(u models.User) []byte {
	sum := sha256.Sum256([]byte(u.PasswordHash))
	return sum[:]
}

// issue records a token for the user and drops the earlier ones of its kind. A
// sign-in leaves others alone: someone may sign in at two places at once.
func (a *Accounts) issue(ctx context.Context, t models.OneTime, u models.User) error {
	if t.Kind != models.OneTimeSignIn {
		if _, err := a.db.Exec(ctx, "drop one-time tokens",
			`delete from one_time_tokens where user_id = ? and kind = ?`, u.ID, t.Kind); err != nil {
			return err
		}
	}
	t.UserID, t.Binding = &u.ID, bindingOf(u)
	return a.insertOneTime(ctx, t)
}

func (a *Accounts) insertOneTime(ctx context.Context, t models.OneTime) error {
	var role any
	if t.Role != "" {
		role = t.Role
	}
	_, err := a.db.Exec(ctx, "issue one-time token", `
		insert into one_time_tokens (id, hash, kind, user_id, email, role, binding, created_by, created_at, expires_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.Hash, t.Kind, t.UserID, t.Email, role, t.Binding, t.CreatedBy, a.db.Now(), t.ExpiresAt)
	return err
}

const oneTimeColumns = `hash, id, kind, user_id, email, coalesce(role, '') as role, binding, created_by, created_at, expires_at`

// use consumes a token: of several calls at once one succeeds.
func (a *Accounts) use(ctx context.Context, kind models.OneTimeKind, hash []byte) (models.OneTime, error) {
	now := a.db.Now()
	var t models.OneTime
	err := a.db.Row(ctx, &t, "use one-time token", `
		update one_time_tokens set used_at = ? where hash = ? and kind = ? and used_at is null and expires_at > ?
		returning `+oneTimeColumns, now, hash, kind, now)
	if models.IsNotFound(err) {
		return models.OneTime{}, errLink()
	}
	return t, err
}

// useOf is use of a token that belongs to a user, who is locked. It is refused
// when the account's password is another than when the token was made.
func (a *Accounts) useOf(ctx context.Context, kind models.OneTimeKind, hash []byte) (models.OneTime, models.User, error) {
	t, err := a.use(ctx, kind, hash)
	if err != nil {
		return models.OneTime{}, models.User{}, err
	}
	if t.UserID == nil {
		return models.OneTime{}, models.User{}, errLink()
	}
	u, err := a.lockUser(ctx, *t.UserID)
	return ownedBy(t, u, err)
}

// ownedBy passes a user's token on whose account can be used and has the
// password of when the token was made.
func ownedBy(t models.OneTime, u models.User, err error) (models.OneTime, models.User, error) {
	if models.IsNotFound(err) || err == nil && (u.DisabledAt != nil || u.DeleteAt != nil || !bytes.Equal(t.Binding, bindingOf(u))) {
		return models.OneTime{}, models.User{}, errLink()
	}
	return t, u, err
}

func (a *Accounts) lockUser(ctx context.Context, id uuid.UUID) (models.User, error) {
	var u models.User
	err := a.db.Row(ctx, &u, "lock user", `select * from users where id = ? for no key update`, id)
	return u, err
}

// OneTime returns a token that is still good, with its user if it has one. It
// does not use the token up; what follows has to.
func (a *Accounts) OneTime(ctx context.Context, kind models.OneTimeKind, hash []byte) (models.OneTime, models.User, error) {
	var t models.OneTime
	err := a.db.Row(ctx, &t, "load one-time token", `
		select `+oneTimeColumns+` from one_time_tokens where hash = ? and kind = ? and used_at is null and expires_at > ?`,
		hash, kind, a.db.Now())
	if models.IsNotFound(err) {
		return models.OneTime{}, models.User{}, errLink()
	}
	if err != nil || t.UserID == nil {
		return t, models.User{}, err
	}
	u, err := a.User(ctx, *t.UserID)
	return ownedBy(t, u, err)
}

// BeginSignIn records that the user's password was right and a code is
// missing.
func (a *Accounts) BeginSignIn(ctx context.Context, userID uuid.UUID, t models.OneTime) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.activeUser(ctx, userID)
		if err != nil {
			return err
		}
		return a.issue(ctx, t, u)
	})
}

// TrySignIn counts one code against an open sign-in and returns its account.
// Too many codes end the sign-in.
func (a *Accounts) TrySignIn(ctx context.Context, hash []byte) (models.User, error) {
	over := models.Fault(models.ProblemSignInExpired, "The sign-in took too long or had too many wrong codes. Start again.")
	var t models.OneTime
	err := a.db.Row(ctx, &t, "try sign-in", `
		update one_time_tokens set attempts = attempts + 1
		where hash = ? and kind = ? and used_at is null and expires_at > ? and attempts < ?
		returning `+oneTimeColumns, hash, models.OneTimeSignIn, a.db.Now(), maxAttempts)
	if models.IsNotFound(err) || err == nil && t.UserID == nil {
		return models.User{}, over
	}
	if err != nil {
		return models.User{}, err
	}
	u, err := a.activeUser(ctx, *t.UserID)
	if models.IsNotFound(err) || err == nil && !bytes.Equal(t.Binding, bindingOf(u)) {
		return models.User{}, over
	}
	return u, err
}

// FinishSignIn consumes an open sign-in: of several concurrent calls, one
// succeeds.
func (a *Accounts) FinishSignIn(ctx context.Context, hash []byte) error {
	_, err := a.use(ctx, models.OneTimeSignIn, hash)
	return err
}
