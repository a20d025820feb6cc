package source_test

import (
	"testing"

	"longhaul/internal/source"
	"longhaul/models"
)

func TestURLPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"example.com", "https://example.com/", true},
		{"example.com", "http://user:pw@EXAMPLE.com:8080/a/b?c=d", true},
		{"example.com", "https://files.example.com/a", true},
		{"example.com", "https://notexample.com/a", false},
		{"example.com", "https://example.com.evil.org/a", false},
		{"HTTPS://Example.com/", "http://example.com/a", true},
		{"example.com/films", "https://example.com/films", true},
		{"example.com/films", "https://example.com/films/one.mkv", true},
		{"example.com/films", "https://example.com/films?id=7", true},
		{"example.com/films", "https://example.com/filmstars", false},
		{"example.com/films", "https://example.com/%66ilms/one.mkv", true},
		{"example.com/*.iso", "https://example.com/deep/down/one.iso", true},
		{"example.com/*.iso", "https://example.com/one.iso.txt", false},
		{"example.com/get?id=7", "https://example.com/get?id=7", true},
		{"example.com/get?id=7", "https://example.com/get?id=%37", true},
		{"example.com/get?id=7", "https://example.com/get?id=71", false},
		{"example.com/a.b", "https://example.com/aXb", false},
		{"bücher.example.com", "https://xn--bcher-kva.example.com/a", true},
		{"example.com/100% legal*", "https://example.com/100%25%20legal.zip", true},
		{`example.com\films`, "https://example.com/films/a", true},
		{"example.com/x/../films", "https://example.com/films/a", true},
	} {
		p, err := source.ParseURLPattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		} else if got := p.Matches(c.address); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.address, got)
		}
	}
	for _, bad := range []string{"", "com", "*.com", "ftp://example.com", "https://", "exa mple.com", "exa\nmple.com"} {
		if _, err := source.ParseURLPattern(bad); models.CodeOf(err) != models.CodeInvalid || err == nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Any pattern that matches an address names one of its hosts, which is how
// patterns are looked up.
func TestHostsOf(t *testing.T) {
	t.Parallel()
	got := source.HostsOf("https://a.B.example.com:99/x")
	want := []string{"a.b.example.com", "b.example.com", "example.com", "com"}
	if len(got) != len(want) {
		t.Fatalf("hosts: %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("host %d: %q", i, got[i])
		}
	}
	if hosts := source.HostsOf("magnet:?xt=urn:btih:" + "00"); hosts != nil {
		t.Errorf("hosts of a magnet link: %q", hosts)
	}
}
