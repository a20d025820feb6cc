package token_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/models"
)

func TestSeal(t *testing.T) {
	t.Parallel()
	k, owner, secret := keys(t, secretA), uuid.New(), []byte("a second factor")
	a, err := k.Seal(token.PurposeTOTP, owner, secret)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := k.Seal(token.PurposeTOTP, owner, secret)
	if a == b || strings.Contains(a, string(secret)) {
		t.Error("the same text twice, or the text itself")
	}
	if got, err := k.Open(token.PurposeTOTP, owner, a); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("opened %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another owner":   func() ([]byte, error) { return k.Open(token.PurposeTOTP, uuid.New(), a) },
		"another purpose": func() ([]byte, error) { return k.Open(token.PurposeFile, owner, a) },
		"another secret":  func() ([]byte, error) { return keys(t, secretB).Open(token.PurposeTOTP, owner, a) },
		"too short":       func() ([]byte, error) { return k.Open(token.PurposeTOTP, owner, a[:5]) },
		"nothing":         func() ([]byte, error) { return k.Open(token.PurposeTOTP, owner, "") },
		"changed": func() ([]byte, error) {
			flipped := "A"
			if a[10] == 'A' {
				flipped = "B"
			}
			return k.Open(token.PurposeTOTP, owner, a[:10]+flipped+a[11:])
		},
	} {
		if got, err := open(); !errors.Is(err, token.ErrInvalid) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestLoginsAreSealedForTheirOwner(t *testing.T) {
	t.Parallel()
	k, err := token.NewKeys([]byte(strings.Repeat("k", 32)), nil)
	if err != nil {
		t.Fatal(err)
	}
	owner := uuid.New()
	for _, l := range []models.Login{{User: "ann", Password: "p:ä\x00"}, {Password: "only"}, {User: "only"}} {
		sealed, err := k.SealLogin(owner, &l)
		if err != nil || sealed == "" || strings.Contains(sealed, "ann") {
			t.Fatalf("sealed as %q, %v", sealed, err)
		}
		if got, err := k.OpenLogin(owner, sealed); err != nil || *got != l {
			t.Errorf("opened %v, %v", got, err)
		}
		if got, err := k.OpenLogin(uuid.New(), sealed); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("another owner opened %v, %v", got, err)
		}
		if got, err := k.Open(token.PurposeTOTP, owner, sealed); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("another purpose opened %q, %v", got, err)
		}
	}
	if sealed, err := k.SealLogin(owner, nil); sealed != "" || err != nil {
		t.Errorf("no login is sealed as %q, %v", sealed, err)
	}
	if l, err := k.OpenLogin(owner, ""); l != nil || err != nil {
		t.Errorf("nothing opens as %v, %v", l, err)
	}
}
