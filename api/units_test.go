package api_test

import (
	"strings"
	"testing"
	"time"

	"longhaul/api"
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
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := api.NewMemoryLimiter(func() time.Time { return now })
	allowed := func(key string) int {
		n := 0
		for range 200 {
			if l.Allow(api.LimitLoginIP, key) == nil {
				n++
			}
		}
		return n
	}
	if n := allowed("192.0.2.1"); n != 20 {
		t.Errorf("%d at once, want 20", n)
	}
	if n := allowed("192.0.2.2"); n != 20 {
		t.Errorf("one address uses up another's budget: %d", n)
	}
	if n := allowed("2001:db8::1") + allowed("2001:db8::2"); n != 20 {
		t.Errorf("%d from one network, want 20", n)
	}
	now = now.Add(9 * time.Second)
	if n := allowed("192.0.2.1"); n != 3 {
		t.Errorf("%d after nine seconds, want 3", n)
	}
	err := l.Allow(api.LimitLoginIP, "192.0.2.1")
	if models.CodeOf(err) != models.CodeRateLimited {
		t.Errorf("refused with %v", err)
	}
	now = now.Add(time.Hour)
	if n := allowed("192.0.2.1"); n != 20 {
		t.Errorf("%d after an hour, want 20", n)
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

func TestInlineType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"video/mp4": "video/mp4", "AUDIO/mpeg; x=y": "audio/mpeg", "image/png": "image/png", "text/plain": "text/plain; charset=utf-8",
		"image/svg+xml": "", "text/html": "", "application/pdf": "", "video/": "", "video/mp4\r\nX: y": "", "application/xhtml+xml": "", "": "",
	} {
		if got := api.InlineType(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
