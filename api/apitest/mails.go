package apitest

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// Value returns the single value of a query's first row, where the store has no
// method.
func Value[T any](h *Harness, sql string, args ...any) T {
	h.t.Helper()
	conn, err := pgx.Connect(h.t.Context(), storetest.DSN(h.t))
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(h.t.Context())) }()
	var out T
	if err := conn.QueryRow(h.t.Context(), sql, args...).Scan(&out); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return out
}

// Settle returns when all background calls have ended and all account requests
// are done.
func (h *Harness) Settle() {
	h.t.Helper()
	h.Server.Wait()
	h.DoAccountRequests(h.t.Context())
}

// DoAccountRequests does what the worker does with the requests that are due.
func (h *Harness) DoAccountRequests(ctx context.Context) {
	h.t.Helper()
	for {
		n, err := h.Store.Worker().Accounts.DueAccountRequests(ctx, 25)
		if err != nil && ctx.Err() == nil {
			h.t.Errorf("account requests: %v", err)
		}
		if n < 25 {
			return
		}
	}
}

// Mails returns how many mails of the kind were queued to the address, when
// everything is done.
func (h *Harness) Mails(to string, kind models.MailKind) int {
	h.t.Helper()
	h.Settle()
	return Value[int](h, `select count(*) from mails where recipient = $1 and kind = $2`, to, string(kind))
}

// Link returns the token in the link of the newest mail of the kind to the
// address.
func (h *Harness) Link(to string, kind models.MailKind) string {
	h.t.Helper()
	h.Settle()
	id := Value[uuid.UUID](h, `select token_id from mails where recipient = $1 and kind = $2 order by id desc limit 1`, to, string(kind))
	return h.Keys.OneTime(id)
}
