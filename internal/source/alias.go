package source

import (
	"bytes"
	"crypto/sha1" // the v1 info hash is SHA-1 by BEP 3
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/anacrolix/torrent/metainfo"

	"longhaul/models"
)

// Alias is a torrent as the engine can read it, where it can't read the info
// dictionary itself: one with an empty file in a v2 file tree, with numbers and
// keys that programs read in different ways, or with a value of another kind in a
// key that does not matter. It has the same pieces under info hashes of its own, so
// the engine's peers must be told the real ones.
type Alias struct {
	Info       []byte
	InfoHashV1 string
	InfoHashV2 string
	Files      []int // what the engine numbers each file of the torrent; -1 is an empty one that it has not
}

func (in *info) newAlias() *Alias {
	info, files := in.aliasInfo()
	a := &Alias{Info: info, Files: files}
	if in.hasV1() {
		sum := sha1.Sum(info)
		a.InfoHashV1 = hex.EncodeToString(sum[:])
	}
	if in.hasV2() {
		sum := sha256.Sum256(info)
		a.InfoHashV2 = hex.EncodeToString(sum[:])
	}
	return a
}

// aliasInfo writes the info dictionary of the alias, and how it numbers files.
func (in *info) aliasInfo() ([]byte, []int) {
	entries := in.entries()
	numbers := make([]int, len(entries))
	for i := range numbers {
		numbers[i] = i
	}
	w := writer{'d'}
	if in.hasV2() {
		var filled []entry
		for i, e := range entries {
			numbers[i] = -1
			if e.size > 0 {
				numbers[i] = len(filled)
				filled = append(filled, e)
			}
		}
		w.str("file tree")
		w.tree(filled, 0)
	}
	if in.hasV1() { // a hybrid's v1 list says how much padding its pieces have
		list := in.v1List()
		if in.hasV2() {
			list = withContent(list)
		}
		w.str("files")
		w.files(list)
	}
	if in.hasV2() {
		w.str("meta version")
		w.integer(2)
	}
	w.str("name")
	w.str(string(in.name))
	w.str("piece length")
	w.integer(in.pieceLength)
	if in.hasV1() {
		w.str("pieces")
		w.str(string(in.pieces))
	}
	if in.private {
		w.str("private")
		w.integer(1)
	}
	return append(w, 'e'), numbers
}

func withContent(list []entry) (filled []entry) {
	for _, e := range list {
		if e.size > 0 {
			filled = append(filled, e)
		}
	}
	return filled
}

// files writes the list of a v1 torrent.
func (w *writer) files(list []entry) {
	*w = append(*w, 'l')
	for _, e := range list {
		*w = append(*w, 'd')
		if e.pad() {
			w.str("attr")
			w.str("p")
		}
		w.str("length")
		w.integer(e.size)
		w.str("path")
		*w = append(*w, 'l')
		for _, name := range e.path {
			w.str(string(name))
		}
		*w = append(*w, 'e', 'e')
	}
	*w = append(*w, 'e')
}

// tree writes the folder of a v2 file tree that the files share, at so many
// levels. They are in the order of the tree.
func (w *writer) tree(files []entry, level int) {
	*w = append(*w, 'd')
	for len(files) > 0 {
		name, n := files[0].path[level], 1
		for n < len(files) && bytes.Equal(files[n].path[level], name) {
			n++
		}
		w.str(string(name))
		if len(files[0].path) == level+1 {
			*w = append(*w, "d0:d"...)
			w.str("length")
			w.integer(files[0].size)
			w.str("pieces root")
			w.str(string(files[0].root))
			*w = append(*w, 'e', 'e')
		} else {
			w.tree(files[:n], level+1)
		}
		files = files[n:]
	}
	*w = append(*w, 'e')
}

// hasEmpty reports whether a v2 file tree has an empty file or a link, which
// has no pieces root. The engine panics on it: on a piece before it at once, and
// elsewhere when a v2 peer sends hashes.
func (in *info) hasEmpty() bool {
	for _, e := range in.tree {
		if e.size == 0 {
			return true
		}
	}
	return false
}

// engineAgrees loads the info dictionary with the engine's own parser, now that
// its size and depth are bounded, and compares what it found. What the control
// plane shows is then what the engine fetches. Where the engine can't read it, or
// reads it otherwise, it gets the alias.
func engineAgrees(in *info, layers map[string]string) error {
	if !in.hasV2() || !in.hasEmpty() {
		if sameForEngine(in, in.raw, layers, in.entries()) == nil {
			return nil
		}
	}
	filled := in.entries()
	if in.hasV2() {
		filled = withContent(filled)
	}
	if len(filled) == 0 {
		return models.Fault(models.ProblemUnsupported,
			"This is a BitTorrent v2 torrent with nothing but empty files, which is not supported.").
			Because(fmt.Errorf("%s torrent without content", in))
	}
	info, _ := in.aliasInfo()
	if err := sameForEngine(in, info, layers, filled); err != nil {
		return err
	}
	in.alias = true
	return nil
}

func sameForEngine(in *info, raw []byte, layers map[string]string, files []entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = malformed("it cannot be read").Because(fmt.Errorf("metainfo parser: %v", p))
		}
	}()
	mi, err := metainfo.Load(bytes.NewReader(metafile{info: raw, layers: layers}.build()))
	if err != nil {
		return malformed("it cannot be read").Because(err)
	}
	theirs, err := mi.UnmarshalInfo()
	if err != nil {
		return malformed("it cannot be read").Because(err)
	}
	if theirs.PieceLength != in.pieceLength || (in.hasV1() && !bytes.Equal(theirs.Pieces, in.pieces)) {
		return malformed("it is ambiguous")
	}
	next := 0
	for fi := range theirs.UpvertedFilesIter() {
		if next == len(files) || fi.Length != files[next].size || string(fi.PiecesRoot.Value[:]) != rootOf(files[next]) {
			return malformed("it is ambiguous")
		}
		next++
	}
	if next != len(files) {
		return malformed("it is ambiguous")
	}
	return nil
}

// rootOf returns the pieces root as the engine has it: zeros if there is none.
func rootOf(e entry) string {
	if len(e.root) == 0 {
		return string(make([]byte, sha256.Size))
	}
	return string(e.root)
}

// View is what an engine needs to know of a torrent beside its info dictionary.
type View struct {
	Seeds []string // web seeds
	Alias *Alias   // nil if the engine can read the torrent
	File  bool     // it is one file and no folder, so a web seed's address is the file's
}

// ViewOf returns the view of metainfo that ParseTorrent has returned.
func ViewOf(metainfo []byte) (View, error) {
	in, top, err := readAgain(metainfo)
	if err != nil {
		return View{}, err
	}
	if err := engineAgrees(in, top.layers); err != nil {
		return View{}, err
	}
	v := View{Seeds: top.seeds.used, File: in.single()}
	if in.alias {
		v.Alias = in.newAlias()
	}
	return v, nil
}

// readAgain reads metainfo that was checked before.
func readAgain(metainfo []byte) (*info, metafile, error) {
	value, err := scan(metainfo)
	if err != nil {
		return nil, metafile{}, notBencode(metainfo, err)
	}
	top, err := readTop(value)
	if err != nil {
		return nil, metafile{}, err
	}
	in, err := readInfo(top.info)
	if err == nil {
		err = in.check()
	}
	return in, top, err
}
