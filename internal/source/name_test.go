package source_test

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"longhaul/internal/source"
)

// checkPath holds what must be true of every display path.
func checkPath(t *testing.T, p string) {
	t.Helper()
	if p == "" || !utf8.ValidString(p) || strings.HasPrefix(p, "/") || strings.Contains(p, `\`) {
		t.Errorf("path %q", p)
	}
	for c := range strings.SplitSeq(p, "/") {
		if c == "" || c == "." || c == ".." || len(c) > 255 || strings.TrimRight(c, ". ") != c || strings.ContainsAny(c, `<>:"|?*`) {
			t.Errorf("component %q of %q", c, p)
		}
	}
	for _, r := range p {
		if unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0xFEFF {
			t.Errorf("path %q has %U", p, r)
		}
	}
	var back string
	if b, err := json.Marshal(p); err != nil || json.Unmarshal(b, &back) != nil || back != p {
		t.Errorf("path %q does not survive JSON", p)
	}
}

func TestSanitizePath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   []string
		want string
	}{
		{[]string{"a", "b.txt"}, "a/b.txt"},
		{[]string{"..", "..", "etc", "passwd"}, "etc/passwd"},
		{[]string{"a/../../b"}, "a/b"},
		{[]string{"/abs/olute"}, "abs/olute"},
		{[]string{`C:\Windows\system32`}, "C_/Windows/system32"},
		{[]string{`..\..\x`}, "x"},
		{[]string{"", ".", "..", "..."}, ""},
		{[]string{"a\x00b", "c\r\nd"}, "ab/cd"},
		{[]string{"evil\u202egpj.exe"}, "evilgpj.exe"},
		{[]string{"zero\u200bwidth\ufeff"}, "zerowidth"},
		{[]string{"\xff\xfe.bin"}, "\ufffd.bin"},
		{[]string{"CON", "aux.txt", "com1.log", "lpt¹", "nul .tar.gz", "console"}, "_CON/_aux.txt/_com1.log/_lpt¹/_nul .tar.gz/console"},
		{[]string{"trailing. . ", " lead"}, "trailing/lead"},
		{[]string{`a<b>c:d"e|f?g*h`}, "a_b_c_d_e_f_g_h"},
		{[]string{"cafe\u0301"}, "café"},
		{[]string{"👩\u200d🚀.png"}, "👩\u200d🚀.png"},
		{[]string{"non\u00a0breaking"}, "non breaking"},
		{[]string{".hidden", "..data"}, ".hidden/..data"},
	} {
		if got := source.SanitizePath(tt.in); got != tt.want {
			t.Errorf("%q = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := source.SanitizePath([][]byte{[]byte("a"), []byte("b")}); got != "a/b" {
		t.Errorf("bytes: %q", got)
	}
}

func TestLongNamesKeepTheirExtension(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		strings.Repeat("x", 300) + ".mkv", strings.Repeat("ß", 300) + ".mkv", strings.Repeat("x", 100_000) + ".mkv",
		strings.Repeat("e\u0301", 300) + ".mkv", strings.Repeat("\xff", 300) + ".mkv",
	} {
		got := source.SanitizeFileName(in)
		checkPath(t, got)
		if !strings.HasSuffix(got, ".mkv") || (len(got) < 200 && in[0] != '\xff') {
			t.Errorf("%d bytes became %d: %.20q…", len(in), len(got), got)
		}
	}
}

func TestContentDisposition(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"plain.txt", "with space.txt", `quo"te.txt`, `setup.bat";x=.txt`, "größe.txt", "日本語.mkv", "100%.txt", "a;b=c.txt",
		"semi; filename=evil.exe", "new\r\nSet-Cookie: x=1", "\x00", "", "../../etc/passwd", "emoji 👩\u200d🚀", "\xff\xfe", "%2e%2e%2f", "back\\slash", "it's",
	} {
		want := source.SanitizeFileName(name)
		if want == "" {
			want = "download"
		}
		for _, d := range []source.Disposition{source.Attachment, source.Inline, "evil\r\nX: y"} {
			h := source.ContentDisposition(d, name)
			got, params, err := mime.ParseMediaType(h)
			if err != nil || params["filename"] != want || len(params) != 1 {
				t.Errorf("%q: header %q reads back as %q, %v", name, h, params, err)
			}
			if (got == "inline") != (d == source.Inline) || strings.ContainsFunc(h, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q: header %q", name, h)
			}
		}
	}
}

func TestFileNameFromResponse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ disposition, url, want string }{
		{"", "http://h.test/dir/file.iso?x=1", "file.iso"},
		{"", "http://h.test/dir/", "dir"},
		{"", "http://h.test/", "download"},
		{"", "http://h.test/my%20file.zip", "my file.zip"},
		{"", "http://h.test/%2e%2e%2f%2e%2e%2fetc%2fcron.d%2fx", "x"},
		{"", "http://h.test/..%5c..%5cevil.exe", "evil.exe"},
		{"", "http://h.test/a%00b.txt", "ab.txt"},
		{"", "http://h.test/%252e%252e%252fx", "%2e%2e%2fx"},
		{`attachment; filename="a b.txt"`, "http://h.test/x", "a b.txt"},
		{`attachment; filename="../../etc/passwd"`, "http://h.test/x", "passwd"},
		{`attachment; filename="..\\..\\x.exe"`, "http://h.test/y", "x.exe"},
		{`attachment; filename="..%2f..%2fx"`, "http://h.test/y", "..%2f..%2fx"},
		{`attachment; filename*=UTF-8''%e2%82%ac.txt; filename="E.txt"`, "http://h.test/x", "€.txt"},
		{`attachment; filename*=UTF-8''..%2f..%2fx.sh`, "http://h.test/y", "x.sh"},
		{`attachment; filename=un quoted name.zip; size=7`, "http://h.test/x", "un quoted name.zip"},
		{`attachment; filename="a.txt"; filename="b.txt"`, "http://h.test/x.bin", "a.txt"},
		{"attachment; filename=\"caf\xe9.txt\"", "http://h.test/x", "café.txt"},
		{`attachment`, "http://h.test/x", "x"},
		{`attachment; filename=""`, "http://h.test/x", "x"},
		{`attachment; filename=".."`, "http://h.test/x", "x"},
		{`;;;;=`, "http://h.test/x", "x"},
		{"attachment; filename=" + strings.Repeat("n", 4096) + ".mkv", "http://h.test/x", strings.Repeat("n", 251) + ".mkv"},
		{"attachment; filename=" + strings.Repeat("n", 20<<10), "http://h.test/x", "x"},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		if tt.disposition != "" {
			h.Set("Content-Disposition", tt.disposition)
		}
		if got := source.FileNameFromResponse(h, u); got != tt.want {
			t.Errorf("%.80q of %s = %q, want %q", tt.disposition, tt.url, got, tt.want)
		}
	}
	if got := source.FileNameFromResponse(http.Header{}, nil); got != "download" {
		t.Errorf("nothing known: %q", got)
	}
}

func FuzzSanitizePath(f *testing.F) {
	for _, s := range []string{"a/b", "../x", "CON", "\xff", "\u202e", strings.Repeat("x", 300), "a\x00", "...", "e\u0301", "ﷺ", "\u1e9b\u0323", "x. .", " nul.txt", "A\f\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p := source.SanitizePath([]string{s, s + "x"}); p != "" {
			checkPath(t, p)
			if again := source.SanitizePath(strings.Split(p, "/")); again != p {
				t.Errorf("%q: %q changes to %q", s, p, again)
			}
		}
		want := source.SanitizeFileName(s)
		if want == "" {
			want = "download"
		}
		h := source.ContentDisposition(source.Attachment, s)
		if _, params, err := mime.ParseMediaType(h); err != nil || params["filename"] != want || len(params) != 1 {
			t.Errorf("%q: header %q, %v", s, h, err)
		}
	})
}
