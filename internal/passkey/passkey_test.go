package passkey_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/passkey"
	"longhaul/internal/passkey/passkeytest"
	"longhaul/models"
)

func TestWhichOriginsCanHavePasskeys(t *testing.T) {
	t.Parallel()
	for origin, host := range map[string]string{
		"https://app.example.com": "app.example.com", "https://App.Example.com:8443": "app.example.com", "http://localhost:8080": "localhost",
		"https://localhost": "localhost", "http://app.localhost": "app.localhost",
		"http://app.example.com": "", "http://127.0.0.1:8080": "", "https://192.0.2.7": "", "https://[2001:db8::1]": "", "http://localhost.example.com": "",
	} {
		u, err := url.Parse(origin)
		if err != nil {
			t.Fatal(err)
		}
		p, err := passkey.New(u, "Longhaul")
		switch {
		case host == "" && !errors.Is(err, passkey.ErrUnsuitable):
			t.Errorf("%s: %v", origin, err)
		case host != "" && (err != nil || p.Host() != host):
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// A passkey of one host is nothing at another, though the keys be the same.
func TestPasskeysOfAnotherHost(t *testing.T) {
	t.Parallel()
	party := func(origin string) *passkey.Party {
		u, err := url.Parse(origin)
		if err != nil {
			t.Fatal(err)
		}
		p, err := passkey.New(u, "Longhaul")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	before, after := party("https://old.example.com"), party("https://new.example.com")
	phone := passkeytest.New(t, "https://old.example.com")
	handle, err := passkey.NewHandle()
	if err != nil {
		t.Fatal(err)
	}
	owner := passkey.Owner{Handle: handle, Email: "ada@example.com"}
	ceremony, err := before.Register(owner)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := passkey.ParseMade(phone.Create(ceremony.Options))
	if err != nil {
		t.Fatal(err)
	}
	made, err := before.Registered(answer, owner, ceremony.State)
	if err != nil || made.RPID != "old.example.com" || made.BackedUp || len(made.Transports) != 2 {
		t.Fatalf("made %+v, %v", made, err)
	}
	made.ID = uuid.New()
	owner.Passkeys = []models.Passkey{made}
	if _, err := after.Prove(owner); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("asked for a passkey of another host: %v", err)
	}
	ceremony, err = before.Prove(owner)
	if err != nil {
		t.Fatal(err)
	}
	used, err := passkey.ParseUsed(phone.Use(ceremony.Options))
	if err != nil {
		t.Fatal(err)
	}
	if use, err := before.Proved(used, owner, ceremony.State); err != nil || use.ID != made.ID || use.SignCount != 1 {
		t.Errorf("used %+v, %v", use, err)
	}
	if _, err := after.Proved(used, owner, ceremony.State); models.AsError(err).Problem != models.ProblemPasskeyRefused {
		t.Errorf("another host takes it: %v", err)
	}
}
