package api_test

import (
	"log/slog"
	"strings"
	"testing"

	"longhaul/api"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestEveryCodeHasAStatus(t *testing.T) {
	t.Parallel()
	for _, c := range models.Codes() {
		status, ok := api.StatusOf(c)
		if !ok || status < 400 || status > 599 {
			t.Errorf("%s: status %d", c, status)
		}
	}
	for _, p := range models.Problems() {
		if _, ok := api.StatusOf(p.Code()); !ok {
			t.Errorf("%s has the code %s, which has no status", p, p.Code())
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	l := api.NewLimiter(storetest.New(t))
	allowed := func(limit api.Limit, keys ...string) (n int, last error) {
		for range 50 {
			for _, key := range keys {
				err := l.Allow(t.Context(), limit, key)
				if err == nil {
					n++
				}
				last = err
			}
		}
		return n, last
	}
	n, err := allowed(api.LimitLoginIP, "192.0.2.1")
	if n != 20 || models.CodeOf(err) != models.CodeRateLimited {
		t.Errorf("%d at once, want 20; then %v", n, err)
	}
	if n, _ := allowed(api.LimitLoginIP, "192.0.2.2"); n != 20 {
		t.Errorf("one address uses up another's allowance: %d", n)
	}
	if n, _ := allowed(api.LimitVerify, "192.0.2.1"); n != 20 {
		t.Errorf("one limit uses up another's allowance: %d", n)
	}
	if n, _ := allowed(api.LimitLoginIP, "2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"); n != 20 {
		t.Errorf("%d from one network, want 20", n)
	}
	if n, _ := allowed(api.LimitLoginIP, "2001:db8:0:1::1"); n != 20 {
		t.Errorf("%d from the next network, want 20", n)
	}
	if n, _ := allowed(api.LimitLoginIP, "::ffff:192.0.2.1"); n != 0 {
		t.Errorf("%d more by another spelling of the address", n)
	}
	if n, _ := allowed("no such limit", "192.0.2.1"); n != 0 {
		t.Errorf("an unknown limit lets %d pass", n)
	}
}

// A limit that cannot be read lets nothing pass.
func TestLimiterWithoutDatabase(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := api.NewLimiter(s).Allow(t.Context(), api.LimitLoginIP, "192.0.2.1"); err == nil {
		t.Error("a sign-in passed")
	}
}

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"A@X.example": "a@x.example", " a@x.example ": "a@x.example", "ａ@x.example": "a@x.example", "a@x.example.": "a@x.example",
		"": "", "a": "", "@x": "", "a@": "", "a@b@c": "", "a b@x.example": "", "a@x.example\n": "a@x.example", "a\x00@x.example": "",
		"<a@x.example>": "", strings.Repeat("a", 250) + "@x.example": "",
	} {
		got, err := api.NormalEmail(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", raw, got, err, want)
		}
	}
}

func TestBytesInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 1 << 40: "1.0 TiB", -1: "0 B"} {
		if got := api.BytesInWords(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
