package weburl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"longhaul/internal/growthtest"
	"longhaul/internal/weburl"
)

func TestAddressesAreReadAsBrowsersReadThem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"http://h.test/f.bin?name=my file.bin&t=1", "http://h.test/f.bin?name=my%20file.bin&t=1"},
		{"http://h.test/100% legal.zip", "http://h.test/100%25%20legal.zip"},
		{"http://h.test/projects/group%2Fname/my file.bin", "http://h.test/projects/group%2Fname/my%20file.bin"},
		{"http://h.test/grün%2Bgelb.iso", "http://h.test/gr%C3%BCn%2Bgelb.iso"},
		{"http://h.test/a+b c%20d.iso", "http://h.test/a+b%20c%20d.iso"},
		{"http://h.test/50%/x%2", "http://h.test/50%25/x%252"},
		{"http://h.test/x?q=100% sure&s='a'", "http://h.test/x?q=100%%20sure&s=%27a%27"},
		{"http://h.test/%zz%41%2f", "http://h.test/%25zz%41%2f"},
		{"  http://h.test/a\tb\r\nc  ", "http://h.test/abc"},
		{"HTTP:\\\\H.test\\dir\\file", "http://h.test/dir/file"},
		{"http:/h.test/x", "http://h.test/x"},
		{"http:h.test", "http://h.test/"},
		{"https:///h.test//x//", "https://h.test//x//"},
		{"http://h.test:80/", "http://h.test/"},
		{"https://h.test:443?x", "https://h.test/?x"},
		{"http://h.test:/?", "http://h.test/?"},
		{"https://h.test:0080/", "https://h.test:80/"},
		{"http://h.test/a/./b/%2e%2E/c/.", "http://h.test/a/c/"},
		{"http://h.test/../../x/..", "http://h.test/"},
		{"http://h.test/a|b^c\"<>`{}[]", "http://h.test/a%7Cb%5Ec%22%3C%3E%60%7B%7D[]"},
		{"http://h.test/x#top", "http://h.test/x"},
		{"http://münchen.test/", "http://xn--mnchen-3ya.test/"},
		{"http://straße.test/", "http://xn--strae-oqa.test/"},
		{"http://BÜCHER。test/", "http://xn--bcher-kva.test/"},
		{"http://%65xample.test/", "http://example.test/"},
		{"http://my_host.test/", "http://my_host.test/"},
		{"http://日本語.test/ファイル 名.zip", "http://xn--wgv71a119e.test/%E3%83%95%E3%82%A1%E3%82%A4%E3%83%AB%20%E5%90%8D.zip"},
		{"http://0x7f.1/", "http://127.0.0.1/"},
		{"http://0x7f.1:8080/", "http://127.0.0.1:8080/"},
		{"http://2130706433/", "http://127.0.0.1/"},
		{"http://0177.0.0.0x1/", "http://127.0.0.1/"},
		{"http://127.1./", "http://127.0.0.1/"},
		{"http://１２７.0.0.1/", "http://127.0.0.1/"},
		{"http://0/", "http://0.0.0.0/"},
		{"http://[::FFFF:127.0.0.1]:81/", "http://[::ffff:127.0.0.1]:81/"},
		{"http://u%40x:p:w%21@h.test/", "http://u%40x:p%3Aw%21@h.test/"},
		{"http://a@b@h.test/", "http://a%40b@h.test/"},
		{"http://@h.test/", "http://h.test/"},
	} {
		u, err := weburl.Parse(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if got := u.String(); got != tt.want {
			t.Errorf("%q = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestWhatNamesNoServerIsRefused(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]error{
		"": weburl.ErrScheme, "h.test/x": weburl.ErrScheme, "ftp://h.test/": weburl.ErrScheme, "//h.test/": weburl.ErrScheme,
		"javascript:alert(1)": weburl.ErrScheme, "1http://h.test/": weburl.ErrScheme,
		"http://": weburl.ErrNoHost, "http://?x": weburl.ErrNoHost, "http://u:p@/": weburl.ErrNoHost, "http://:80/": weburl.ErrNoHost,
		"http://h.test:99999/": weburl.ErrPort, "http://h.test:0/": weburl.ErrPort, "http://h.test:1:2/": weburl.ErrPort,
		"http://h.test:+1/": weburl.ErrPort, "http://[::1]x/": weburl.ErrHost, "http://[::1/": weburl.ErrHost, "http://[fe80::1%25eth0]/": weburl.ErrZone,
		"http://a b.test/": weburl.ErrHost, "http://a%2Fb.test/": weburl.ErrHost, "http://a%00.test/": weburl.ErrHost, "http://%ff.test/": weburl.ErrHost, "http://a{b}.test/": weburl.ErrHost,
		"http://256.256.256.256/": weburl.ErrHost, "http://1.2.3.4.5/": weburl.ErrHost, "http://0x100000000/": weburl.ErrHost,
		"http://1.2.3.09/": weburl.ErrHost, "http://foo.0x/": weburl.ErrHost, "http://" + strings.Repeat("a.", 200) + "test/": weburl.ErrHost,
		"http://h.test/\x01x": weburl.ErrControls, "http://h\x00.test/": weburl.ErrControls, "http://h.test/\x7fx": weburl.ErrControls,
	} {
		if u, err := weburl.Parse(in); !errors.Is(err, want) {
			t.Errorf("%q = %v, %v; want %v", in, u, err, want)
		}
	}
}

func TestLocationsAreRelativeToWhatSentThem(t *testing.T) {
	t.Parallel()
	base, err := weburl.Parse("https://h.test:8443/dir%2Fone/two/file?x=1")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"next file":               "https://h.test:8443/dir%2Fone/two/next%20file",
		"../up/ü":                 "https://h.test:8443/dir%2Fone/up/%C3%BC",
		"/abs\xe9":                "https://h.test:8443/abs%E9",
		"?y=2":                    "https://h.test:8443/dir%2Fone/two/file?y=2",
		"":                        "https://h.test:8443/dir%2Fone/two/file?x=1",
		"#frag":                   "https://h.test:8443/dir%2Fone/two/file?x=1",
		"//other.test/x":          "https://other.test/x",
		`\\other.test\x`:          "https://other.test/x",
		"https:rel":               "https://h.test:8443/dir%2Fone/two/rel",
		"http:other.test":         "http://other.test/",
		"http://other.test/a b":   "http://other.test/a%20b",
		"../../../../..":          "https://h.test:8443/",
		"a:b":                     "",
		"magnet:?xt=urn:btih:abc": "",
	} {
		u, err := weburl.Resolve(base, in)
		if want == "" {
			if !errors.Is(err, weburl.ErrScheme) {
				t.Errorf("%q = %v, %v", in, u, err)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("%q = %v, %v; want %s", in, u, err, want)
		}
	}
	if base.String() != "https://h.test:8443/dir%2Fone/two/file?x=1" {
		t.Errorf("the base became %s", base)
	}
}

// samples is what the parser and the reference read alike.
var samples = []string{
	"http://h.test/f.bin?name=my file.bin&t=1", "http://h.test/projects/group%2Fname/my file.bin", "http://h.test/grün%2Bgelb.iso",
	"http://h.test/x?q=100% sure&s='a'\"<>`", "  \x01http://h.test/a\tb\r\nc \x1f", `HTTP:\\H.test\dir\file`, "http:/h.test/x", "http:h.test",
	"https:///h.test//x//", "http://h.test:80/", "https://h.test:443?x", "http://h.test:/?", "http://h.test/a/./b/%2e%2E/c/.",
	"http://h.test/../../x/..", "http://h.test/a\"<>`{}[]'()!~;=@", "http://h.test/x#top#more", "http://münchen.test/", "http://straße.test/",
	"http://BÜCHER。test/", "http://%65xample.test/", "http://my_host.test/", "http://日本語.test/ファイル 名.zip", "http://-a-.test/", "http://ab--cd.test/",
	"http://0x7f.1/", "http://2130706433/", "http://0177.0.0.0x1/", "http://127.1./", "http://１２７.0.0.1/", "http://0/", "http://0x/", "http://1.2.3.4.5/",
	"http://256.1/", "http://1.65536.1/", "http://1.2.3.09/", "http://foo.0x/", "http://foo.0x1g/", "http://4294967296/", "http://4294967295/",
	"http://[::1]/", "http://[::1/", "http://[1:2:0:0:5:0:0:0]/", "http://[fe80::1%25eth0]/", "http://a b/", "http://a%2Fb/", "http://a<b/", "http://a|b/",
	"http://", "http://?x", "http://:80/", "http://h.test:99999/", "http://h.test:1:2/", "http://a@b@h.test/", "http://u%40x:p:w%21@h.test/",
	"http://@h.test/", "http://xn--a.test/", "http://xn--mnchen-3ya.test/", "http://a\u00ADb.test/", "http://ﬃ.test/", "http://a\u200Db.test/",
	"http://h.test/\\..\\x", "http://h.test/.%2e/x", "http://h.test/a?b\\c/../d", "http://h.test./", "http://h..test/", "http://.test/",
	"http://h.test/👩\u200d🚀", "http://h.test/ ﷐", "http://faß.example/", "http://☃.net/", "http://Ⓗ.test/", "https://h.test:80", "https://h.test/%zz",
	"http:\\\\x\\y", "http://user@/x", "http:///", "http:////h.test", "http://h.test/;x?", "http://h.test??x", "http://a.test/..%2fx",
}

// TestTheReferenceReadsTheSame compares with the URL class of Node.js, which
// passes the standard's own tests. Where this package escapes more, so does the
// comparison.
func TestTheReferenceReadsTheSame(t *testing.T) {
	t.Parallel()
	in, err := json.Marshal(samples)
	if err != nil {
		t.Fatal(err)
	}
	const script = `const parts = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((text) => {
		try { const u = new URL(text); u.hash = ''; u.username = ''; u.password = ''; return [u.protocol + '//' + u.host, u.pathname, u.href.includes('?') ? '?' + u.search.slice(1) : ''] } catch { return [] }
	}); console.log(JSON.stringify(parts))`
	cmd := exec.CommandContext(t.Context(), "node", "-e", script)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var parts [][]string
	if err := json.Unmarshal(out, &parts); err != nil || len(parts) != len(samples) {
		t.Fatalf("%d of %d, %v", len(parts), len(samples), err)
	}
	refused := 0
	for i, text := range samples {
		want := ""
		if p := parts[i]; len(p) == 3 {
			want = p[0] + bareEscaped(p[1]) + p[2]
		} else {
			refused++
		}
		got := ""
		u, err := weburl.Parse(text)
		if err == nil {
			u.User = nil
			got = u.String()
		}
		if got != want {
			t.Errorf("%q = %q (%v), the reference reads %q", text, got, err, want)
		}
	}
	if refused == 0 || refused > len(samples)/2 {
		t.Errorf("the reference refused %d", refused)
	}
}

func bareEscaped(path string) string {
	var b strings.Builder
	for i, r := range path {
		if _, err := url.PathUnescape(path[i:min(i+3, len(path))]); r == '%' && err != nil {
			b.WriteString("%25")
		} else {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("|", "%7C", "^", "%5E").Replace(b.String())
}

func TestLongAddressesCostWhatTheyWeigh(t *testing.T) {
	for name, text := range map[string][2]string{
		"spaces": {"http://h.test/", " "}, "bare percent signs": {"http://h.test/", "%"}, "folders and back": {"http://h.test/", "a/../"},
		"backslashes": {"http://h.test/", `\`}, "tabs": {"http://h.test/", "\t"}, "letters": {"http://h.test/", "ü"},
		"at signs": {"http://", "@"}, "colons": {"http://", ":"}, "slashes": {"http:", "/"}, "letters of a host": {"http://", "ü"},
	} {
		t.Run(name, func(t *testing.T) {
			growthtest.Linear(t, 2_000, func(n int) func() {
				long := text[0] + strings.Repeat(text[1], n) + "x"
				return func() { _, _ = weburl.Parse(long) }
			})
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range samples {
		f.Add(s, "../a b")
	}
	f.Add("http://h.test/x", "//u:p@other.test\\x")
	f.Fuzz(func(t *testing.T, text, location string) {
		u, err := weburl.Parse(text)
		if err != nil {
			return
		}
		check(t, text, u)
		if to, err := weburl.Resolve(u, location); err == nil {
			check(t, location, to)
		}
	})
}

// check holds what is true of each address: another reading changes nothing, and
// net/url reads the same and would send the same.
func check(t *testing.T, text string, u *url.URL) {
	t.Helper()
	written := u.String()
	if again, err := weburl.Parse(written); err != nil || again.String() != written {
		t.Errorf("%q: %s is read again as %v, %v", text, written, again, err)
	}
	std, err := url.Parse(written)
	if err != nil || std.String() != written || std.Host != u.Host || std.Path != u.Path || std.RequestURI() != u.RequestURI() {
		t.Errorf("%q: net/url reads %s as %v, %v", text, written, std, err)
	}
	if strings.ContainsFunc(written, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		t.Errorf("%q: %q isn't plain ASCII", text, written)
	}
}
