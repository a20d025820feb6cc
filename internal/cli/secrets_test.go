package cli_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/cli"
	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
)

// keysOf returns the keys of secrets in hex; the second may be empty.
func keysOf(t *testing.T, secret, accepted string) *token.Keys {
	t.Helper()
	a := storetest.Must[[]byte](t)(hex.DecodeString(secret))
	b := storetest.Must[[]byte](t)(hex.DecodeString(accepted))
	return storetest.Must[*token.Keys](t)(token.NewKeys(a, b))
}

// A rotation of SECRET_KEY: both keys are accepted, everything is sealed with the
// new one, and then the old one goes.
func TestTheSecretKeyIsRotated(t *testing.T) {
	s := newSite(t)
	older, newer := strings.Repeat("5a", 32), strings.Repeat("b7", 32)
	offer := func(secret string, k *token.Keys) uuid.UUID {
		t.Helper()
		u := storetest.User(t, s.store)
		sealed := storetest.Must[string](t)(k.Seal(token.PurposeTOTP, u.ID, []byte(secret)))
		storetest.OK(t, s.store.Accounts.OfferTOTP(t.Context(), u.ID, sealed))
		return u.ID
	}
	login := func(k *token.Keys) models.Job {
		t.Helper()
		u := storetest.User(t, s.store)
		job, _, err := s.store.Jobs.SubmitJob(t.Context(), models.NewJob{
			UserID: u.ID, Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/x"},
			SealedLogin: storetest.Must[string](t)(k.SealLogin(u.ID, &models.Login{User: "ann", Password: "s3cret"})),
		})
		storetest.OK(t, err)
		return job
	}
	both, alone1 := keysOf(t, newer, older), keysOf(t, newer, "")
	old, young := offer("from before", keysOf(t, older, "")), offer("from after", both)
	job := login(keysOf(t, older, ""))
	opens := func(k *token.Keys, id uuid.UUID, want string) bool {
		t.Helper()
		u := storetest.Must[models.User](t)(s.store.Accounts.User(t.Context(), id))
		got, err := k.Open(token.PurposeTOTP, id, u.TOTPSecret)
		return err == nil && string(got) == want
	}
	if !opens(both, old, "from before") || !opens(both, young, "from after") || opens(alone1, old, "from before") {
		t.Fatal("while both keys are accepted, not every second factor opens, or the old key is not needed")
	}

	t.Setenv("SECRET_KEY", newer)
	alone(t, "secrets", "reseal").want(t, cli.ExitFailed, "1 second factors open with neither key")
	t.Setenv("SECRET_KEY_ACCEPTED", older)
	alone(t, "secrets", "reseal").want(t, cli.ExitOK, "1 second factors were sealed", "1 logins of addresses were sealed")
	alone(t, "secrets", "reseal").want(t, cli.ExitOK, "0 second factors were sealed")
	if !opens(alone1, old, "from before") || !opens(alone1, young, "from after") {
		t.Error("after resealing, the new key does not open every second factor")
	}
	src := storetest.Must[models.Source](t)(s.store.Worker().Jobs.Source(t.Context(), job.ID))
	if l, err := alone1.OpenLogin(src.Owner, src.Sealed); err != nil || l.Password != "s3cret" {
		t.Errorf("after resealing, the new key opens the login as %v, %v", l, err)
	}
}

// A backup from before a rotation is restored while the old key is accepted.
func TestABackupFromBeforeARotation(t *testing.T) {
	s := newSite(t)
	s.ready(5)
	path := s.backup()
	s.moves()
	t.Setenv("SECRET_KEY", strings.Repeat("b7", 32))
	alone(t, "restore", path, "--dry-run").want(t, cli.ExitFailed, "SECRET_KEY is not the one")
	t.Setenv("SECRET_KEY_ACCEPTED", strings.Repeat("5a", 32))
	alone(t, "restore", path).want(t, cli.ExitOK, "The database is restored")
}
