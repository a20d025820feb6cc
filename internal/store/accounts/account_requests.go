package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// SaveAccountRequest stores a request made with an e-mail address. It is one
// statement, the same whether or not the address has an account; once it has
// returned, DueAccountRequests does the rest, even after a crash. It wakes no
// loop: what follows happens at a time unrelated to the response.
func (a *Accounts) SaveAccountRequest(ctx context.Context, r models.AccountRequest) error {
	now := a.db.Now()
	_, err := a.db.Exec(ctx, "keep account request", `
		insert into account_requests (kind, email, user_id, password_hash, link_id, link_hash, link_seconds, next_at, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Kind, r.Email, r.UserID, r.PasswordHash, r.Link.ID, r.Link.Hash, int(r.Link.ExpiresAt.Sub(now).Round(time.Second).Seconds()), now, now)
	return err
}

// accountRequest is a row of account_requests.
type accountRequest struct {
	ID           int64
	Kind         models.AccountRequestKind
	Email        string
	UserID       *uuid.UUID
	PasswordHash string
	LinkID       uuid.UUID
	LinkHash     []byte
	LinkSeconds  int
	Attempts     int
}

// link returns the request's link, whose time begins now.
func (r accountRequest) link(now time.Time) models.OneTime {
	link := models.OneTime{
		ID: r.LinkID, Hash: r.LinkHash, Kind: r.Kind.LinkKind(), ExpiresAt: now.Add(time.Duration(r.LinkSeconds) * time.Second),
	}
	if r.Kind == models.RequestEmail {
		link.Email = r.Email
	}
	return link
}

// DueAccountRequests does up to limit things that were asked for by e-mail
// addresses and returns how many it looked into. Each goes with its row in one
// transaction, so that it happens once; one that fails is due again after a
// growing pause. It may run concurrently. The requests of one address are done
// in the order in which they came.
func (w *Worker) DueAccountRequests(ctx context.Context, limit int) (int, error) {
	for done := range limit {
		found := false
		err := w.a.db.Tx(ctx, func(ctx context.Context) (err error) {
			found, err = w.a.doAccountRequest(ctx)
			return err
		})
		if err != nil || !found {
			return done, err
		}
	}
	return limit, nil
}

func (a *Accounts) doAccountRequest(ctx context.Context) (found bool, err error) {
	var r accountRequest
	err = a.db.Row(ctx, &r, "next account request", `
		select id, kind, email, user_id, password_hash, link_id, link_hash, link_seconds, attempts from account_requests r
		where next_at <= ? and not exists (select from account_requests b where b.email = r.email and b.id < r.id)
		order by next_at, id limit 1 for update skip locked`, a.db.Now())
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	failure := a.db.Attempt(ctx, func(ctx context.Context) error { return a.fulfil(ctx, r) })
	if failure == nil {
		_, err = a.db.Exec(ctx, "delete account request", `delete from account_requests where id = ?`, r.ID)
		return true, err
	}
	if ctx.Err() != nil {
		return true, postgres.Translate(ctx.Err(), "do account request") // rolled back: it stays due
	}
	a.db.Log.WarnContext(ctx, "could not carry out account request", "kind", r.Kind, "request", r.ID, "attempt", r.Attempts+1, "error", failure)
	_, err = a.db.Exec(ctx, "put off account request",
		`update account_requests set attempts = attempts + 1, next_at = ?, last_error = left(?, 500) where id = ?`,
		a.db.Now().Add(outbox.Pause(r.Attempts)), failure.Error(), r.ID)
	return true, err
}

// fulfil does what a request asks for, which may be nothing.
func (a *Accounts) fulfil(ctx context.Context, r accountRequest) error {
	link := r.link(a.db.Now())
	switch r.Kind {
	case models.RequestRegister:
		return a.register(ctx, models.User{Email: r.Email, PasswordHash: r.PasswordHash}, link)
	case models.RequestVerification:
		return a.resendVerification(ctx, r.Email, link)
	case models.RequestReset:
		return a.mailReset(ctx, r.Email, link)
	case models.RequestEmail:
		return a.mailEmailChange(ctx, *r.UserID, link)
	default:
		return models.Errorf(models.CodeInternal, "Unknown kind of account request.")
	}
}
