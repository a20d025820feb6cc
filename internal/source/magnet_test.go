package source_test

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/anacrolix/torrent/metainfo"

	"longhaul/internal/source"
	"longhaul/models"
)

const (
	hash1 = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a"
	hash2 = "597b180c1a170a585dfc5e85d834d69013ceda174b8f357d5bb1a0ca509faf0a"
)

func base32of(t *testing.T, s string) string {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return base32.StdEncoding.EncodeToString(b)
}

func TestMagnets(t *testing.T) {
	t.Parallel()
	v1 := "magnet:?xt=urn:btih:" + hash1
	v2 := "magnet:?xt=urn:btmh:1220" + hash2
	both := v1 + "&xt=urn:btmh:1220" + hash2
	for _, tt := range []struct{ name, in, uri string }{
		{"plain", v1, v1},
		{"upper case", strings.ToUpper(v1[:8]) + "xt=URN:BTIH:" + strings.ToUpper(hash1), v1},
		{"base32", "magnet:?xt=urn:btih:" + base32of(t, hash1), v1},
		{"base32 lower case", "magnet:?xt=urn:btih:" + strings.ToLower(base32of(t, hash1)), v1},
		{"bare hash", "  " + hash1 + "\n", v1},
		{"bare upper-case hash", strings.ToUpper(hash1), v1},
		{"bare base32", base32of(t, hash1), v1},
		{"bare v2", hash2, v2},
		{"v2", v2, v2},
		{"hybrid", "magnet:?xt=urn:btmh:1220" + hash2 + "&xt=urn:btih:" + hash1, both},
		{"numbered", "magnet:?xt.1=urn:btih:" + hash1 + "&xt.2=urn:btmh:1220" + hash2, both},
		{"escaped topic", "magnet:?xt=urn%3Abtih%3A" + hash1, v1},
		{"same hash twice", v1 + "&xt=urn:btih:" + base32of(t, hash1), v1},
		{"other network", v1 + "&xt=urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0", v1},
		{"name", v1 + "&dn=A+film%20%282026%29%2F..%2Fx", v1 + "&dn=A+film+%282026%29_x"},
		{"broken name", v1 + "&dn=100%", v1 + "&dn=100%25"},
		{"hostile name", v1 + "&dn=%3Cimg%0Dsrc%3E%E2%80%AE", v1 + "&dn=_imgsrc_"},
		{"trackers", v1 + "&tr=UDP%3A%2F%2FT.test%3A80&tr=http%3A%2F%2Ft.test%2Fa%3Fpk%3DX&tr.1=udp://t.test:80&tr=wss://x.test&tr=file:///etc&tr=", v1 + "&tr=udp%3A%2F%2Ft.test%3A80&tr=http%3A%2F%2Ft.test%2Fa%3Fpk%3DX"},
		{"other servers", v1 + "&xs=http://localhost:5000&as=http://10.0.0.1/&ws=http://169.254.169.254/&x.pe=127.0.0.1:22&kt=a&mt=b", v1},
		{"selection", v1 + "&so=5,0,2-4,2,10-10", v1 + "&so=0,2-5,10"},
		{"html escaped", v1 + "&amp;dn=x&amp;so=1", v1 + "&dn=x&so=1"},
		{"raw hash sign in the name", "magnet:?dn=Film #2&xt=urn:btih:" + hash1, v1 + "&dn=Film+%232"},
		{"raw hash sign at the end", v1 + "&dn=Film #2", v1 + "&dn=Film+%232"},
		{"fragment after the topic", v1 + "#frag", v1},
		{"fragment after a selection", v1 + "&so=1#frag", v1 + "&so=1"},
		{"a slash", "magnet:/?xt=urn:btih:" + hash1, v1},
		{"two slashes", "magnet://?xt=urn:btih:" + hash1, v1},
		{"slashes and no question mark", "magnet://xt=urn:btih:" + hash1, v1},
		{"web+magnet", "web+magnet:?xt=urn:btih:" + hash1, v1},
		{"upper-case web+magnet with slashes", "WEB+MAGNET://?xt=urn:btih:" + hash1, v1},
		{"angle brackets", "<" + v1 + ">", v1},
		{"angle brackets of RFC 3986", "<URL:" + v1 + ">", v1},
		{"quotes", `"` + v1 + `"`, v1},
		{"single quotes and a full stop", "'" + v1 + "'.", v1},
		{"typographic quotes in brackets", "(“" + v1 + "&dn=x”)", v1 + "&dn=x"},
		{"German quotes", "„" + v1 + "“", v1},
		{"invisible characters around", "\ufeff\u200b" + v1 + "\u00a0", v1},
		{"wrapped in the hash", v1[:35] + "\r\n" + v1[35:], v1},
		{"wrapped with indentation", v1 + "&dn=a\n   b&so=1", v1 + "&dn=ab&so=1"},
		{"wrapped in quoted mail", v1 + "&\n> dn=x", v1 + "&dn=x"},
		{"wrapped in angle brackets", "<" + v1[:30] + "\n" + v1[30:] + ">\n", v1},
		{"encoded as a whole", url.QueryEscape(v1 + "&dn=A+b&tr=udp%3A%2F%2Ft.test%3A80"), v1 + "&dn=A+b&tr=udp%3A%2F%2Ft.test%3A80"},
		{"encoded twice", url.QueryEscape(url.QueryEscape(v1 + "&so=1")), v1 + "&so=1"},
		{"encoded in lower case", strings.ToLower(url.QueryEscape(v1)), v1},
		{"encoded after the scheme", "magnet:" + url.QueryEscape(v1[len("magnet:"):]+"&dn=x"), v1 + "&dn=x"},
		{"encoded after the question mark", "magnet:?" + url.QueryEscape(v1[len("magnet:?"):]+"&dn=x"), v1 + "&dn=x"},
		{"encoded web+magnet in brackets", "<web+" + url.QueryEscape(v1) + ">", v1},
		{"a slash after the hash", v1 + "/", v1},
		{"the end of a sentence", v1 + ".", v1},
		{"invisible characters in the hash", v1[:30] + "\u200b\u00ad" + v1[30:] + "\ufeff&dn=x", v1 + "&dn=x"},
		{"spaces in a selection", v1 + "&so=1, 3-4", v1 + "&so=1,3-4"},
		{"three slashes", "magnet:///?xt=urn:btih:" + hash1, v1},
		{"encoded around the topic", "magnet:%3Fxt%3Durn:btih:" + hash1, v1},
		{"spaces in the topic", "magnet:?xt=urn:btih: " + hash1 + " &dn=x", v1 + "&dn=x"},
		{"no question mark", "magnet:xt=urn:btih:" + hash1, v1},
		{"empty parameters", "magnet:?&&xt=urn:btih:" + hash1 + "&&=&x", v1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			src, err := source.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if src.URI != tt.uri || src.Kind != models.SourceMagnet {
				t.Errorf("got  %s\nwant %s", src.URI, tt.uri)
			}
			checkMagnet(t, src)
		})
	}
}

// checkMagnet holds what must be true of every accepted magnet link.
func checkMagnet(t *testing.T, src models.Source) {
	t.Helper()
	again, err := source.ParseMagnet(src.URI)
	if err != nil || again.URI != src.URI || again.Name != src.Name || !slices.Equal(again.Select, src.Select) {
		t.Errorf("%q is not its own normal form: %q, %v", src.URI, again.URI, err)
	}
	m, err := metainfo.ParseMagnetV2Uri(src.URI)
	if err != nil {
		t.Errorf("the engine cannot read %q: %v", src.URI, err)
		return
	}
	if (m.InfoHash.Ok && m.InfoHash.Value.HexString() != src.InfoHashV1) || m.InfoHash.Ok != (src.InfoHashV1 != "") ||
		m.V2InfoHash.Ok != (src.InfoHashV2 != "") || m.DisplayName != src.Name || len(m.Trackers) > source.MaxTrackers {
		t.Errorf("the engine reads %q otherwise: %+v", src.URI, m)
	}
	for _, key := range []string{"xs", "as"} {
		if m.Params.Has(key) {
			t.Errorf("%s is still in %q", key, src.URI)
		}
	}
}

func TestBadMagnets(t *testing.T) {
	t.Parallel()
	v1 := "magnet:?xt=urn:btih:" + hash1
	for name, in := range map[string]string{
		"nothing":             "magnet:",
		"no topic":            "magnet:?dn=x",
		"short hash":          "magnet:?xt=urn:btih:" + hash1[:39],
		"long hash":           v1 + "0",
		"no hex":              "magnet:?xt=urn:btih:" + strings.Repeat("g", 40),
		"bad base32":          "magnet:?xt=urn:btih:" + strings.Repeat("1", 32),
		"zero hash":           "magnet:?xt=urn:btih:" + strings.Repeat("0", 40),
		"two hashes":          v1 + "&xt=urn:btih:" + strings.Repeat("a", 40),
		"sha1 multihash":      "magnet:?xt=urn:btmh:1114" + hash1,
		"short multihash":     "magnet:?xt=urn:btmh:1220" + hash2[:62],
		"two v2 hashes":       "magnet:?xt=urn:btmh:1220" + hash2 + "&xt=urn:btmh:1220" + strings.Repeat("a", 64),
		"good and bad":        v1 + "&xt=urn:btmh:xyz",
		"selection of words":  v1 + "&so=all",
		"backward selection":  v1 + "&so=5-2",
		"open selection":      v1 + "&so=5-",
		"negative selection":  v1 + "&so=-1",
		"huge selection":      v1 + "&so=0-4000000000",
		"selection too high":  v1 + "&so=50000",
		"too many parameters": v1 + strings.Repeat("&a=b", 2001),
		"other network only":  "magnet:?xt=urn:ed2k:31D6CFE0D16AE931B73C59D7E0C089C0",
	} {
		if _, err := source.Parse(in); problemOf(err) != models.ProblemMalformedMagnet {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := source.Parse(v1 + "&dn=" + strings.Repeat("x", 65<<10)); problemOf(err) != models.ProblemSourceTooLarge {
		t.Errorf("65 KiB: %v", err)
	}
	if _, err := source.ParseMagnet("http://h.test/"); problemOf(err) != models.ProblemMalformedMagnet {
		t.Errorf("a URL: %v", err)
	}
}

func TestMagnetTrackers(t *testing.T) {
	t.Parallel()
	in := "magnet:?xt=urn:btih:" + hash1
	for i := range 300 {
		in += fmt.Sprintf("&tr=http://t%d.test/", i)
	}
	src, err := source.ParseMagnet(in)
	if err != nil {
		t.Fatal(err)
	}
	tiers := source.Trackers(src.URI)
	if len(tiers) != 1 || len(tiers[0]) != source.MaxTrackers || tiers[0][49] != "http://t49.test/" {
		t.Errorf("trackers %v", tiers)
	}
	info := ben(single("a", 1)[1])
	_, _, err = source.ParseTorrent(source.BuildTorrent([]byte(info), tiers, nil))
	if err != nil {
		t.Errorf("the rebuilt torrent: %v", err)
	}
	if got := source.Trackers("magnet:?xt=urn:btih:" + hash1); got != nil {
		t.Errorf("without trackers: %v", got)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, uri, name string }{
		{"http://h.test/a/file.iso", "http://h.test/a/file.iso", "file.iso"},
		{"  HTTPS://H.Test:443/File.iso?sig=A%2fb#frag ", "https://h.test/File.iso?sig=A%2fb", "File.iso"},
		{"http://h.test", "http://h.test/", ""},
		{"http://h.test:/x", "http://h.test/x", "x"},
		{"http://h.test/a b/ü.txt", "http://h.test/a%20b/%C3%BC.txt", "ü.txt"},
		{"http://[2606:4700:4700::1111]:8080/x", "http://[2606:4700:4700::1111]:8080/x", "x"},
		{"http://8.8.8.8/x", "http://8.8.8.8/x", "x"},
		{"http://0x8.0x080808/x", "http://8.8.8.8/x", "x"},
		{"http://h.test/100% legal.zip", "http://h.test/100%25%20legal.zip", "100% legal.zip"},
		{"http://h.test/%zz", "http://h.test/%25zz", "%zz"},
		{"http://h.test/long/\r\n  path.bin", "http://h.test/long/%20%20path.bin", "path.bin"},
		{`http:\\H.test\dir\x y.bin`, "http://h.test/dir/x%20y.bin", "x y.bin"},
		{"http://müller.test/%C4%E3%BA%C3.zip", "http://xn--mller-kva.test/%C4%E3%BA%C3.zip", "你好.zip"},
	} {
		src, err := source.Parse(tt.in)
		if err != nil || src.URI != tt.uri || src.Name != tt.name || src.Kind != models.SourceURL {
			t.Errorf("%q = %+v, %v", tt.in, src, err)
		}
	}
	for _, tt := range []struct {
		in   string
		want models.Problem
	}{
		{"", models.ProblemMalformedURL},
		{"h.test/file", models.ProblemMalformedURL},
		{"just words", models.ProblemMalformedURL},
		{"ftp://h.test/x", models.ProblemMalformedURL},
		{"file:///etc/passwd", models.ProblemMalformedURL},
		{"gopher://h.test/", models.ProblemMalformedURL},
		{"javascript://h.test/%0aalert(1)", models.ProblemMalformedURL},
		{"http:///x", models.ProblemMalformedURL},
		{"http:\\\\\\x\\y", models.ProblemMalformedURL},
		{"http://", models.ProblemMalformedURL},
		{"http://h.test:port/", models.ProblemMalformedURL},
		{"http://h.test/a\nhttp://h.test/b", models.ProblemMalformedURL},
		{"http://h.test/a\nhttp://h.test/a", models.ProblemMalformedURL},
		{"http://h.test/a\nhttp://h.test", models.ProblemMalformedURL},
		{"http://h.test/a\r\n  magnet:?xt=urn:btih:" + hash1, models.ProblemMalformedURL},
		{"http://h.test/\x00x", models.ProblemMalformedURL},
		{"http://h.test/" + strings.Repeat("ü", 3<<10), models.ProblemSourceTooLarge},
		{"http://0x7f.1:/", models.ProblemBlockedAddress},
		{"http://0xa9fea9fe/", models.ProblemBlockedAddress},
		{"http://１２７.0.0.1/", models.ProblemBlockedAddress},
		{"http://0x7f000001/", models.ProblemBlockedAddress},
		{"http://2130706433/", models.ProblemBlockedAddress},
		{"http://0177.0.0.1/", models.ProblemBlockedAddress},
		{"http://127.1/", models.ProblemBlockedAddress},
		{"http://[::1%25lo]/", models.ProblemBlockedAddress},
		{"http://h.test/" + strings.Repeat("x", 9<<10), models.ProblemSourceTooLarge},
	} {
		_, err := source.Parse(tt.in)
		if problemOf(err) != tt.want {
			t.Errorf("%.60q: %v, want %s", tt.in, err, tt.want)
		}
		if e := models.AsError(err); e.Cause != nil && strings.Contains(e.Cause.Error(), "://") {
			t.Errorf("%.60q: the cause quotes the address: %v", tt.in, e.Cause)
		}
	}
}

func TestLoginsLeaveTheAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]*models.Login{
		"http://h.test/x": nil, "http://@h.test/x": nil, "http://:@h.test/x": nil,
		"http://a@h.test/x": {User: "a"}, "http://a:b@h.test/x": {User: "a", Password: "b"},
		"http://us%40er:p:w%20 @h.test/x": {User: "us@er", Password: "p:w  "}, "http://:pw@h.test/x": {Password: "pw"},
	} {
		src, err := source.Parse(in)
		if err != nil || src.URI != "http://h.test/x" || (src.Login == nil) != (want == nil) || want != nil && *src.Login != *want {
			t.Errorf("%q = %q, %v", in, src.URI, err)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", src, src, src.Login, src.Login); strings.Contains(text, "p:w") || strings.Contains(text, "pw") {
			t.Errorf("%q is printed as %s", in, text)
		}
	}
}

func FuzzParseMagnet(f *testing.F) {
	for _, s := range []string{
		"magnet:?xt=urn:btih:" + hash1 + "&dn=a+b&tr=udp://t.test:80&so=1-3", "magnet:?xt=urn:btmh:1220" + hash2, hash1, hash2,
		"<web+magnet://?dn=a#b&xt=urn:btih:" + hash1[:9] + "\r\n" + hash1[9:] + "&ws=http://w.test/&x.pe=h.test:6881>",
		url.QueryEscape("magnet:?xt=urn:btih:" + hash1 + "&dn=%25"), "http://h.test/x", "magnet:?xt.1=urn:btih:" + hash1 + "&dn=%ff%fe&tr=http%3A%2F%2F%5B%3A%3A1%5D%2F",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		src, err := source.Parse(s)
		if err != nil {
			if problemOf(err) == "" {
				t.Fatalf("a fault without a problem: %v", err)
			}
			return
		}
		switch src.Kind {
		case models.SourceMagnet:
			checkMagnet(t, src)
		case models.SourceURL:
			again, err := source.ParseURL(src.URI)
			if err != nil || again.URI != src.URI {
				t.Errorf("%q is not its own normal form: %q, %v", src.URI, again.URI, err)
			}
		default:
			t.Errorf("kind %q", src.Kind)
		}
	})
}
