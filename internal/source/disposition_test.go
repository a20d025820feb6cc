package source_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"longhaul/internal/growthtest"
	"longhaul/internal/source"
)

func TestNamesAreReadAsServersWriteThem(t *testing.T) {
	t.Parallel()
	gbk := func(s string) string { return must(simplifiedchinese.GBK.NewEncoder().String(s)) }
	sjis := func(s string) string { return must(japanese.ShiftJIS.NewEncoder().String(s)) }
	for _, tt := range []struct{ header, want string }{
		// Unquoted beside the extended notation.
		{`attachment; filename=Some cool file.doc; filename*=UTF-8''Some%20cool%20file.doc`, "Some cool file.doc"},
		{`attachment; filename*=UTF-8''Some%20cool%20file.doc; filename=Some cool file.doc`, "Some cool file.doc"},
		{`attachment;filename=a b c.zip;filename*=utf-8''%e2%82%ac b.zip`, "€ b.zip"},
		{`inline; FileName = spaced.txt ; size = 4`, "spaced.txt"},
		{`filename=bare.iso`, "bare.iso"},
		{`attachment; filename="open.txt`, "open.txt"},
		{`attachment; filename="a "quoted" word.txt"`, "a _quoted_ word.txt"},
		{`attachment; filename="a \"quoted\" word.txt"`, "a _quoted_ word.txt"},
		{`attachment; filename="x;y.txt"; size=1`, "x;y.txt"},
		{`attachment; filename="C:\Users\me\report.txt"`, "report.txt"},
		// ISO 8859-1 and other named sets.
		{`attachment; size=1049971; filename*=iso-8859-1'fr'Fran%E7ais.txt`, "Français.txt"},
		{`attachment; filename*=ISO-8859-15''100%20%A4.txt`, "100 €.txt"},
		{`attachment; filename*=GBK''%C4%E3%BA%C3.txt`, "你好.txt"},
		{`attachment; filename*=Shift_JIS'ja'%83%65%83%58%83%67.txt`, "テスト.txt"},
		{`attachment; filename*=windows-1251''%CF%F0%E8%E2%E5%F2.txt`, "Привет.txt"},
		{"attachment; filename=\"Fran\xe7ais.txt\"", "Français.txt"},
		{"attachment; filename=cr\xe8me br\xfbl\xe9e.txt", "crème brûlée.txt"},
		{"attachment; filename=\"gr\xf6\xdfe.txt\"", "größe.txt"},
		// A raw apostrophe, within and without the extended notation.
		{`attachment; filename*=UTF-8''it's%20here.txt`, "it's here.txt"},
		{`attachment; filename=it's here.txt`, "it's here.txt"},
		{`attachment; filename*=UTF-8'it's.txt; filename=plain.txt`, "s.txt"},
		// Quotes where the extended notation has none.
		{`attachment; filename*="UTF-8''x%20y.txt"`, "x y.txt"},
		{`attachment; filename*=UTF-8''"x y.txt"`, "x y.txt"},
		// Percent escapes where there should be none.
		{`attachment; filename="Some%20cool%20file.doc"`, "Some cool file.doc"},
		{`attachment; filename=%E4%BD%A0%E5%A5%BD.zip`, "你好.zip"},
		{`attachment; filename="%C4%E3%BA%C3.zip"`, "你好.zip"},
		{`attachment; filename="100% legal.zip"`, "100% legal.zip"},
		{`attachment; filename*=UTF-8''100%%20legal.zip`, "100% legal.zip"},
		{`attachment; filename="a%2Fb.txt"`, "a%2Fb.txt"},
		// Encoded words (RFC 2047).
		{`attachment; filename="=?UTF-8?B?5L2g5aW9LnppcA==?="`, "你好.zip"},
		{`attachment; filename==?ISO-8859-1?Q?Fran=E7ais=5F1.txt?=`, "Français_1.txt"},
		{`attachment; filename="=?UTF-8?Q?a=20?= =?UTF-8?Q?b.txt?="`, "a b.txt"},
		{`attachment; filename="=?GB2312?B?xOO6wy50eHQ=?="`, "你好.txt"},
		{`attachment; filename="=?what?"`, "=_what_"},
		// Bytes of an encoding that is not said.
		{"attachment; filename=\"" + gbk("中文文件名.zip") + `"`, "中文文件名.zip"},
		{"attachment; filename=" + gbk("我的 文档 (1).doc"), "我的 文档 (1).doc"},
		{"attachment; filename=\"" + sjis("日本語.zip") + `"`, "日本語.zip"},
		{"attachment; filename=" + sjis("テスト ファイル.txt"), "テスト ファイル.txt"},
		{"attachment; filename=" + sjis("ひらがなカタカナ漢字ｶﾅ.txt"), "ひらがなカタカナ漢字ｶﾅ.txt"},
		{"attachment; filename=\"naïve größe 日本.txt\"", "naïve größe 日本.txt"},
		// Numbered pieces (RFC 2231).
		{`attachment; filename*0="long "; filename*1="name.txt"`, "long name.txt"},
		{`attachment; filename*0*=UTF-8''%e2%82; filename*1*=%ac.txt`, "€.txt"},
		// What can't be read leaves the next best.
		{`attachment; filename*=UTF-8''%FF%FE.txt; filename=plain.txt`, "plain.txt"},
		{`attachment; filename*=; filename=plain.txt`, "plain.txt"},
		{`attachment; filename*=klingon''%41.txt; filename=plain.txt`, "A.txt"},
		{`attachment; filename*=UTF-8''..; filename=plain.txt`, "plain.txt"},
		{`attachment; filename*=UTF-8''..%2f..%2fetc%2fpasswd`, "passwd"},
		{`attachment; filename="../../etc/pass%00wd"`, "pass%00wd"},
		{`attachment; xfilename=x.txt`, "url.bin"},
		{`attachment; filename=`, "url.bin"},
		{`attachment; filename=;`, "url.bin"},
	} {
		h := http.Header{"Content-Disposition": {tt.header}}
		u, _ := url.Parse("http://h.test/url.bin")
		if got := source.FileNameFromResponse(h, u); got != tt.want {
			t.Errorf("%q = %q, want %q", tt.header, got, tt.want)
		}
	}
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func TestNamesComeFromAddressAndType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, first, final, want string }{
		{"application/pdf", "http://h.test/get", "http://cdn.test/a/report", "report.pdf"},
		{"video/x-matroska; charset=binary", "http://h.test/", "http://cdn.test/", "download.mkv"},
		{"application/zip", "http://h.test/all.zip", "http://cdn.test/?token=1", "all.zip"},
		{"application/zip", "http://h.test/all.zip", "http://cdn.test/set", "set.zip"},
		{"application/zip", "http://h.test/x", "http://cdn.test/a.jar", "a.jar"},
		{"application/octet-stream", "http://h.test/x", "http://cdn.test/LICENSE", "LICENSE"},
		{"text/plain; charset=utf-8", "http://h.test/x", "http://cdn.test/README", "README"},
		{"", "http://h.test/x", "http://cdn.test/%93%FA%96%7B%8C%EA.zip", "日本語.zip"},
		{"nonsense;;", "http://h.test/x", "http://cdn.test/y", "y"},
		{"application/zip", "http://h.test/" + strings.Repeat("n", 300), "http://cdn.test/", strings.Repeat("n", 251) + ".zip"},
	} {
		first, _ := url.Parse(tt.first)
		final, _ := url.Parse(tt.final)
		h := http.Header{"Content-Type": {tt.kind}}
		if got := source.FileNameFromResponse(h, final, first); got != tt.want {
			t.Errorf("%s of %s = %q, want %q", tt.kind, tt.final, got, tt.want)
		}
	}
}

func TestHeadersCostWhatTheyWeigh(t *testing.T) {
	for name, unit := range map[string]string{
		"quotes": `"`, "backslashes": `\`, "separators": ";", "pieces": `;filename*1="x"`, "encoded words": "=?UTF-8?Q?a?= ",
		"escapes": "%e4", "open words": "=?", "bytes": "\xe4\xb8", "quoted words": `"a `,
	} {
		t.Run(name, func(t *testing.T) {
			growthtest.Linear(t, 1_800/len(unit), func(n int) func() {
				h := http.Header{"Content-Disposition": {`attachment; filename="` + strings.Repeat(unit, n)}}
				return func() { source.FileNameFromResponse(h) }
			})
		})
	}
}

func FuzzFileNameFromResponse(f *testing.F) {
	for _, s := range []string{
		`attachment; filename=Some cool file.doc; filename*=UTF-8''Some%20cool%20file.doc`, `a; filename*=iso-8859-1'fr'Fran%E7ais.txt`,
		`filename="=?UTF-8?B?5L2g5aW9LnppcA==?="`, `a; filename*0*=UTF-8''%e2; filename*1="x`, "a; filename=\x93\xfa\x96\x7b", "a; filename=\xc4\xe3", `a;filename="a\"b"c";`,
	} {
		f.Add(s, "application/zip")
	}
	f.Fuzz(func(t *testing.T, header, kind string) {
		name := source.FileNameFromResponse(http.Header{"Content-Disposition": {header}, "Content-Type": {kind}})
		checkPath(t, name)
		if again := source.SanitizeFileName(name); again != name {
			t.Errorf("%q: %q is cleaned again to %q", header, name, again)
		}
	})
}
