package store_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func session(b bundle, userID uuid.UUID, n byte) models.Session {
	return models.Session{
		IDHash: hash(n), UserID: userID, CreatedAt: b.Now(), LastSeenAt: b.Now(),
		ExpiresAt: b.Now().Add(60 * 24 * time.Hour), IP: "192.0.2.1", UserAgent: "test",
	}
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	admin := models.User{Email: "admin@example.com", PasswordHash: "x"}
	wantCode(t, s.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), admin), models.CodeForbidden)
	ok(t, s.IssueSetupToken(ctx, hash(1), time.Hour))
	ok(t, s.IssueSetupToken(ctx, hash(2), time.Hour))
	wantCode(t, s.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), admin), models.CodeForbidden) // replaced
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if s.CreateFirstAdmin(ctx, "192.0.2.1", hash(2), admin) == nil {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if n := must[int64](t)(s.CountUsers(ctx)); made.Load() != 1 || n != 1 {
		t.Errorf("%d calls made %d admins", made.Load(), n)
	}
	u := must[models.User](t)(s.UserByEmail(ctx, "admin@example.com"))
	if u.Role != models.RoleAdmin || u.ID == uuid.Nil || u.CreatedAt.IsZero() {
		t.Errorf("got %+v", u)
	}
	ok(t, s.IssueSetupToken(ctx, hash(3), time.Hour))
	wantCode(t, s.CreateFirstAdmin(ctx, "192.0.2.1", hash(3), models.User{Email: "b@example.com"}), models.CodeForbidden)
	_, err := s.UserByEmail(ctx, "b@example.com")
	wantCode(t, err, models.CodeNotFound)
}

func TestSetupTokenExpires(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	ok(t, s.IssueSetupToken(ctx, hash(1), time.Minute))
	later := s.Now().Add(time.Minute)
	s.Now = func() time.Time { return later }
	wantCode(t, s.CreateFirstAdmin(ctx, "192.0.2.1", hash(1), models.User{Email: "a@example.com"}), models.CodeForbidden)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	ok(t, b.CreateSession(ctx, session(b, b.user.ID, 1)))
	ok(t, b.CreateSession(ctx, session(b, b.user.ID, 2)))
	start := c.now
	c.add(30 * time.Second)
	got, user, err := b.SessionByHash(ctx, hash(1), "192.0.2.1")
	if err != nil || user.ID != b.user.ID || !got.LastSeenAt.Equal(start) {
		t.Errorf("within a minute: %+v, %v", got, err)
	}
	c.add(30 * time.Second)
	if got, _, err = b.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil || !got.LastSeenAt.Equal(c.now) {
		t.Errorf("after a minute: %+v, %v", got, err)
	}
	if list := must[[]models.Session](t)(b.Sessions(ctx, b.user.ID)); len(list) != 2 || !bytes.Equal(list[0].IDHash, hash(1)) {
		t.Errorf("listed %+v", list)
	}
	c.now = start.Add(store.SessionIdle)
	if _, _, err := b.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil {
		t.Errorf("used a minute later, and ended early: %v", err)
	}
	_, _, err = b.SessionByHash(ctx, hash(2), "192.0.2.1")
	wantCode(t, err, models.CodeNotFound) // idle for too long
	for c.now.Before(start.Add(60 * 24 * time.Hour).Add(-store.SessionIdle / 2)) {
		c.add(store.SessionIdle / 2)
		if _, _, err := b.SessionByHash(ctx, hash(1), "192.0.2.1"); err != nil && c.now.Before(start.Add(60*24*time.Hour)) {
			t.Fatalf("ended in use: %v", err)
		}
	}
	c.now = start.Add(60 * 24 * time.Hour)
	_, _, err = b.SessionByHash(ctx, hash(1), "192.0.2.1")
	wantCode(t, err, models.CodeNotFound) // absolute end
	if n := must[int64](t)(b.w.PruneSessions(ctx, c.now)); n < 2 {
		t.Errorf("pruned %d", n)
	}
}

func TestEndingSessions(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for n := range byte(3) {
		ok(t, b.CreateSession(ctx, session(b, b.user.ID, n+1)))
	}
	ok(t, b.DeleteSession(ctx, b.user.ID, hash(1)))
	wantCode(t, b.DeleteSession(ctx, b.user.ID, hash(1)), models.CodeNotFound)
	ok(t, b.DeleteOtherSessions(ctx, b.user.ID, hash(3)))
	if list := must[[]models.Session](t)(b.Sessions(ctx, b.user.ID)); len(list) != 1 || !bytes.Equal(list[0].IDHash, hash(3)) {
		t.Errorf("left: %+v", list)
	}
}

func TestDisabledUserHasNoSession(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	now := b.Now()
	off := models.User{Email: "off@example.com", Role: models.RoleUser, VerifiedAt: &now, DisabledAt: &now, ID: b.NewID()}
	ok(t, b.CreateUser(ctx, off))
	ok(t, b.CreateSession(ctx, session(b, off.ID, 1)))
	_, _, err := b.SessionByHash(ctx, hash(1), "192.0.2.1")
	wantCode(t, err, models.CodeNotFound)
}

func TestInspections(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	m := storetest.Manifest(1, 2, 3)
	ok(t, b.SaveInspection(ctx, b.user.ID, []byte("h"), storetest.Manifest(9)))
	ok(t, b.SaveInspection(ctx, b.user.ID, []byte("h"), m))
	c.add(store.InspectionTTL - time.Second)
	got := must[models.Manifest](t)(b.Inspection(ctx, b.user.ID, []byte("h")))
	if got.Name != m.Name || got.Size != 6 || len(got.Files) != 3 || !bytes.Equal(got.Metainfo, m.Metainfo) {
		t.Errorf("got %+v", got)
	}
	c.add(time.Second)
	_, err := b.Inspection(ctx, b.user.ID, []byte("h"))
	wantCode(t, err, models.CodeNotFound)
	if n := must[int64](t)(b.w.PruneInspections(ctx, c.now.Add(time.Second))); n != 1 {
		t.Errorf("pruned %d", n)
	}
}

func TestNewDevicesAreMailed(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	user := storetest.User(t, s)
	mails := func() (n int) {
		list, err := s.Mails(ctx, "", time.Time{}, 50)
		ok(t, err)
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
		ok(t, s.RecordLogin(ctx, user, models.Client{IP: "192.0.2.1", UserAgent: step.device}))
		if got := mails(); got != step.want {
			t.Errorf("%d mails after a sign-in with %q, want %d", got, step.device, step.want)
		}
	}
}
