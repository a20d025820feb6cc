package source_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"longhaul/internal/source"
	"longhaul/models"
)

func sha1of(info string) string {
	sum := sha1.Sum([]byte(info))
	return hex.EncodeToString(sum[:])
}

// TestBytesAfterTheEnd parses torrents that something was appended to.
func TestBytesAfterTheEnd(t *testing.T) {
	t.Parallel()
	good := ben(single("a", 1))
	want := sha1of(ben(single("a", 1)[1]))
	for _, junk := range []string{"\n", "\r\n", "\x00\x00\x00", "e", "junk", "d3:abc", good, strings.Repeat("l", 10_000), "<!-- cached -->"} {
		src, man, err := source.ParseTorrent([]byte(good + junk))
		if err != nil || src.InfoHashV1 != want || len(man.Files) != 1 || bytes.HasSuffix(src.Metainfo, []byte(junk+"x")) {
			t.Errorf("%.20q: %s, %v", junk, src.InfoHashV1, err)
		}
		if err == nil && len(src.Metainfo) > len(good) {
			t.Errorf("%.20q is kept", junk)
		}
	}
	if _, err := source.ParseInfo([]byte(ben(single("a", 1)[1]) + "\n")); problemOf(err) != models.ProblemMalformedTorrent {
		t.Errorf("an info section with bytes after it has another hash: %v", err)
	}
}

// TestFirstKeyCounts reads keys that come twice, needless zeros and values of
// another kind as libtorrent does, and finds an alias for the engine where it reads
// otherwise.
func TestFirstKeyCounts(t *testing.T) {
	t.Parallel()
	p := "6:pieces20:" + pieces(1)
	for name, tt := range map[string]struct {
		info, file string
		size       int64
		alias      bool
	}{
		"name twice":                   {"d6:lengthi1e4:name1:a4:name1:b12:piece lengthi16384e" + p + "e", "a", 1, false},
		"name again at the end":        {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "4:name1:be", "a", 1, false},
		"length twice":                 {"d6:lengthi1e6:lengthi2e4:name1:a12:piece lengthi16384e" + p + "e", "a", 1, true},
		"pieces twice":                 {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "6:pieces20:" + strings.Repeat("x", 20) + "e", "a", 1, true},
		"unknown key twice":            {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "1:zi1e1:zi2ee", "a", 1, false},
		"zeros before a length":        {"d6:lengthi001e4:name1:a12:piece lengthi16384e" + p + "e", "a", 1, true},
		"minus zero":                   {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "1:zi-0ee", "a", 1, true},
		"zeros before a string":        {"d06:lengthi1e4:name01:a12:piece lengthi16384e6:pieces020:" + pieces(1) + "e", "a", 1, true},
		"a source of another kind":     {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "6:sourceli1eee", "a", 1, true},
		"a private of another kind":    {"d6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "7:privateld1:ai1eeee", "a", 1, true},
		"a version of another kind":    {"d6:lengthi1e12:meta version1:24:name1:a12:piece lengthi16384e" + p + "e", "a", 1, true},
		"a number beyond 64 bits":      {"d1:ki99999999999999999999e6:lengthi1e4:name1:a12:piece lengthi16384e" + p + "e", "a", 1, false},
		"an attribute of another kind": {"d5:filesld4:attri5e6:lengthi1e4:pathl1:beee4:name1:a12:piece lengthi16384e" + p + "e", "b", 1, true},
		"a UTF-8 path of another kind": {"d5:filesld6:lengthi1e4:pathl1:be10:path.utf-81:xee4:name1:a12:piece lengthi16384e" + p + "e", "b", 1, true},
		"zeros in a file's size":       {"d5:filesld6:lengthi01e4:pathl1:beee4:name1:a12:piece lengthi16384e" + p + "e", "b", 1, true},
	} {
		top := "d4:info" + tt.info + "4:infode8:announce8:http://ae"
		src, man, err := source.ParseTorrent([]byte(top))
		if err != nil || src.InfoHashV1 != sha1of(tt.info) || man.Files[0].Path != tt.file || man.Files[0].Size != tt.size {
			t.Errorf("%s: %+v, %v", name, man, err)
			continue
		}
		view, err := source.ViewOf(src.Metainfo)
		alias := view.Alias
		if err != nil || (alias != nil) != tt.alias {
			t.Errorf("%s: alias %+v, %v", name, alias, err)
		}
		if alias == nil {
			continue
		}
		if again, err := source.ParseInfo(alias.Info); err != nil || again.Size != man.Size || again.InfoHashV1 != alias.InfoHashV1 || alias.InfoHashV1 == src.InfoHashV1 {
			t.Errorf("%s: the alias is %+v, %v", name, again, err)
		}
	}
}

// TestPieceLengths accepts from 1 KiB to 128 MiB in v1, and from 16 KiB in v2.
func TestPieceLengths(t *testing.T) {
	t.Parallel()
	for _, length := range []int{1 << 10, 4 << 10, 17_000, 64 << 20, 128 << 20} {
		d := dict{"info", dict{"length", 1, "name", "a", "piece length", length, "pieces", pieces(1)}}
		if _, man, err := source.ParseTorrent([]byte(ben(d))); err != nil || man.PieceLength != int64(length) {
			t.Errorf("%d: %v", length, err)
		}
	}
	for _, length := range []int{1<<10 - 1, 128<<20 + 1, 1 << 30} {
		d := dict{"info", dict{"length", 1, "name", "a", "piece length", length, "pieces", pieces(1)}}
		if _, _, err := source.ParseTorrent([]byte(ben(d))); problemOf(err) != models.ProblemMalformedTorrent {
			t.Errorf("%d: %v", length, err)
		}
	}
	for length, ok := range map[int]bool{4 << 10: false, 8 << 10: false, 16 << 10: true, 128 << 20: true} {
		d := dict{"info", dict{"file tree", v2tree("a", leaf(10, root)), "meta version", 2, "name", "x", "piece length", length}}
		if _, _, err := source.ParseTorrent([]byte(ben(d))); (err == nil) != ok {
			t.Errorf("v2 with %d: %v", length, err)
		}
	}
}

// TestNamesInOtherEncodings reads names that are not UTF-8, declared or not,
// and the same from the rebuilt torrent.
func TestNamesInOtherEncodings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		declared string
		enc      encoding.Encoding
		name     string
		guessed  string
	}{
		{"GBK", simplifiedchinese.GBK, "中文文件", ""},
		{"gb2312", simplifiedchinese.GBK, "一", ""}, // valid as UTF-8, too
		{"Shift_JIS", japanese.ShiftJIS, "表示ソフト", ""},
		{"ISO-8859-1", charmap.ISO8859_1, "größe", ""},
		{"", simplifiedchinese.GBK, "中文文件", "gbk"},
		{"UTF-8", simplifiedchinese.GBK, "中文文件", "gbk"},
		{"", japanese.ShiftJIS, "日本語のファイル", "shift_jis"},
		{"", japanese.ShiftJIS, "表示ソフト", "shift_jis"}, // with a backslash as a second byte
		{"", charmap.ISO8859_1, "größe", "windows-1252"},
	} {
		b, err := tt.enc.NewEncoder().Bytes([]byte(tt.name))
		if err != nil {
			t.Fatal(err)
		}
		d := dict{"info", dict{
			"files",
			[]any{file(1, string(b), string(b)+".txt"), file(1, "readme.txt")},
			"name", string(b), "piece length", kib16, "pieces", pieces(1),
		}}
		if tt.declared != "" {
			d = append(dict{"encoding", tt.declared}, d...)
		}
		src, man, err := source.ParseTorrent([]byte(ben(d)))
		if err != nil || man.Name != tt.name || man.Files[0].Path != tt.name+"/"+tt.name+".txt" || man.Files[1].Path != "readme.txt" {
			t.Errorf("%s %q: %+v, %v", tt.declared, tt.name, man, err)
			continue
		}
		var guessed string
		for _, n := range man.Notes {
			if n.Code == models.ReasonNamesGuessed {
				guessed = fmt.Sprint(n.Params["encoding"])
			}
		}
		if guessed != tt.guessed {
			t.Errorf("%s %q: notes %v, want %q", tt.declared, tt.name, man.Notes, tt.guessed)
		}
		if _, again, err := source.ParseTorrent(src.Metainfo); err != nil || again.Name != man.Name || !slices.Equal(again.Files, man.Files) {
			t.Errorf("%s %q: the rebuilt torrent has %+v, %v", tt.declared, tt.name, again, err)
		}
	}
}

// TestCodePages reads the encoding from a number, which a label overrules.
func TestCodePages(t *testing.T) {
	t.Parallel()
	d := dict{"codepage", 936, "info", dict{"length", 1, "name", "\xd2\xbb.txt", "piece length", kib16, "pieces", pieces(1)}}
	if _, man, err := source.ParseTorrent([]byte(ben(d))); err != nil || man.Name != "一.txt" || len(man.Notes) > 0 {
		t.Errorf("%+v, %v", man, err)
	}
	if _, man, err := source.ParseTorrent([]byte(ben(append(dict{"encoding", "UTF-8"}, d...)))); err != nil || man.Name != "һ.txt" {
		t.Errorf("%+v, %v", man, err)
	}
}

// TestBadNamesCostTheName replaces what no system allows and keeps the rest.
func TestBadNamesCostTheName(t *testing.T) {
	t.Parallel()
	_, man, err := source.ParseTorrent([]byte(ben(multi(
		file(1, "a"), file(1, "..", ".", ""), file(1, "d", ".."), file(1, ""), file(1, "\x00\x01"), file(1, "..", "b"), file(1, "e", "/"),
	))))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range man.Files {
		got = append(got, f.Path)
	}
	if want := "a|unnamed file 2|d/unnamed file 3|unnamed file 4|unnamed file 5|b|e/unnamed file 7"; strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if len(man.Notes) != 1 || !man.Notes[0].Equal(models.Because(models.ReasonNamesReplaced, "files", 5)) {
		t.Errorf("notes %v", man.Notes)
	}
}

// TestPaddingIsHidden leaves padding out, however it is marked.
func TestPaddingIsHidden(t *testing.T) {
	t.Parallel()
	_, man, err := source.ParseTorrent([]byte(ben(multi(
		file(1, "a"), file(5, ".____padding_file", "0"), file(6, ".____padding_file_7"), file(7, "_____padding_file_0_if you see"),
		file(8, ".pad", "8"), append(file(9, "x"), "attr", "xp"), file(10, "sub", ".____padding_file", "3"),
		file(2, ".pad", "notes"), file(2, "padding_file"),
	))))
	if err != nil || len(man.Files) != 3 || man.Size != 5 || man.Files[0].Path != "a" || man.Files[1].Path != ".pad/notes" || man.Files[2].Index != 8 {
		t.Errorf("%+v, %v", man, err)
	}
}

// TestAnnounceLists uses the single tracker where the list has nothing usable.
func TestAnnounceLists(t *testing.T) {
	t.Parallel()
	const good = "http://t.test/announce"
	unused := func(what string, left int) models.Reason {
		return models.Because(models.ReasonTrackersUnused, "what", what, "left", left)
	}
	for name, tt := range map[string]struct {
		announce any
		list     any
		want     string
		note     models.Reason
	}{
		"no list":                   {good, nil, good, models.Reason{}},
		"an empty list":             {good, []any{}, good, models.Reason{}},
		"an empty tier":             {good, []any{[]any{}}, good, models.Reason{}},
		"an empty tracker":          {good, []any{[]any{""}}, good, models.Reason{}},
		"only WebSocket":            {good, []any{[]any{"wss://w.test"}}, good, unused("wss://", 1)},
		"a flat list":               {good, []any{"udp://a.test:80", "udp://b.test:80"}, good, models.Reason{}},
		"a list of numbers":         {good, []any{1, []any{2}}, good, models.Reason{}},
		"a string":                  {good, "udp://a.test:80", good, models.Reason{}},
		"a dictionary":              {good, dict{"a", 1}, good, models.Reason{}},
		"only addresses of ours":    {good, []any{[]any{"http://127.1/"}}, good, unused("an address that isn't on the public internet", 1)},
		"a good list":               {good, []any{[]any{"udp://a.test:80"}}, "udp://a.test:80", models.Reason{}},
		"half a list":               {good, []any{[]any{"wss://w.test", "ftp://f.test"}, []any{"udp://a.test:80"}}, "udp://a.test:80", unused("wss://, ftp://", 1)},
		"a flat list alone":         {nil, []any{"udp://a.test:80"}, "udp://a.test:80", models.Reason{}},
		"announce as a list":        {[]any{good, "http://b.test"}, nil, good, models.Reason{}},
		"a port that's not used":    {"udp://a.test:53", nil, "", unused("port 53", 0)},
		"WebSocket and no other":    {"wss://w.test", nil, "", unused("wss://", 0)},
		"WebSocket in both":         {"wss://w.test", []any{[]any{"ws://w.test"}}, "", unused("wss://, ws://", 0)},
		"nothing":                   {nil, nil, "", models.Reason{}},
		"udp without a port":        {"udp://a.test/announce", nil, "", unused("udp without a port", 0)},
		"an address that's no such": {"not a tracker", nil, "", models.Reason{}},
	} {
		d := dict{}
		if tt.announce != nil {
			d = append(d, "announce", tt.announce)
		}
		if tt.list != nil {
			d = append(d, "announce-list", tt.list)
		}
		src, man, err := source.ParseTorrent([]byte(ben(append(d, single("a", 1)...))))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		head, _, _ := bytes.Cut(src.Metainfo, []byte("4:info"))
		want := "d"
		if tt.want != "" {
			want += ben("announce") + ben(tt.want) + ben("announce-list") + ben([]any{[]any{tt.want}})
		}
		if string(head) != want {
			t.Errorf("%s: %q", name, head)
		}
		if got := append(man.Notes, models.Reason{})[0]; !got.Equal(tt.note) {
			t.Errorf("%s: notes %v", name, man.Notes)
		}
	}
}

// TestWebSeedsAreKept keeps what may be fetched from and nothing else.
func TestWebSeedsAreKept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list any
		want []any
	}{
		"a string":         {"http://w.test/f", []any{"http://w.test/f"}},
		"an empty string":  {"", nil},
		"a list":           {[]any{"https://w.test/a b/", "HTTP://W.test", "http://w.test/"}, []any{"https://w.test/a%20b/", "http://w.test/"}},
		"other kinds":      {[]any{1, []any{"http://w.test/"}, dict{"a", 1}}, nil},
		"other protocols":  {[]any{"ftp://w.test/", "file:///etc/passwd", "gopher://w.test/", "//w.test/", "w"}, nil},
		"hostile":          {[]any{"http://169.254.169.254/", "http://metadata.google.internal/", "http://0x7f000001/", "http://127.1/", "http://w.test:22/", "http://u:p@w.test/", "http://w.test/\r\nHost: x", "http://[::1%25lo]/"}, nil},
		"with a fragment":  {[]any{"http://w.test/f#x"}, []any{"http://w.test/f"}},
		"the same twice":   {[]any{"http://w.test/f", " http://w.test/f "}, []any{"http://w.test/f"}},
		"longer than 2 KB": {[]any{"http://w.test/" + strings.Repeat("x", 2048)}, nil},
	} {
		d := append(single("a", 1), "url-list", tt.list)
		src, _, err := source.ParseTorrent([]byte(ben(d)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := ben(single("a", 1))
		if tt.want != nil {
			want = ben(append(single("a", 1), "url-list", tt.want))
		}
		if string(src.Metainfo) != want {
			t.Errorf("%s: %q", name, src.Metainfo)
		}
	}
	_, man, err := source.ParseTorrent([]byte(ben(append(dict{"httpseeds", []any{"http://w.test/seed"}}, single("a", 1)...))))
	if want := models.Because(models.ReasonServersUnused, "what", "httpseeds"); err != nil || len(man.Notes) != 1 || !man.Notes[0].Equal(want) {
		t.Errorf("seeds of BEP 17: %v, %v", man.Notes, err)
	}
	many := make([]any, 1000)
	for i := range many {
		many[i] = fmt.Sprintf("http://w%d.test/", i)
	}
	src, _, err := source.ParseTorrent([]byte(ben(append(single("a", 1), "url-list", many))))
	if n := bytes.Count(src.Metainfo, []byte("http://")); err != nil || n != source.MaxSeeds {
		t.Errorf("%d web seeds, %v", n, err)
	}
}

// TestMagnetsNameServers keeps web seeds and peers that may be reached.
func TestMagnetsNameServers(t *testing.T) {
	t.Parallel()
	src, err := source.ParseMagnet("magnet:?xt=urn:btih:" + hash1 + "&ws=http%3A%2F%2Fw.test%2Ff&ws=ftp://w.test/&ws=http://169.254.169.254/" +
		"&ws=http%3A%2F%2Fw.test%2F100%25%20legal%2F&ws=http%3A%2F%2F169.254.169.254%2F100%25%20latest" +
		"&x.pe=Peer.Test:6881&x.pe=1.2.3.4:6881&x.pe=1.2.3.4:22&x.pe=[2606:4700::1]:6881&x.pe=2130706433:6881&x.pe=metadata:6881&x.pe=h&x.pe=h:0" +
		"&xs=http://h.test/t.torrent&as=http://h.test/&tr=wss://w.test")
	if err != nil {
		t.Fatal(err)
	}
	if got := source.Seeds(src.URI); !slices.Equal(got, []string{"http://w.test/f", "http://w.test/100%25%20legal/"}) {
		t.Errorf("web seeds %v", got)
	}
	if got := source.Peers(src.URI); !slices.Equal(got, []string{"peer.test:6881", "1.2.3.4:6881", "[2606:4700::1]:6881"}) {
		t.Errorf("peers %v", got)
	}
	if strings.Contains(src.URI, "h.test") || len(src.Notes) != 2 {
		t.Errorf("%s, notes %v", src.URI, src.Notes)
	}
	again, err := source.ParseMagnet(src.URI)
	if err != nil || again.URI != src.URI {
		t.Errorf("%s is not its own normal form: %s, %v", src.URI, again.URI, err)
	}
}
