package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"longhaul/models"
)

// info is what is used of an info dictionary (BEP 3, BEP 47, BEP 52).
type info struct {
	name, nameUTF8 []byte
	pieceLength    int64
	pieces         []byte
	metaVersion    int64
	private        bool

	hasName, hasPieceLength, hasPieces, hasLength, hasFiles, hasTree bool

	raw      []byte
	odd      bool // programs may read it in different ways
	alias    bool // the engine reads it through an Alias
	nameless bool // no file has a usable name

	one   entry   // the only file of a v1 single-file torrent
	files []entry // the files of a v1 multi-file torrent, padding included
	tree  []entry // the files of a v2 file tree, in its order
}

// entry is one file as the metainfo has it.
type entry struct {
	path     [][]byte
	pathUTF8 [][]byte
	size     int64
	attr     []byte
	link     bool
	root     []byte // v2: the file's Merkle root
}

func (e entry) pad() bool { return bytes.IndexByte(e.attr, 'p') >= 0 }

// skipped reports whether the file is not one for the user: padding (BEP 47, or
// by older naming conventions) or a symbolic link.
func (e entry) skipped() bool {
	if e.link || e.pad() || bytes.IndexByte(e.attr, 'l') >= 0 {
		return true
	}
	for i, name := range e.path {
		if bytes.HasPrefix(name, []byte(".____padding_file")) {
			return true
		}
		if i == len(e.path)-1 && bytes.HasPrefix(name, []byte("_____padding_file_")) {
			return true
		}
	}
	// As BEP 47 recommends to name padding, by programs that forget the attribute.
	return len(e.path) == 2 && string(e.path[0]) == ".pad" && string(e.path[1]) == strconv.FormatInt(e.size, 10)
}

// display returns the path that is shown: the one in UTF-8 if it is what it says.
func (e entry) display() [][]byte {
	foreign := func(name []byte) bool { return !utf8.Valid(name) }
	if len(e.pathUTF8) > 0 && !slices.ContainsFunc(e.pathUTF8, foreign) {
		return e.pathUTF8
	}
	return e.path
}

func (in *info) hasV2() bool { return in.metaVersion == 2 }

func (in *info) hasV1() bool {
	return !in.hasV2() || in.hasPieces || in.hasFiles || in.hasLength
}

// entries returns the files in the order that the engine numbers them: the v2
// file tree if there is one, otherwise the v1 list.
func (in *info) entries() []entry {
	switch {
	case in.hasV2():
		return in.tree
	case in.hasFiles:
		return in.files
	default:
		return []entry{in.one}
	}
}

// v1List returns the files of v1, padding included.
func (in *info) v1List() []entry {
	if in.hasFiles {
		return in.files
	}
	return []entry{in.one}
}

// single reports whether the torrent is one file that is not in a folder.
func (in *info) single() bool {
	if in.hasV2() {
		return len(in.tree) == 1 && len(in.tree[0].path) == 1
	}
	return !in.hasFiles
}

func readInfo(raw []byte) (*info, error) {
	in := &info{raw: raw}
	r := &reader{b: raw}
	err := r.dict(func(key []byte) error { return in.readKey(r, key) })
	if e, ok := errors.AsType[*models.Error](err); ok {
		return nil, e
	}
	if err != nil {
		return nil, malformed("its info section is invalid").Because(err)
	}
	in.odd = r.odd
	in.one.path, in.one.pathUTF8 = [][]byte{in.name}, nil
	if len(in.nameUTF8) > 0 {
		in.one.pathUTF8 = [][]byte{in.nameUTF8}
	}
	return in, nil
}

func (in *info) readKey(r *reader, key []byte) (err error) {
	switch string(key) {
	case "name":
		in.hasName = true
		in.name, err = r.str()
	case "name.utf-8":
		in.nameUTF8, err = r.optionalString()
	case "piece length":
		in.hasPieceLength = true
		in.pieceLength, err = r.integer()
	case "pieces":
		in.hasPieces = true
		in.pieces, err = r.str()
	case "length":
		in.hasLength = true
		in.one.size, err = r.integer()
	case "attr":
		in.one.attr, err = r.optionalString()
	case "symlink path":
		in.one.link = true
		err = r.skip()
	case "files":
		in.hasFiles = true
		in.files, err = r.v1Files()
	case "meta version":
		if r.kind() != 'i' {
			return r.skip() // so it names no version
		}
		in.metaVersion, err = r.integer()
	case "file tree":
		in.hasTree = true
		in.tree, err = r.fileTree(nil, nil)
	case "private":
		if r.kind() != 'i' {
			return r.skip()
		}
		var n int64
		n, err = r.integer()
		in.private = n != 0
	default:
		err = r.skip()
	}
	return err
}

func tooManyFiles() error {
	return models.Fault(models.ProblemTooManyFiles, "This torrent has more than %d files.", MaxFiles).With("limit", MaxFiles)
}

func (r *reader) v1Files() ([]entry, error) {
	var files []entry
	err := r.list(func() error {
		if len(files) == MaxFiles {
			return tooManyFiles()
		}
		var e entry
		hasPath := false
		err := r.dict(func(key []byte) (err error) {
			switch string(key) {
			case "length":
				e.size, err = r.integer()
			case "path":
				hasPath = true
				e.path, err = r.strings(MaxDepth)
			case "path.utf-8":
				e.pathUTF8, err = r.optionalStrings(MaxDepth)
			case "attr":
				e.attr, err = r.optionalString()
			case "symlink path":
				e.link = true
				err = r.skip()
			default:
				err = r.skip()
			}
			return err
		})
		if errors.Is(err, errDepth) {
			return deepPath()
		}
		if err != nil {
			return err
		}
		if len(e.path) == 0 && len(e.pathUTF8) > 0 {
			e.path, hasPath = e.pathUTF8, true
		}
		if e.pad() && len(e.path) == 0 {
			e.path = [][]byte{[]byte(".pad")} // some programs leave the path of padding out
		} else if !hasPath || len(e.path) == 0 {
			return fmt.Errorf("file %d has no path", len(files))
		}
		files = append(files, e)
		return nil
	})
	return files, err
}

func deepPath() error {
	return unsafePath("A file of this torrent is more than %d folders deep.", MaxDepth)
}

// fileTree reads a directory of a v2 file tree. Its keys must be in order, as
// BEP 52 asks, because their order numbers the files.
func (r *reader) fileTree(dir [][]byte, out []entry) ([]entry, error) {
	if len(dir) >= MaxDepth {
		return nil, deepPath()
	}
	var last []byte
	n := 0
	err := r.pairs(func(name []byte) error {
		if len(name) == 0 {
			return errors.New("a folder of the file tree has the properties of a file")
		}
		if n > 0 && bytes.Compare(last, name) >= 0 {
			return errors.New("the file tree is out of order")
		}
		last = name
		n++
		path := append(dir[:len(dir):len(dir)], name)
		if !r.leafAhead() {
			var err error
			out, err = r.fileTree(path, out)
			return err
		}
		if len(out) == MaxFiles {
			return tooManyFiles()
		}
		e, err := r.leaf()
		e.path = path
		out = append(out, e)
		return err
	})
	if err == nil && n == 0 {
		err = errors.New("a folder of the file tree is empty")
	}
	return out, err
}

// leafAhead reports whether the value ahead is the node of a file: d0:…
func (r *reader) leafAhead() bool { return bytes.HasPrefix(r.b[r.pos:], []byte("d0:")) }

func (r *reader) leaf() (entry, error) {
	var e entry
	hasLength, n := false, 0
	err := r.pairs(func(key []byte) error {
		if n++; n > 1 || len(key) != 0 {
			return errors.New("a file of the file tree has entries of a folder")
		}
		return r.dict(func(key []byte) (err error) {
			switch string(key) {
			case "length":
				hasLength = true
				e.size, err = r.integer()
			case "pieces root":
				e.root, err = r.str()
			case "attr":
				e.attr, err = r.optionalString()
			case "symlink path":
				e.link = true
				err = r.skip()
			default:
				err = r.skip()
			}
			return err
		})
	})
	if err == nil && !hasLength && !e.skippedLink() {
		err = errors.New("a file of the file tree has no length")
	}
	return e, err
}

func (e entry) skippedLink() bool { return e.link || bytes.IndexByte(e.attr, 'l') >= 0 }

// check applies the rules that hold for the info dictionary as a whole.
func (in *info) check() error {
	switch {
	case in.metaVersion < 0 || in.metaVersion > 2:
		return models.Fault(models.ProblemUnsupported,
			"This torrent uses version %d of the BitTorrent format, which is not supported.", in.metaVersion)
	case in.hasV2() && in.odd: // BEP 52 knows one spelling only
		return malformed("a number or key in it is not written as the v2 format demands")
	case in.hasV2() && !in.hasTree:
		return malformed("it has no file tree")
	case !in.hasName && len(in.nameUTF8) == 0:
		return malformed("it has no name")
	case !in.hasPieceLength:
		return malformed("it has no piece length")
	case in.hasV2() && in.pieceLength&(in.pieceLength-1) != 0:
		return malformed("its piece length is not a power of two")
	case in.pieceLength < MinPieceLength || in.pieceLength > MaxPieceLength:
		return malformed(fmt.Sprintf("its piece length is not between %d KiB and %d MiB",
			MinPieceLength>>10, MaxPieceLength>>20))
	case in.hasV2() && in.pieceLength < blockLength:
		return malformed(fmt.Sprintf("its piece length is less than %d KiB", blockLength>>10))
	}
	if in.hasV1() {
		if err := in.checkV1(); err != nil {
			return err
		}
	}
	if in.hasV2() {
		return in.checkV2()
	}
	return nil
}

func (in *info) checkV1() error {
	switch {
	case !in.hasPieces || len(in.pieces)%20 != 0:
		return malformed("its piece hashes are missing or cut off")
	case in.hasFiles && in.hasLength:
		return malformed("it is a single file and a folder at once")
	case !in.hasFiles && !in.hasLength:
		return malformed("it lists no files")
	}
	total, err := sum(in.v1List())
	if err != nil {
		return err
	}
	pieces := ceilDiv(total, in.pieceLength)
	if pieces > MaxPieces {
		return tooManyPieces(pieces)
	}
	if int64(len(in.pieces)/20) != pieces {
		return malformed("its number of piece hashes does not match its size")
	}
	return nil
}

// sum adds up the sizes, which must not be negative or overflow.
func sum(list []entry) (int64, error) {
	var total int64
	for _, e := range list {
		if e.size < 0 {
			return 0, malformed("a file has a negative size")
		}
		if e.size > math.MaxInt64-MaxPieceLength-total {
			return 0, models.Fault(models.ProblemContentTooLarge, "This torrent claims an impossible size.")
		}
		total += e.size
	}
	return total, nil
}

func ceilDiv(n, d int64) int64 { return n/d + min(n%d, 1) }

func tooManyPieces(n int64) error {
	return models.Fault(models.ProblemContentTooLarge,
		"This torrent has %d pieces; at most %d are supported.", n, MaxPieces).
		With("pieces", n).With("maxPieces", MaxPieces)
}

// String names the torrent's generation, for error causes.
func (in *info) String() string {
	var s []string
	if in.hasV1() {
		s = append(s, "v1")
	}
	if in.hasV2() {
		s = append(s, "v2")
	}
	return strings.Join(s, "+")
}
