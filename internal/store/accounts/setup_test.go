package accounts_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bundle is a store with a user.
type bundle struct {
	*store.Store
	w    store.Worker
	user models.User
}

func setup(t testing.TB) bundle {
	t.Helper()
	s := storetest.New(t)
	return bundle{Store: s, w: s.Worker(), user: storetest.User(t, s)}
}

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func session(b bundle, userID uuid.UUID, n byte) models.Session {
	return models.Session{
		IDHash: hash(n), UserID: userID, CreatedAt: b.DB.Now(), LastSeenAt: b.DB.Now(),
		ExpiresAt: b.DB.Now().Add(60 * 24 * time.Hour), IP: "192.0.2.1", UserAgent: "test",
	}
}
