package source

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Distinct returns the paths with those renamed that would be the same file,
// or a file and a folder, on a system that ignores case and composition:
// "a (2).txt". Its work grows with the length of the paths and with nothing
// else, however they collide.
func Distinct(paths []string) []string {
	out, _ := distinct(paths, math.MaxInt)
	return out
}

// distinct is Distinct, and false if there are more folders than that.
func distinct(paths []string, maxFolders int) ([]string, bool) {
	t := &tree{fold: cases.Fold(), folds: map[string]string{}, nodes: map[node]int{}, next: map[family]int{}}
	out, folders := slices.Clone(paths), make([]int, len(paths))
	for i, p := range paths {
		if folders[i] = t.enter(p); len(t.nodes) > maxFolders {
			return nil, false
		}
	}
	for i, p := range paths {
		at := strings.LastIndexByte(p, '/') + 1
		if name := t.claim(folders[i], p[at:]); name != p[at:] {
			out[i] = p[:at] + name
		}
	}
	return out, true
}

// tree is the folders and files whose names are taken. A folder has a number,
// so that a path costs its length once, and not once per level.
type tree struct {
	fold  cases.Caser
	folds map[string]string // of folders' names
	nodes map[node]int
	next  map[family]int
}

// node is a name in a folder, as it is compared.
type node struct {
	folder int
	name   string
}

// family is all numbered names that differ only in a number of so many digits.
// It remembers where its free numbers begin, so that each number is tried once
// however many names come to it.
type family struct {
	folder, digits int
	stem, ext      string // as they are compared
}

// enter returns the number of the folder that a path lies in.
func (t *tree) enter(p string) int {
	folder := 0
	for {
		name, rest, below := strings.Cut(p, "/")
		if !below {
			return folder
		}
		p = rest
		key, known := t.folds[name]
		if !known {
			key = t.folded(name)
			t.folds[name] = key
		}
		n := node{folder, key}
		if _, known = t.nodes[n]; !known {
			t.nodes[n] = len(t.nodes) + 1
		}
		folder = t.nodes[n]
	}
}

// claim takes the name for a file in the folder, or the next free one: it puts
// " (n)" before the extension.
func (t *tree) claim(folder int, name string) string {
	if t.take(folder, t.folded(name)) {
		return name
	}
	ext := extension(name)
	whole := strings.TrimSuffix(name, ext)
	f := family{folder: folder, ext: t.folded(ext)}
	for first := 1; ; first *= 10 {
		f.digits++
		stem := cutName(whole, maxNameBytes-len(" ()")-f.digits-len(ext))
		f.stem = t.folded(stem)
		for n := max(first, t.next[f], 2); n < 10*first; n++ {
			number := " (" + strconv.Itoa(n) + ")"
			t.next[f] = n + 1
			if t.take(folder, f.stem+number+f.ext) {
				return stem + number + ext
			}
		}
	}
}

func (t *tree) take(folder int, key string) bool {
	n := node{folder, key}
	if _, taken := t.nodes[n]; taken {
		return false
	}
	t.nodes[n] = len(t.nodes) + 1
	return true
}

func (t *tree) folded(s string) string { return norm.NFC.String(t.fold.String(s)) }
