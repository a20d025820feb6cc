package accounts_test

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// asked keeps a request with a link of its own, as the API does before it
// answers.
func (b bundle) asked(t testing.TB, r models.AccountRequest) {
	t.Helper()
	id := b.DB.NewID()
	hash := sha256.Sum256([]byte("link " + id.String()))
	r.Link = models.OneTime{ID: id, Hash: hash[:], Kind: r.Kind.LinkKind(), ExpiresAt: b.DB.Now().Add(30 * time.Minute)}
	storetest.OK(t, b.Accounts.SaveAccountRequest(t.Context(), r))
}

func (b bundle) mails(t testing.TB, to string, kind models.MailKind) int {
	t.Helper()
	return storetest.Count(t, `select count(*) from mails where recipient = $1 and kind = $2`, to, string(kind))
}

// What was accepted is done although the process that accepted it is gone, and
// although another dies in the middle of doing it.
func TestAccountRequestsSurviveACrash(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.asked(t, models.AccountRequest{Kind: models.RequestReset, Email: b.user.Email})
	b.asked(t, models.AccountRequest{Kind: models.RequestRegister, Email: "new@example.com", PasswordHash: "$argon2id$new"})
	if b.mails(t, b.user.Email, models.MailReset) != 0 {
		t.Error("mailed before the answer")
	}
	storetest.Exec(t, `create function die() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return new; end'`)
	storetest.Exec(t, `create trigger die before insert on mails for each row execute function die()`)
	if _, err := b.w.Accounts.DueAccountRequests(ctx, 10); err == nil {
		t.Error("nothing died")
	}
	storetest.Exec(t, `drop trigger die on mails`) // waits until the database is done with the dead connection
	if n := storetest.Count(t, `select count(*) from account_requests`); n != 2 {
		t.Errorf("%d requests are left after the crash, want both", n)
	}
	next, err := store.Open(ctx, storetest.DSN(t), slog.New(slog.DiscardHandler))
	storetest.OK(t, err)
	defer next.DB.Close()
	if n := storetest.Must[int](t)(next.Worker().Accounts.DueAccountRequests(ctx, 10)); n != 2 {
		t.Errorf("%d done, want both", n)
	}
	if b.mails(t, b.user.Email, models.MailReset) != 1 || b.mails(t, "new@example.com", models.MailVerify) != 1 {
		t.Error("the mails are not queued once each")
	}
	u, err := b.Accounts.UserByEmail(ctx, "new@example.com")
	if err != nil || u.PasswordHash != "$argon2id$new" || u.VerifiedAt != nil || u.Role != models.RoleUser {
		t.Errorf("registered: %+v, %v", u, err)
	}
	if n := storetest.Count(t, `select count(*) from account_requests`); n != 0 {
		t.Errorf("%d requests are left", n)
	}
}

// A request for an address without an account leaves nothing.
func TestAccountRequestsOfStrangersLeaveNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all := `select (select count(*) from users) + (select count(*) from mails) + (select count(*) from one_time_tokens)
		+ (select count(*) from outbox) + (select count(*) from account_requests)`
	before := storetest.Count(t, all)
	b.asked(t, models.AccountRequest{Kind: models.RequestReset, Email: "stranger@example.com"})
	b.asked(t, models.AccountRequest{Kind: models.RequestVerification, Email: "stranger@example.com"})
	b.asked(t, models.AccountRequest{Kind: models.RequestVerification, Email: b.user.Email}) // verified already
	if n := storetest.Must[int](t)(b.w.Accounts.DueAccountRequests(t.Context(), 10)); n != 3 {
		t.Errorf("%d looked into", n)
	}
	if after := storetest.Count(t, all); after != before {
		t.Errorf("%d rows more", after-before)
	}
}

// The newest registration of an address counts, however many dispatchers there
// are, and one that fails holds up its own address only.
func TestAccountRequestsOfOneAddressGoInTurn(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	const addresses, times = 8, 6
	for i := range times {
		for a := range addresses {
			b.asked(t, models.AccountRequest{
				Kind: models.RequestRegister, Email: fmt.Sprintf("a%d@example.com", a), PasswordHash: fmt.Sprintf("hash %d", i),
			})
		}
	}
	var wg sync.WaitGroup
	var done atomic.Int64
	for range 4 {
		wg.Go(func() {
			for done.Load() < addresses*times {
				n, err := b.w.Accounts.DueAccountRequests(ctx, 5)
				if err != nil {
					t.Errorf("dispatch: %v", err)
					return
				}
				done.Add(int64(n))
			}
		})
	}
	wg.Wait()
	for a := range addresses {
		u, err := b.Accounts.UserByEmail(ctx, fmt.Sprintf("a%d@example.com", a))
		if err != nil || u.PasswordHash != fmt.Sprintf("hash %d", times-1) {
			t.Errorf("%s has %q, %v", u.Email, u.PasswordHash, err)
		}
	}
}

func TestAccountRequestThatFailsIsPutOff(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	storetest.Drain(t, b.Store)
	c := storetest.FakeClock(b.Store)
	storetest.Exec(t, `alter table mails add constraint no_mail check (recipient <> 'first@example.com') not valid`)
	b.asked(t, models.AccountRequest{Kind: models.RequestRegister, Email: "first@example.com", PasswordHash: "x"})
	b.asked(t, models.AccountRequest{Kind: models.RequestRegister, Email: "second@example.com", PasswordHash: "x"})
	storetest.Must[int](t)(b.w.Accounts.DueAccountRequests(ctx, 10))
	if storetest.Count(t, `select count(*) from users where email in ('first@example.com', 'second@example.com')`) != 1 {
		t.Error("want the second address alone to have an account")
	}
	if storetest.Count(t, `select count(*) from account_requests where attempts = 1 and last_error <> ''`) != 1 {
		t.Error("the failure is not recorded")
	}
	if age := storetest.Must[time.Duration](t)(b.w.Outbox.OutboxAge(ctx)); age != 0 {
		t.Errorf("age %s", age)
	}
	storetest.Exec(t, `alter table mails drop constraint no_mail`)
	if n := storetest.Must[int](t)(b.w.Accounts.DueAccountRequests(ctx, 10)); n != 0 {
		t.Error("tried again at once")
	}
	c.Add(time.Hour)
	if age := storetest.Must[time.Duration](t)(b.w.Outbox.OutboxAge(ctx)); age != time.Hour {
		t.Errorf("age %s", age)
	}
	storetest.Must[int](t)(b.w.Accounts.DueAccountRequests(ctx, 10))
	left := storetest.Count(t, `select extract(epoch from o.expires_at - $1)::int from one_time_tokens o join users u on u.id = o.user_id where u.email = 'first@example.com'`, c.Now)
	if left != 30*60 {
		t.Errorf("the link works for %d s after the mail is queued, want 30 minutes", left)
	}
}
