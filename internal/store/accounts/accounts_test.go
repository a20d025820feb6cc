package accounts_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/accounts"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	admin := models.User{Email: "admin@example.com", PasswordHash: "x"}
	storetest.WantCode(t, s.Accounts.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), admin), models.CodeForbidden)
	storetest.OK(t, s.Accounts.IssueSetupToken(ctx, hash(1), time.Hour))
	storetest.OK(t, s.Accounts.IssueSetupToken(ctx, hash(2), time.Hour))
	storetest.WantCode(t, s.Accounts.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), admin), models.CodeForbidden) // replaced
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if s.Accounts.CreateFirstAdmin(ctx, "192.0.2.1", hash(2), admin) == nil {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if n := storetest.Must[int64](t)(s.Accounts.CountUsers(ctx)); made.Load() != 1 || n != 1 {
		t.Errorf("%d calls made %d admins", made.Load(), n)
	}
	u := storetest.Must[models.User](t)(s.Accounts.UserByEmail(ctx, "admin@example.com"))
	if u.Role != models.RoleAdmin || u.ID == uuid.Nil || u.CreatedAt.IsZero() {
		t.Errorf("got %+v", u)
	}
	storetest.OK(t, s.Accounts.IssueSetupToken(ctx, hash(3), time.Hour))
	storetest.WantCode(t, s.Accounts.CreateFirstAdmin(ctx, "192.0.2.1", hash(3), models.User{Email: "b@example.com"}), models.CodeForbidden)
	_, err := s.Accounts.UserByEmail(ctx, "b@example.com")
	storetest.WantCode(t, err, models.CodeNotFound)
}

func TestSetupTokenExpires(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	storetest.OK(t, s.Accounts.IssueSetupToken(ctx, hash(1), time.Minute))
	later := s.DB.Now().Add(time.Minute)
	s.DB.Now = func() time.Time { return later }
	storetest.WantCode(t, s.Accounts.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), models.User{Email: "a@example.com"}), models.CodeForbidden)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := storetest.FakeClock(b.Store)
	storetest.OK(t, b.Accounts.CreateSession(ctx, session(b, b.user.ID, 1)))
	storetest.OK(t, b.Accounts.CreateSession(ctx, session(b, b.user.ID, 2)))
	start := c.Now
	c.Add(30 * time.Second)
	got, user, err := b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1")
	if err != nil || user.ID != b.user.ID || !got.LastSeenAt.Equal(start) {
		t.Errorf("within a minute: %+v, %v", got, err)
	}
	c.Add(30 * time.Second)
	if got, _, err = b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil || !got.LastSeenAt.Equal(c.Now) {
		t.Errorf("after a minute: %+v, %v", got, err)
	}
	if list := storetest.Must[[]models.Session](t)(b.Accounts.Sessions(ctx, b.user.ID)); len(list) != 2 || !bytes.Equal(list[0].IDHash, hash(1)) {
		t.Errorf("listed %+v", list)
	}
	c.Now = start.Add(accounts.SessionIdle)
	if _, _, err := b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil {
		t.Errorf("used a minute later, and ended early: %v", err)
	}
	_, _, err = b.Accounts.SessionByHash(ctx, hash(2), "192.0.2.1")
	storetest.WantCode(t, err, models.CodeNotFound) // idle for too long
	for c.Now.Before(start.Add(60 * 24 * time.Hour).Add(-accounts.SessionIdle / 2)) {
		c.Add(accounts.SessionIdle / 2)
		if _, _, err := b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil && c.Now.Before(start.Add(60*24*time.Hour)) {
			t.Fatalf("ended in use: %v", err)
		}
	}
	c.Now = start.Add(60 * 24 * time.Hour)
	_, _, err = b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1")
	storetest.WantCode(t, err, models.CodeNotFound) // absolute end
	if n := storetest.Must[int64](t)(b.w.Accounts.PruneSessions(ctx, c.Now)); n < 2 {
		t.Errorf("pruned %d", n)
	}
}

func TestEndingSessions(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for n := range byte(3) {
		storetest.OK(t, b.Accounts.CreateSession(ctx, session(b, b.user.ID, n+1)))
	}
	storetest.OK(t, b.Accounts.DeleteSession(ctx, b.user.ID, hash(1)))
	storetest.WantCode(t, b.Accounts.DeleteSession(ctx, b.user.ID, hash(1)), models.CodeNotFound)
	storetest.OK(t, b.Accounts.DeleteOtherSessions(ctx, b.user.ID, hash(3)))
	if list := storetest.Must[[]models.Session](t)(b.Accounts.Sessions(ctx, b.user.ID)); len(list) != 1 || !bytes.Equal(list[0].IDHash, hash(3)) {
		t.Errorf("left: %+v", list)
	}
}

func TestDisabledUserHasNoSession(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	now := b.DB.Now()
	off := models.User{Email: "off@example.com", Role: models.RoleUser, VerifiedAt: &now, DisabledAt: &now, ID: b.DB.NewID()}
	storetest.OK(t, b.Accounts.CreateUser(ctx, off))
	storetest.OK(t, b.Accounts.CreateSession(ctx, session(b, off.ID, 1)))
	_, _, err := b.Accounts.SessionByHash(ctx, hash(1), "192.0.2.1")
	storetest.WantCode(t, err, models.CodeNotFound)
}

// Only a sign-in with a device that was never used before is mailed, and not
// the very first one.
func TestNewDevicesAreMailed(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	user := storetest.User(t, s)
	mails := func() (n int) {
		list, err := s.Mails.Mails(ctx, "", time.Time{}, 50)
		storetest.OK(t, err)
		for _, m := range list {
			if m.Kind == models.MailNewDevice && m.To == user.Email {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		device string
		want   int
	}{
		{"Mozilla/5.0 Firefox/140.0", 0}, // the first of all
		{"Mozilla/5.0 Firefox/141.0", 0}, // a newer version
		{"Mozilla/5.0 Chrome/155.0", 1},
		{"Mozilla/5.0 Chrome/155.0", 1},
		{"Mozilla/5.0 Firefox/140.0", 1},
		{"", 2},
	} {
		storetest.OK(t, s.Accounts.RecordLogin(ctx, user, models.Client{IP: "192.0.2.1", UserAgent: step.device}))
		if got := mails(); got != step.want {
			t.Errorf("%d mails after a sign-in with %q, want %d", got, step.device, step.want)
		}
	}
}
