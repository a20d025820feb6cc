package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"longhaul/internal/password"
	"longhaul/models"
)

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := password.NewHasher()
	for _, pw := range []string{
		"a quiet lighthouse by the sea",
		strings.Repeat("ä", 64),
		strings.Repeat("x", 72) + "A", // bcrypt would drop the last byte
		"with a nul\x00byte in the middle",
	} {
		hash, err := h.Hash(t.Context(), pw)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("hash %q has other parameters", hash)
		}
		if ok, err := h.Verify(t.Context(), hash, pw); !ok || err != nil {
			t.Errorf("the right password: %v, %v", ok, err)
		}
		for _, wrong := range []string{"", pw + "x", pw[:len(pw)-1], strings.ToUpper(pw), strings.Split(pw, "\x00")[0] + "!"} {
			if ok, _ := h.Verify(t.Context(), hash, wrong); ok {
				t.Errorf("%q passed for %q", wrong, pw)
			}
		}
		if password.NeedsRehash(hash) {
			t.Error("a new hash needs no rehash")
		}
	}
}

func TestVerifyRefusesUnreadableHashes(t *testing.T) {
	t.Parallel()
	h := password.NewHasher()
	for _, hash := range []string{
		"", "x", "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		if ok, err := h.Verify(t.Context(), hash, "anything at all"); ok || err != nil {
			t.Errorf("%.30q: %v, %v", hash, ok, err)
		}
		if !password.NeedsRehash(hash) {
			t.Errorf("%.30q: needs a rehash", hash)
		}
	}
	if !password.NeedsRehash("$argon2id$v=19$m=9216,t=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") {
		t.Error("other parameters need a rehash")
	}
}

// TestFloodIsLimited lets far more callers in at once than may wait, and
// expects the rest to be turned away instead of queued.
func TestFloodIsLimited(t *testing.T) {
	t.Parallel()
	h := password.NewHasher()
	const callers = 200
	results := make(chan error, callers)
	start := make(chan struct{})
	for range callers {
		go func() {
			<-start
			_, err := h.Verify(t.Context(), "", "anything at all")
			results <- err
		}()
	}
	close(start)
	limited := 0
	for range callers {
		if err := <-results; err != nil {
			if models.CodeOf(err) != models.CodeRateLimited {
				t.Fatal(err)
			}
			limited++
		}
	}
	if limited == 0 || limited > callers-65 {
		t.Errorf("%d of %d were turned away, want some, and at most those beyond 65", limited, callers)
	}
	if _, err := h.Verify(t.Context(), "", "afterwards"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	h := password.NewHasher()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "a quiet lighthouse"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, password, refusedFor string }{
		{"passphrase", "a quiet lighthouse by the sea", ""},
		{"random", "kT9#vQ2!mZ7&xL4p", ""},
		{"64 characters of unicode", strings.Repeat("žluťoučký kůň ", 4) + "pěl ódy!", ""},
		{"unicode passphrase", "příliš žluťoučký kůň úpěl ďábelské ódy", ""},
		{"japanese", "静かな灯台は海のそばで毎晩光っている", ""},
		{"spaces at the ends", "  seven odd pelicans dive  ", ""},
		{"73 bytes", strings.Repeat("violet mirror ", 4) + "and a last thing 7", ""},
		{"14 characters", "kT9#vQ2!mZ7&xL", "at least 15"},
		{"empty", "", "at least 15"},
		{"257 characters", strings.Repeat("q9 Lz#", 43), "at most 256"},
		{"15 times a", strings.Repeat("a", 15), "repeats a few"},
		{"one word thrice", "lighthouselighthouselighthouse", "repeats the same"},
		{"common word and numbers", "Password1234567890", "common"},
		{"leet", "P@$$w0rd-P4ssw0rd-1", "common"},
		{"welcome admin", "welcome-admin-12345", "common"},
		{"keyboard rows", "qwertyuiopasdfghjkl", "common"},
		{"this is my password", "thisismypassword123", "common"},
		{"xkcd", "correct horse battery staple", "common"},
		{"alphabet", "abcdefghijklmnopqrstuvwxyz", "common"},
		{"e-mail", "marguerite.okafor@mail.test", "e-mail"},
		{"e-mail with a year", "MargueriteOkafor2026", "e-mail"},
		{"no text", "kT9#vQ2!mZ7&xL4p\xff", "not text"},
		{"long tail of a common word", "password violins swim north", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := password.Check(tt.password, "marguerite.okafor@mail.test")
			if tt.refusedFor == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			e, ok := errors.AsType[*models.Error](err)
			if !ok || e.Code != models.CodeInvalid || e.Field != "password" || !strings.Contains(e.Message, tt.refusedFor) {
				t.Errorf("got %v, want a refusal that says %q", err, tt.refusedFor)
			}
			if e != nil && tt.password != "" && strings.Contains(e.Message, tt.password) {
				t.Error("the message quotes the password")
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	h := password.NewHasher()
	for b.Loop() {
		if _, err := h.Verify(b.Context(), "", "a quiet lighthouse by the sea"); err != nil {
			b.Fatal(err)
		}
	}
}
