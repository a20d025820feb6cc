package account

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// recorder stores security events in the background, so that a response takes
// the same time whether or not there is one.
type recorder struct {
	store      securityLog
	background *kit.Background
}

// note records an event, with its account if known.
func (r *recorder) note(ctx context.Context, kind models.SecurityKind, userID *uuid.UUID, detail string) {
	client := kit.InfoOf(ctx).Client
	r.keep(ctx, models.SecurityEvent{Kind: kind, UserID: userID, IP: client.IP, UserAgent: client.UserAgent, Detail: detail})
}

// failed records a failed sign-in. Without a matching account it records at
// most one a minute, because anyone can make up addresses and passkeys.
func (r *recorder) failed(ctx context.Context, user models.User, detail string) {
	client := kit.InfoOf(ctx).Client
	e := models.SecurityEvent{Kind: models.SecurityLoginFailed, IP: client.IP, UserAgent: client.UserAgent, Detail: detail}
	if user.PasswordHash != "" {
		e.UserID = &user.ID
	} else {
		e.Once = kit.Network(e.IP)
	}
	r.keep(ctx, e)
}

// signedIn records a sign-in.
func (r *recorder) signedIn(ctx context.Context, user models.User) {
	client := kit.InfoOf(ctx).Client
	r.background.Run(ctx, accountBudget, func(ctx context.Context) error { return r.store.RecordLogin(ctx, user, client) })
}

// codeFailed records a wrong second factor. After several the owner is told, as
// whoever tries knows the password.
func (r *recorder) codeFailed(ctx context.Context, user models.User) {
	client := kit.InfoOf(ctx).Client
	r.background.Run(ctx, accountBudget, func(ctx context.Context) error { return r.store.RecordFailedCode(ctx, user, client) })
}

func (r *recorder) keep(ctx context.Context, e models.SecurityEvent) {
	r.background.Run(ctx, accountBudget, func(ctx context.Context) error { return r.store.RecordSecurity(ctx, e) })
}
