package source_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"longhaul/internal/source"
	"longhaul/models"
)

func problemOf(err error) models.Problem {
	if e, ok := errors.AsType[*models.Error](err); ok {
		return e.Problem
	}
	return ""
}

func TestGoldenTorrents(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" || strings.HasPrefix(line, "#") {
			continue
		}
		name, want, theirs, reason := f[0], f[1], f[2], f[3:]
		listed[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(filepath.Join("testdata/libtorrent", name))
			if err != nil {
				t.Fatal(err)
			}
			src, man, err := source.ParseTorrent(b)
			got := "ok"
			if err != nil {
				got = string(problemOf(err))
			}
			if got != want {
				t.Errorf("got %s (%v), want %s", got, err, want)
			}
			if (want == "ok") != (theirs == "ok") && len(reason) == 0 {
				t.Error("it differs from libtorrent's verdict and gives no reason")
			}
			if err == nil {
				checkResult(t, src, man)
			} else if models.AsError(err).Message == "" {
				t.Error("the fault says nothing")
			}
		})
	}
	files, _ := filepath.Glob("testdata/libtorrent/*.torrent")
	for _, f := range files {
		if !listed[filepath.Base(f)] {
			t.Errorf("%s is not in the table", f)
		}
	}
	if len(files) < 90 {
		t.Errorf("only %d files", len(files))
	}
}

// checkResult holds what must be true of every accepted torrent.
func checkResult(t *testing.T, src models.Source, man models.Manifest) {
	t.Helper()
	again, man2, err := source.ParseTorrent(src.Metainfo)
	if err != nil || !bytes.Equal(again.Metainfo, src.Metainfo) || again.InfoHash() != src.InfoHash() || len(man2.Files) != len(man.Files) {
		t.Errorf("the normalised torrent is not its own normal form: %v", err)
	}
	if src.InfoHash() == "" || src.Name == "" || man.Name != src.Name || len(man.Files) == 0 {
		t.Errorf("incomplete: hash %q, name %q, %d files", src.InfoHash(), src.Name, len(man.Files))
	}
	var size int64
	seen := map[string]bool{}
	last := -1
	for _, f := range man.Files {
		checkPath(t, f.Path)
		if seen[strings.ToLower(f.Path)] {
			t.Errorf("path %q comes twice", f.Path)
		}
		seen[strings.ToLower(f.Path)] = true
		if f.Index <= last || f.Size < 0 {
			t.Errorf("file %d after %d has size %d", f.Index, last, f.Size)
		}
		last = f.Index
		size += f.Size
	}
	if size != man.Size {
		t.Errorf("size %d, the files have %d", man.Size, size)
	}
	view, err := source.ViewOf(src.Metainfo)
	if err != nil {
		t.Errorf("the engine's view: %v", err)
	}
	if a := view.Alias; a != nil {
		other, err := source.ParseInfo(a.Info)
		if err != nil || other.Size != man.Size || other.InfoHashV1 != a.InfoHashV1 || other.InfoHashV2 != a.InfoHashV2 || other.PieceLength != man.PieceLength {
			t.Errorf("the alias is another torrent: %+v, %v", other, err)
		}
	}
	for _, key := range []string{"url-list", "httpseeds", "5:nodes", "http seeds"} {
		head, _, _ := bytes.Cut(src.Metainfo, []byte("4:info"))
		if bytes.Contains(head, []byte(key)) {
			t.Errorf("%s is still there", key)
		}
	}
}

// ben writes a bencoded value: string, int, []any, or dict as key-value pairs.
type dict []any

func ben(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%d:%s", len(v), v)
	case int:
		return fmt.Sprintf("i%de", v)
	case []any:
		var b strings.Builder
		b.WriteByte('l')
		for _, e := range v {
			b.WriteString(ben(e))
		}
		return b.String() + "e"
	case dict:
		var b strings.Builder
		b.WriteByte('d')
		for _, e := range v {
			b.WriteString(ben(e))
		}
		return b.String() + "e"
	case raw:
		return string(v)
	default:
		panic(fmt.Sprintf("%T", v))
	}
}

type raw string

func pieces(n int) string { return strings.Repeat("0123456789abcdefghij", n) }

const kib16 = 16 << 10

func multi(files ...any) dict {
	total := 0
	for _, f := range files {
		for i, v := range f.(dict) {
			if v == "length" {
				total += f.(dict)[i+1].(int)
			}
		}
	}
	return dict{"info", dict{"files", files, "name", "set", "piece length", kib16, "pieces", pieces((total + kib16 - 1) / kib16)}}
}

func file(length int, path ...string) dict {
	p := make([]any, len(path))
	for i := range path {
		p[i] = path[i]
	}
	return dict{"length", length, "path", p}
}

func single(name string, length int) dict {
	return dict{"info", dict{"length", length, "name", name, "piece length", kib16, "pieces", pieces((length + kib16 - 1) / kib16)}}
}

func TestHashesAreThoseOfTheInfoDictionary(t *testing.T) {
	t.Parallel()
	info := ben(single("film.mkv", 40000)[1])
	src, man, err := source.ParseTorrent([]byte(ben(single("film.mkv", 40000))))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum([]byte(info))
	if src.InfoHashV1 != hex.EncodeToString(sum[:]) || src.InfoHashV2 != "" || src.Kind != models.SourceTorrent {
		t.Errorf("source %+v", src)
	}
	if man.Name != "film.mkv" || man.Size != 40000 || man.PieceLength != kib16 || man.Files[0] != (models.ManifestFile{Path: "film.mkv", Size: 40000}) {
		t.Errorf("manifest %+v", man)
	}
	if man2, err := source.ParseInfo([]byte(info)); err != nil || man2.InfoHashV1 != man.InfoHashV1 || man2.Size != man.Size {
		t.Errorf("ParseInfo = %+v, %v", man2, err)
	}
}

func TestTrackersAreKeptAndCleaned(t *testing.T) {
	t.Parallel()
	many := []any{}
	for i := range 5000 {
		many = append(many, []any{fmt.Sprintf("udp://t%d.test:6969/announce", i)})
	}
	d := single("a", 1)
	top := dict{
		"announce", "http://ignored.test/", "announce-list", []any{
			[]any{" HTTP://Tracker.Test/announce?passkey=AbC ", "http://tracker.test/announce?passkey=AbC"},
			[]any{"wss://t.test", "udp://t.test", "udp://t.test:80", "ftp://t.test/", "http://user@t.test/", "http://127.1/", ""},
			"not a tier",
			[]any{7},
		}, "nodes", []any{[]any{"127.0.0.1", 6881}}, "url-list", "http://169.254.169.254/",
	}
	src, _, err := source.ParseTorrent([]byte(ben(append(d, top...))))
	if err != nil {
		t.Fatal(err)
	}
	want := "13:announce-listll43:http://tracker.test/announce?passkey=AbCel15:udp://t.test:80ee"
	want = strings.Replace(want, "43:", "40:", 1)
	if !bytes.Contains(src.Metainfo, []byte(want)) || bytes.Contains(src.Metainfo, []byte("169.254")) || bytes.Contains(src.Metainfo, []byte("127.0.0.1")) {
		t.Errorf("metainfo %q", src.Metainfo)
	}
	src, _, err = source.ParseTorrent([]byte(ben(append(d[:2:2], "announce-list", many))))
	if err != nil || bytes.Count(src.Metainfo, []byte("udp://")) != source.MaxTrackers+1 { // the first is named twice
		t.Errorf("%d trackers, %v", bytes.Count(src.Metainfo, []byte("udp://")), err)
	}
}

func TestManifestKeepsIndexesAndOmitsPaddingAndLinks(t *testing.T) {
	t.Parallel()
	pad := append(file(16384-10, ".pad", "16374"), "attr", "p")
	link := append(file(0, "link"), "attr", "l", "symlink path", []any{"..", "etc", "passwd"})
	old := file(5, "_____padding_file_0_if you see this file")
	_, man, err := source.ParseTorrent([]byte(ben(multi(file(10, "a"), pad, file(20, "b", "c"), link, old, file(0, "empty")))))
	if err != nil {
		t.Fatal(err)
	}
	want := []models.ManifestFile{{Index: 0, Path: "a", Size: 10}, {Index: 2, Path: "b/c", Size: 20}, {Index: 5, Path: "empty"}}
	if fmt.Sprint(man.Files) != fmt.Sprint(want) || man.Size != 30 {
		t.Errorf("files %v", man.Files)
	}
	if _, _, err := source.ParseTorrent([]byte(ben(multi(link)))); problemOf(err) != models.ProblemNoFiles {
		t.Errorf("only links: %v", err)
	}
}

func TestClashingPathsBecomeUnique(t *testing.T) {
	t.Parallel()
	_, man, err := source.ParseTorrent([]byte(ben(multi(
		file(1, "a.txt"), file(1, "A.TXT"), file(1, "a (2).txt"), file(1, "d"), file(1, "D", "x"),
		file(1, "caf\u00e9"), file(1, "cafe\u0301"), file(1, "..", "a.txt"), file(1, "x\\y"), file(1, "x", "y"),
	))))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range man.Files {
		got = append(got, f.Path)
	}
	want := "a.txt|A (2).TXT|a (2) (2).txt|d (2)|D/x|café|café (2)|a (3).txt|x/y|x/y (2)"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestPreferredNames(t *testing.T) {
	t.Parallel()
	d := dict{"info", dict{
		"files",
		[]any{dict{"length", 1, "path", []any{"\xffraw"}, "path.utf-8", []any{"größe"}}},
		"name", "\xffraw", "name.utf-8", "AC/DC", "piece length", kib16, "pieces", pieces(1), "private", 1,
	}}
	src, man, err := source.ParseTorrent([]byte(ben(d)))
	if err != nil || man.Name != "AC_DC" || man.Files[0].Path != "größe" || !src.Private || !man.Private {
		t.Errorf("%+v, %v", man, err)
	}
}

func v2tree(files ...any) dict { return dict(files) }

func leaf(length int, root string) dict {
	if length == 0 {
		return dict{"", dict{"length", 0}}
	}
	return dict{"", dict{"length", length, "pieces root", root}}
}

var root = strings.Repeat("r", 32)

func TestHybrids(t *testing.T) {
	t.Parallel()
	pad := append(file(kib16-10, ".pad", "x"), "attr", "p")
	build := func(files []any, tree dict, n int) dict {
		return dict{"info", dict{
			"file tree", tree, "files", files, "meta version", 2, "name", "set",
			"piece length", kib16, "pieces", pieces(n),
		}}
	}
	good := v2tree("a", leaf(10, root), "b", v2tree("c", leaf(20, root)))
	src, man, err := source.ParseTorrent([]byte(ben(build([]any{file(10, "a"), pad, file(20, "b", "c")}, good, 2))))
	if err != nil || src.InfoHashV1 == "" || src.InfoHashV2 == "" || len(man.Files) != 2 || man.Files[1].Index != 1 || man.Files[1].Path != "b/c" {
		t.Fatalf("%+v, %v", man, err)
	}
	for name, d := range map[string]dict{
		"another size":   build([]any{file(10, "a"), pad, file(21, "b", "c")}, good, 2),
		"another name":   build([]any{file(10, "a"), pad, file(20, "b", "d")}, good, 2),
		"one missing":    build([]any{file(10, "a"), pad}, good, 2),
		"one more":       build([]any{file(10, "a"), pad, file(20, "b", "c"), file(1, "z")}, good, 2),
		"not aligned":    build([]any{file(10, "a"), file(20, "b", "c")}, good, 2),
		"shifted":        build([]any{file(10, "a"), append(file(kib16-20, ".pad", "x"), "attr", "p"), file(20, "b", "c")}, good, 2),
		"pieces differ":  build([]any{file(10, "a"), pad, file(20, "b", "c")}, good, 3),
		"empty folder":   build([]any{file(10, "a")}, v2tree("a", leaf(10, root), "b", v2tree()), 1),
		"file and dir":   build([]any{file(10, "a")}, v2tree("a", dict{"", dict{"length", 10, "pieces root", root}, "x", leaf(1, root)}), 1),
		"no root":        build([]any{file(10, "a")}, v2tree("a", dict{"", dict{"length", 10}}), 1),
		"short root":     build([]any{file(10, "a")}, v2tree("a", leaf(10, "abc")), 1),
		"negative":       build([]any{file(10, "a")}, v2tree("a", leaf(-10, root)), 1),
		"out of order":   build([]any{file(10, "b"), pad, file(10, "a")}, v2tree("b", leaf(10, root), "a", leaf(10, root)), 2),
		"twice":          build([]any{file(10, "a"), pad, file(10, "a")}, v2tree("a", leaf(10, root), "a", leaf(10, root)), 2),
		"no power of 2":  {"info", dict{"file tree", v2tree("a", leaf(10, root)), "meta version", 2, "name", "x", "piece length", 17000}},
		"no file tree":   {"info", dict{"meta version", 2, "name", "x", "piece length", kib16}},
		"layer cut off":  {"info", dict{"file tree", v2tree("a", leaf(40000, root)), "meta version", 2, "name", "x", "piece length", kib16}, "piece layers", dict{root, "abc"}},
		"wrong layer":    {"info", dict{"file tree", v2tree("a", leaf(40000, root)), "meta version", 2, "name", "x", "piece length", kib16}, "piece layers", dict{root, strings.Repeat("x", 96)}},
		"layers no dict": {"info", dict{"file tree", v2tree("a", leaf(40000, root)), "meta version", 2, "name", "x", "piece length", kib16}, "piece layers", 7},
	} {
		if _, _, err := source.ParseTorrent([]byte(ben(d))); problemOf(err) != models.ProblemMalformedTorrent {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, d := range map[string]dict{
		"an empty file after another":  build([]any{file(10, "a"), file(0, "b")}, v2tree("a", leaf(10, root), "b", leaf(0, "")), 1),
		"an empty file before another": build([]any{file(0, "a"), file(10, "b")}, v2tree("a", leaf(0, ""), "b", leaf(10, root)), 1),
	} {
		src, man, err := source.ParseTorrent([]byte(ben(d)))
		if err != nil || len(man.Files) != 2 {
			t.Fatalf("%s: %+v, %v", name, man, err)
		}
		view, err := source.ViewOf(src.Metainfo)
		alias := view.Alias
		if err != nil || alias == nil || len(alias.Files) != 2 || min(alias.Files[0], alias.Files[1]) != -1 || alias.InfoHashV1 == "" {
			t.Errorf("%s: alias %+v, %v", name, alias, err)
		}
	}
	none := build([]any{file(0, "a")}, v2tree("a", leaf(0, "")), 0)
	if _, _, err := source.ParseTorrent([]byte(ben(none))); problemOf(err) != models.ProblemUnsupported {
		t.Errorf("nothing but empty files: %v", err)
	}
	v3 := dict{"info", dict{"file tree", good, "meta version", 3, "name", "x", "piece length", kib16}}
	if _, _, err := source.ParseTorrent([]byte(ben(v3))); problemOf(err) != models.ProblemUnsupported {
		t.Errorf("version 3: %v", err)
	}
}

func TestV2LayersAreChecked(t *testing.T) {
	t.Parallel()
	// 3 pieces of one block each: the tree is ((a b)(c 0)).
	hash := func(b ...string) string { s := sha256.Sum256([]byte(strings.Join(b, ""))); return string(s[:]) }
	a, b, c := hash("a"), hash("b"), hash("c")
	top := hash(hash(a, b), hash(c, strings.Repeat("\x00", 32)))
	d := dict{
		"info",
		dict{"file tree", v2tree("a", leaf(2*kib16+1, top)), "meta version", 2, "name", "a", "piece length", kib16},
		"piece layers",
		dict{strings.Repeat("other", 7)[:32], "junk", top, a + b + c},
	}
	src, man, err := source.ParseTorrent([]byte(ben(d)))
	if err != nil || src.InfoHashV1 != "" || len(src.InfoHashV2) != 64 || man.InfoHashV2 != src.InfoHashV2 {
		t.Fatalf("%+v, %v", src, err)
	}
	if !bytes.Contains(src.Metainfo, []byte(a+b+c)) || bytes.Contains(src.Metainfo, []byte("junk")) {
		t.Error("the layers that belong to files must stay, others go")
	}
}

func TestHostileTorrents(t *testing.T) {
	t.Parallel()
	manyFiles := func(n int) dict {
		files := make([]any, n)
		for i := range files {
			files[i] = file(1, "f")
		}
		return multi(files...)
	}
	deep := make([]string, 65)
	for i := range deep {
		deep[i] = "d"
	}
	long := make([]string, 60)
	for i := range long {
		long[i] = strings.Repeat("n", 100)
	}
	info := func(kv ...any) dict { return dict{"info", dict(kv)} }
	deepTree := leaf(1, root)
	for range 70 {
		deepTree = v2tree("d", deepTree)
	}
	for name, tt := range map[string]struct {
		in   string
		want models.Problem
	}{
		"empty":                    {"", models.ProblemMalformedTorrent},
		"web page":                 {"<!DOCTYPE html><html>", models.ProblemMalformedTorrent},
		"magnet as a file":         {"magnet:?xt=urn:btih:aaaa", models.ProblemMalformedTorrent},
		"over 10 MiB":              {"d4:infod" + strings.Repeat("1", 10<<20) + "ee", models.ProblemSourceTooLarge},
		"lists in lists":           {strings.Repeat("l", 5_000_000), models.ProblemMalformedTorrent},
		"closed lists in lists":    {strings.Repeat("l", 100) + strings.Repeat("e", 100), models.ProblemMalformedTorrent},
		"3 million values":         {"l" + strings.Repeat("0:", 3_000_001) + "e", models.ProblemMalformedTorrent},
		"cut off":                  {ben(single("a", 1))[:60], models.ProblemMalformedTorrent},
		"huge string length":       {"d4:info99999999999999999999:x", models.ProblemMalformedTorrent},
		"negative string length":   {"d4:info-1:xe", models.ProblemMalformedTorrent},
		"integer key":              {"di1ei2ee", models.ProblemMalformedTorrent},
		"key without value":        {"d4:infoe", models.ProblemMalformedTorrent},
		"integer overflow":         {"d4:infod6:lengthi9223372036854775808eee", models.ProblemMalformedTorrent},
		"leading zero":             {"d4:infod6:lengthi007eee", models.ProblemMalformedTorrent},
		"minus zero":               {"d4:infod6:lengthi-0eee", models.ProblemMalformedTorrent},
		"length and files":         {ben(info("files", []any{file(1, "a")}, "length", 1, "name", "a", "piece length", kib16, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"no info":                  {ben(dict{"announce", "http://t.test/"}), models.ProblemMalformedTorrent},
		"info is a list":           {ben(dict{"info", []any{}}), models.ProblemMalformedTorrent},
		"no name":                  {ben(info("length", 1, "piece length", kib16, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"no pieces":                {ben(info("length", 1, "name", "a", "piece length", kib16)), models.ProblemMalformedTorrent},
		"too few pieces":           {ben(info("length", 40000, "name", "a", "piece length", kib16, "pieces", pieces(2))), models.ProblemMalformedTorrent},
		"too many pieces":          {ben(info("length", 40000, "name", "a", "piece length", kib16, "pieces", pieces(4))), models.ProblemMalformedTorrent},
		"a million pieces claimed": {ben(info("length", 1<<40, "name", "a", "piece length", kib16, "pieces", "")), models.ProblemContentTooLarge},
		"piece length 0":           {ben(info("length", 1, "name", "a", "piece length", 0, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"piece length 1":           {ben(info("length", 1, "name", "a", "piece length", 1, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"piece length 2 GiB":       {ben(info("length", 1, "name", "a", "piece length", 2<<30, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"negative length":          {ben(single("a", -5)), models.ProblemMalformedTorrent},
		"sizes overflow":           {ben(info("files", []any{file(1<<62, "a"), file(1<<62, "b"), file(1<<62, "c")}, "name", "a", "piece length", kib16, "pieces", "")), models.ProblemContentTooLarge},
		"no files":                 {ben(info("files", []any{}, "name", "a", "piece length", kib16, "pieces", "")), models.ProblemNoFiles},
		"50 001 files":             {ben(manyFiles(50_001)), models.ProblemTooManyFiles},
		"65 folders":               {ben(multi(file(1, deep...))), models.ProblemUnsafePath},
		"path of 6 KB":             {ben(multi(file(1, long...))), models.ProblemUnsafePath},
		"only dots":                {ben(multi(file(1, "..", ".", ""))), models.ProblemUnsafePath},
		"path is a string":         {ben(info("files", []any{dict{"length", 1, "path", "x"}}, "name", "a", "piece length", kib16, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"no path":                  {ben(info("files", []any{dict{"length", 1}}, "name", "a", "piece length", kib16, "pieces", pieces(1))), models.ProblemMalformedTorrent},
		"file tree of 70 folders":  {ben(info("file tree", v2tree("d", deepTree), "meta version", 2, "name", "a", "piece length", kib16)), models.ProblemMalformedTorrent},
		"file tree is a number":    {ben(info("file tree", 7, "meta version", 2, "name", "a", "piece length", kib16)), models.ProblemMalformedTorrent},
		"negative version":         {ben(info("length", 1, "meta version", -1, "name", "a", "piece length", kib16, "pieces", pieces(1))), models.ProblemUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := source.ParseTorrent([]byte(tt.in))
			if problemOf(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestLargeTorrent parses as many equal names as are allowed, which is the
// worst case for making them unique: work that grows with the square of the
// input would take hours, and the test with it.
func TestLargeTorrent(t *testing.T) {
	t.Parallel()
	files := make([]any, source.MaxFiles)
	for i := range files {
		files[i] = file(1, "folder", "the same name.bin")
	}
	b := []byte(ben(multi(files...)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	src, man, err := source.ParseTorrent(b)
	runtime.ReadMemStats(&after)
	if err != nil || len(man.Files) != source.MaxFiles || man.Files[49_999].Path != "folder/the same name (50000).bin" {
		t.Fatalf("%d files, %v", len(man.Files), err)
	}
	t.Logf("%d bytes allocated %d MiB", len(b), (after.TotalAlloc-before.TotalAlloc)>>20)
	if !bytes.HasSuffix(b, src.Metainfo[len(src.Metainfo)-100:]) {
		t.Error("the info dictionary changed")
	}
}

func FuzzParseTorrent(f *testing.F) {
	files, _ := filepath.Glob("testdata/libtorrent/*.torrent")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		src, man, err := source.ParseTorrent(b)
		if err != nil {
			if problemOf(err) == "" {
				t.Fatalf("a fault without a problem: %v", err)
			}
			return
		}
		checkResult(t, src, man)
	})
}
