package accounts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// maxAPITokens is how many API tokens one account may have.
const maxAPITokens = 50

// CreateAPIToken records a token of the user and mails them about it. Who has
// too many is refused.
func (a *Accounts) CreateAPIToken(ctx context.Context, t models.APIToken, from models.Client) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		u, err := a.lockUser(ctx, t.UserID)
		if err != nil {
			return err
		}
		var n int
		if err := a.db.Row(ctx, &n, "count api tokens", `select count(*) from api_tokens where user_id = ?`, u.ID); err != nil {
			return err
		}
		if n >= maxAPITokens {
			return models.Errorf(models.CodeConflict, "An account can have %d tokens. Revoke one first.", maxAPITokens)
		}
		if err := a.db.Conn(ctx).Create(&t).Error; err != nil {
			return postgres.Translate(err, "create api token")
		}
		return a.mails.QueueMail(ctx, models.Mail{
			UserID: &u.ID, To: u.Email, Kind: models.MailTokenMade,
			Params: map[string]string{
				models.MailParamName: t.Name, models.MailParamScopes: scopeNames(t.Scopes), models.MailParamIP: from.IP,
			},
		})
	})
}

func scopeNames(scopes []models.Scope) string {
	names := make([]string, 0, len(scopes))
	for _, s := range scopes {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// APITokens returns the user's tokens that are still good, newest first.
func (a *Accounts) APITokens(ctx context.Context, userID uuid.UUID) ([]models.APIToken, error) {
	var out []models.APIToken
	err := a.db.Conn(ctx).Where("user_id = ? and expires_at > ?", userID, a.db.Now()).Order("created_at desc, id").Find(&out).Error
	return out, postgres.Translate(err, "list api tokens")
}

// APITokenByHash returns a token that is still good, with its user, and
// records its use from the address, unless that is empty. One that ended, or
// whose user may not be used, is not_found.
func (a *Accounts) APITokenByHash(ctx context.Context, hash []byte, ip string) (models.APIToken, models.User, error) {
	now := a.db.Now()
	var t models.APIToken
	if err := a.db.Conn(ctx).Where("hash = ? and expires_at > ?", hash, now).Take(&t).Error; err != nil {
		return models.APIToken{}, models.User{}, postgres.Translate(err, "load api token")
	}
	user, err := a.activeUser(ctx, t.UserID)
	if err != nil {
		return models.APIToken{}, models.User{}, err
	}
	if ip == "" || (t.LastUsedAt != nil && now.Sub(*t.LastUsedAt) < sessionTouch && t.LastUsedIP == ip) {
		return t, user, nil
	}
	if _, err := a.db.Exec(ctx, "touch api token",
		`update api_tokens set last_used_at = ?, last_used_ip = ? where id = ?`, now, ip, t.ID); err != nil {
		return models.APIToken{}, models.User{}, err
	}
	t.LastUsedAt, t.LastUsedIP = &now, ip
	return t, user, nil
}

// DeleteAPIToken revokes a token of the user, and ends what runs by it.
func (a *Accounts) DeleteAPIToken(ctx context.Context, userID, id uuid.UUID) error {
	return a.db.Tx(ctx, func(ctx context.Context) error {
		n, err := a.db.Exec(ctx, "delete api token", `delete from api_tokens where user_id = ? and id = ?`, userID, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return postgres.NotFound("token")
		}
		return a.accessChanged(ctx, userID)
	})
}

// endAccess ends all sessions and API tokens of the user, and what runs by
// them.
func (a *Accounts) endAccess(ctx context.Context, userID uuid.UUID) error {
	for _, q := range []string{
		`delete from sessions where user_id = ?`,
		`delete from api_tokens where user_id = ?`,
		`delete from connection_codes where user_id = ?`,
		`delete from one_time_tokens where user_id = ? and kind = 'sign_in'`,
	} {
		if _, err := a.db.Exec(ctx, "end access", q, userID); err != nil {
			return err
		}
	}
	return a.accessChanged(ctx, userID)
}
