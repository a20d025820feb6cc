package source_test

import (
	"fmt"
	"strings"
	"testing"

	"longhaul/internal/growthtest"
	"longhaul/internal/source"
)

// TestTorrentsCostWhatTheyWeigh parses torrents that are made to be expensive:
// many times the files must not cost that many times as much each.
func TestTorrentsCostWhatTheyWeigh(t *testing.T) {
	long := strings.Repeat("n", 240)
	letters := []rune("äöüßçñéèêëîïôœøåÆÐΣςЖщ")
	deep := func(i, levels int) []string {
		path := make([]string, 0, levels+1)
		for level := range levels {
			path = append(path, fmt.Sprintf("%c%c%d", letters[level%len(letters)], letters[i%len(letters)], i%97))
		}
		return append(path, fmt.Sprintf("é%d", i))
	}
	for name, c := range map[string]struct {
		files int
		path  func(i int) []string
	}{
		"one name":                    {2_500, func(int) []string { return []string{"a"} }},
		"one name of 255 bytes":       {1_000, func(int) []string { return []string{long + strings.Repeat("x", 15)} }},
		"long names, each twice":      {1_000, func(i int) []string { return []string{fmt.Sprintf("%s%013dx", long, i/2)} }},
		"long names with extensions":  {1_000, func(i int) []string { return []string{fmt.Sprintf("%s%09d.txt", long, i/2)} }},
		"numbers that are taken":      {2_000, func(i int) []string { return []string{[]string{fmt.Sprintf("a (%d)", i), "a"}[i%2]} }},
		"case and composition":        {2_000, func(i int) []string { return []string{[]string{"É", "é", "e\u0301", "E\u0301"}[i%4]} }},
		"files that are folders":      {1_000, func(i int) []string { return [][]string{{"d"}, {"D", "x"}, {"d (2)", "x"}}[i%3] }},
		"60 Unicode folders per path": {600, func(i int) []string { return deep(i, 60) }},
		"60 long folders, shared": {500, func(i int) []string {
			return append(strings.Split(strings.Repeat("ordner-größe-maß/", 60), "/")[:60], fmt.Sprintf("é%d", i))
		}},
		"names in GBK":                {1_000, func(i int) []string { return []string{"\xd6\xd0\xce\xc4", fmt.Sprintf("\xb2\xe2\xca\xd4%d", i)} }},
		"names of nothing":            {1_000, func(i int) []string { return []string{"..", "x", []string{"", "n"}[i%2]} }},
		"slashes in names":            {500, func(i int) []string { return []string{strings.Repeat("ä/", 60) + fmt.Sprint(i)} }},
		"combining marks without end": {100, func(i int) []string { return []string{strings.Repeat("\u0301\u0316", 1_000) + fmt.Sprint(i)} }},
	} {
		t.Run(name, func(t *testing.T) {
			growthtest.Linear(t, c.files, func(n int) func() {
				files := make([]any, n)
				for i := range files {
					files[i] = file(1, c.path(i)...)
				}
				b := []byte(ben(multi(files...)))
				return func() {
					if _, _, err := source.ParseTorrent(b); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
}

// deepTree is a v2 torrent with so many files in a folder of so many levels.
func deepTree(folder string, levels, files int) []byte {
	var tree dict
	for i := range files {
		tree = append(tree, fmt.Sprintf("%08d", i), leaf(1, root))
	}
	for range levels {
		tree = dict{folder, tree}
	}
	return []byte(ben(dict{"info", dict{"file tree", tree, "meta version", 2, "name", "deep", "piece length", kib16}}))
}

// TestDeepTreesCostWhatTheyWeigh nests the folders of a v2 torrent: every
// further level must not cost as much as all before.
func TestDeepTreesCostWhatTheyWeigh(t *testing.T) {
	growthtest.Linear(t, 7, func(levels int) func() {
		b := deepTree("größe", levels, 2_000)
		return func() {
			if _, _, err := source.ParseTorrent(b); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestMagnetsCostWhatTheyWeigh repeats what a magnet link may repeat.
func TestMagnetsCostWhatTheyWeigh(t *testing.T) {
	const magnet = "magnet:?xt=urn:btih:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	for name, more := range map[string]func(n int) string{
		"ranges of all files": func(n int) string { return "&so=" + strings.Repeat("0-49999,", n) + "1" },
		"ranges that overlap": func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "%d-%d,", i, 40_000+i)
			}
			return "&so=" + b.String() + "1"
		},
		"selections": func(n int) string { return strings.Repeat("&so=0-49999", n/4) },
		"web seeds": func(n int) string {
			var b strings.Builder
			for i := range n / 8 {
				fmt.Fprintf(&b, "&ws=http://w%d.example/a&x.pe=h%d.example:6881", i, i)
			}
			return b.String()
		},
		"lines":        func(n int) string { return strings.Repeat("&dn=\r\n > a", n/4) },
		"trackers":     func(n int) string { return strings.Repeat("&tr=http://tracker.example/a", n/4) },
		"names":        func(n int) string { return strings.Repeat("&dn=%e2%80%8b", n/4) },
		"a long title": func(n int) string { return "&dn=" + strings.Repeat("%c3%a4/", n) },
	} {
		t.Run(name, func(t *testing.T) {
			growthtest.Linear(t, 600, func(n int) func() {
				link := magnet + more(n)
				return func() {
					if _, err := source.ParseMagnet(link); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
}

// TestLimitsOfPaths refuses what would be long only after it was worked out.
func TestLimitsOfPaths(t *testing.T) {
	t.Parallel()
	folders, levels := make([]any, 4_000), file(1, strings.Repeat("a/", source.MaxDepth)+"f")
	for i := range folders {
		path := make([]string, 0, 61)
		for level := range 60 {
			path = append(path, fmt.Sprintf("%d-%d", i, level))
		}
		folders[i] = file(1, append(path, "f")...)
	}
	for name, b := range map[string][]byte{
		"all paths together": deepTree(strings.Repeat("o", 200), 20, 5_000),
		"folders":            []byte(ben(multi(folders...))),
		"levels":             []byte(ben(multi(levels))),
	} {
		if _, _, err := source.ParseTorrent(b); problemOf(err) != "unsafe_path" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
