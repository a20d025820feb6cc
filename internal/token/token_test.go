package token_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/token"
)

func keys(t *testing.T, secret string) *token.Keys {
	t.Helper()
	k, err := token.NewKeys([]byte(secret), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const (
	secretA = "0123456789abcdef0123456789abcdef"
	secretB = "0123456789abcdef0123456789abcdeg"
)

func TestNewIsRandomAndHashed(t *testing.T) {
	t.Parallel()
	a, ha, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := token.New()
	if a == b || len(a) != 43 || strings.ContainsAny(a, "+/=") {
		t.Errorf("tokens %q and %q: want two different URL-safe values of 43 characters", a, b)
	}
	if !bytes.Equal(ha, token.Hash(a)) || len(ha) != 32 || bytes.Equal(ha, token.Hash(b)) {
		t.Error("the hash does not belong to the token")
	}
}

func TestNewKeysRefusesShortSecrets(t *testing.T) {
	t.Parallel()
	if _, err := token.NewKeys([]byte(secretA[:31]), nil); err == nil {
		t.Error("31 bytes were accepted")
	}
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	end := now.Add(time.Hour)
	payload := []byte("file\x00\xff and more")
	tok := k.Sign(token.PurposeFile, payload, end)

	got, at, err := k.Verify(token.PurposeFile, tok, now)
	if err != nil || !bytes.Equal(got, payload) || !at.Equal(end) {
		t.Fatalf("Verify = %q, %v, %v", got, at, err)
	}
	if _, _, err := k.Verify(token.PurposeFile, tok, end); !errors.Is(err, token.ErrExpired) {
		t.Errorf("at its expiry: %v, want ErrExpired", err)
	}
	if _, _, err := k.Verify(token.PurposeFile, tok, end.Add(-time.Second)); err != nil {
		t.Errorf("a second before its expiry: %v", err)
	}
	if _, _, err := k.Verify(token.PurposeArchive, tok, now); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("for another purpose: %v, want ErrInvalid", err)
	}
	if _, _, err := keys(t, secretB).Verify(token.PurposeFile, tok, now); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("with another secret: %v, want ErrInvalid", err)
	}
}

func TestEveryChangedBitIsRefused(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	tok := k.Sign(token.PurposeFile, []byte("payload"), now.Add(time.Hour))
	raw, err := base64.RawURLEncoding.DecodeString(tok)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(raw) * 8 {
		c := bytes.Clone(raw)
		c[i/8] ^= 1 << (i % 8)
		if _, _, err := k.Verify(token.PurposeFile, base64.RawURLEncoding.EncodeToString(c), now); !errors.Is(err, token.ErrInvalid) {
			t.Fatalf("bit %d changed: %v", i, err)
		}
	}
	for _, bad := range []string{"", "x", tok + "A", tok[:len(tok)-1], tok + "=", " " + tok, tok + "\n", strings.Repeat("A", 5000)} {
		if _, _, err := k.Verify(token.PurposeFile, bad, now); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestAgentSecret(t *testing.T) {
	t.Parallel()
	a, b := uuid.New(), uuid.New()
	k := keys(t, secretA)
	if k.AgentSecret(a) == k.AgentSecret(b) || k.AgentSecret(a) != keys(t, secretA).AgentSecret(a) {
		t.Error("the secret must depend on the agent and be the same in every process")
	}
	if k.AgentSecret(a) == keys(t, secretB).AgentSecret(a) || len(k.AgentSecret(a)) != 64 {
		t.Error("the secret must depend on the deployment's secret and have 256 bits")
	}
}

func TestOneTime(t *testing.T) {
	t.Parallel()
	a, b := uuid.New(), uuid.New()
	k := keys(t, secretA)
	if k.OneTime(a) == k.OneTime(b) || k.OneTime(a) != keys(t, secretA).OneTime(a) || k.OneTime(a) == keys(t, secretB).OneTime(a) {
		t.Error("the secret must depend on the id and the deployment's secret, and be the same in every process")
	}
	raw, err := base64.RawURLEncoding.DecodeString(k.OneTime(a))
	if err != nil || len(raw) != 32 {
		t.Errorf("%q has %d bytes, %v; want 256 bits, URL-safe", k.OneTime(a), len(raw), err)
	}
	if strings.Contains(k.AgentSecret(a), hex.EncodeToString(raw)) {
		t.Error("an agent's secret is that of a link")
	}
}

// While a secret is rotated, what was made with the one before is read, and
// nothing more is made with it.
func TestTheSecretBeforeIsAccepted(t *testing.T) {
	t.Parallel()
	older, newer := keys(t, secretA), keys(t, secretB)
	both, err := token.NewKeys([]byte(secretB), []byte(secretA))
	if err != nil {
		t.Fatal(err)
	}
	now, id := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), uuid.New()
	link := older.Sign(token.PurposeFile, []byte("file"), now.Add(time.Hour))
	if got, _, err := both.Verify(token.PurposeFile, link, now); err != nil || string(got) != "file" {
		t.Errorf("a link from before: %q, %v", got, err)
	}
	if _, _, err := both.Verify(token.PurposeArchive, link, now); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("for another purpose: %v", err)
	}
	if _, _, err := newer.Verify(token.PurposeFile, both.Sign(token.PurposeFile, []byte("file"), now.Add(time.Hour)), now); err != nil {
		t.Errorf("a new link without the old secret: %v", err)
	}
	if got, want := both.AgentSecrets(id), []string{newer.AgentSecret(id), older.AgentSecret(id)}; !slices.Equal(got, want) || both.AgentSecret(id) != want[0] {
		t.Errorf("agents' secrets %q, want %q", got, want)
	}
	if mark := older.Mark(token.PurposeBackup, []byte("x")); !both.Marked(token.PurposeBackup, []byte("x"), mark) || newer.Marked(token.PurposeBackup, []byte("x"), mark) ||
		both.Marked(token.PurposeBackup, []byte("y"), mark) {
		t.Error("a mark from before")
	}
	if _, err := token.NewKeys([]byte(secretB), []byte("short")); err == nil {
		t.Error("a short secret is accepted")
	}
}
