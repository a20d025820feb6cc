package accounts

import (
	"context"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// KeepConnection records what a user approved for an app.
func (a *Accounts) KeepConnection(ctx context.Context, c models.Connection) error {
	c.CreatedAt = a.db.Now()
	return postgres.Translate(a.db.Conn(ctx).Table("connection_codes").Create(&c).Error, "keep connection")
}

// UseConnection exchanges what a user approved for the token t, which gets its
// owner, name and scopes: of several calls one succeeds. It is refused with
// another redirect or secret than the user's approval was for, when its time is
// over, and when the account may not be used.
func (a *Accounts) UseConnection(ctx context.Context, hash []byte, redirect string, challenge []byte, t models.APIToken, from models.Client) (models.APIToken, error) {
	over := models.Errorf(models.CodeInvalid, "This approval was used or took too long. Connect again.").In("code")
	err := a.db.Tx(ctx, func(ctx context.Context) error {
		var c models.Connection
		err := a.db.Row(ctx, &c, "use connection", `
			delete from connection_codes where hash = ? and redirect_uri = ? and challenge = ? and expires_at > ? returning *`,
			hash, redirect, challenge, a.db.Now())
		if models.IsNotFound(err) {
			return over
		}
		if err != nil {
			return err
		}
		if _, err := a.activeUser(ctx, c.UserID); err != nil {
			if models.IsNotFound(err) {
				return over
			}
			return err
		}
		t.UserID, t.Name, t.Scopes, t.Client = c.UserID, c.Name, c.Scopes, c.Client
		return a.CreateAPIToken(ctx, t, from)
	})
	return t, err
}
