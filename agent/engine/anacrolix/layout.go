package anacrolix

import (
	"sort"

	"github.com/anacrolix/torrent/metainfo"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
	"longhaul/internal/source"
	"longhaul/models"
)

// span is where a selected file lies in the torrent's run of bytes.
type span struct {
	file   int // place in the manifest
	begin  int64
	length int64
	part   int64 // bytes of what is stored together
}

// extent is the part of a piece that lies in a selected file.
type extent struct {
	file   int
	off    int64 // in the file
	at     int64 // in the piece
	length int64
}

// layout maps pieces to ranges of the selected files. Padding and files that
// were not selected have no ranges.
type layout struct {
	pieceLength int64
	lengths     func(piece int) int64
	pieces      int
	spans       []span // by begin, empty files left out
	selected    int64  // bytes of the selected files
}

// newLayout checks the selection against the info dictionary. The library
// numbers the files of a v2 or hybrid torrent by the file tree and those of a
// v1 torrent by their list, as the manifest does.
func newLayout(info *metainfo.Info, files []engine.File) (*layout, error) {
	return layoutOf(info, files, nil)
}

// layoutOf is newLayout for a torrent whose files the library may number in
// another way, by an alias.
func layoutOf(info *metainfo.Info, files []engine.File, alias *source.Alias) (*layout, error) {
	listed := listedFiles(info, alias)
	l := &layout{pieceLength: info.PieceLength, pieces: info.NumPieces()}
	l.lengths = pieceLengths(info, info.UpvertedFiles())
	seen := make(map[int]bool, len(files))
	for _, f := range files {
		if f.Index < 0 || f.Index >= len(listed) || seen[f.Index] {
			return nil, models.Fault(models.ProblemBadSelection, "The torrent has no file number %d.", f.Index)
		}
		seen[f.Index] = true
		in := listed[f.Index]
		if f.Size >= 0 && f.Size != in.Length {
			return nil, models.Fault(models.ProblemBadSelection, "File %d of the torrent doesn't have the expected size.", f.Index)
		}
		if in.Length == 0 {
			continue
		}
		part := f.PartSize
		if part <= 0 {
			part = in.Length
		}
		l.spans = append(l.spans, span{file: f.Index, begin: in.TorrentOffset, length: in.Length, part: part})
		l.selected += in.Length
	}
	sort.Slice(l.spans, func(i, j int) bool { return l.spans[i].begin < l.spans[j].begin })
	return l, nil
}

// listedFiles returns the files as the manifest numbers them.
func listedFiles(info *metainfo.Info, alias *source.Alias) []metainfo.FileInfo {
	listed := info.UpvertedFiles()
	if alias == nil {
		return listed
	}
	out := make([]metainfo.FileInfo, len(alias.Files))
	for i, n := range alias.Files {
		if n >= 0 {
			out[i] = listed[n]
		}
	}
	return out
}

// pieceLengths returns the length of each piece as it is fetched. The library's
// own way walks all files for each piece of a v2 torrent.
func pieceLengths(info *metainfo.Info, listed []metainfo.FileInfo) func(int) int64 {
	if !info.HasV2() {
		total := int64(0)
		if n := len(listed); n > 0 {
			total = listed[n-1].TorrentOffset + listed[n-1].Length
		}
		return func(piece int) int64 { return min(info.PieceLength, total-int64(piece)*info.PieceLength) }
	}
	ends := make([]int64, 0, len(listed)) // of non-empty files, each of which starts a piece
	for _, f := range listed {
		if f.Length > 0 {
			ends = append(ends, f.TorrentOffset+f.Length)
		}
	}
	return func(piece int) int64 {
		begin := int64(piece) * info.PieceLength
		i := sort.Search(len(ends), func(i int) bool { return ends[i] > begin })
		if i == len(ends) {
			return 0
		}
		return min(info.PieceLength, ends[i]-begin)
	}
}

// extents calls do for each range of a selected file in the piece, in order.
func (l *layout) extents(piece int, do func(extent) bool) {
	begin := int64(piece) * l.pieceLength
	end := begin + l.lengths(piece)
	for i := l.spanAt(begin); i < len(l.spans) && l.spans[i].begin < end; i++ {
		s := l.spans[i]
		from, to := max(begin, s.begin), min(end, s.begin+s.length)
		if !do(extent{file: s.file, off: from - s.begin, at: from - begin, length: to - from}) {
			return
		}
	}
}

// spanAt returns the first span that ends after the place in the torrent.
func (l *layout) spanAt(at int64) int {
	return sort.Search(len(l.spans), func(i int) bool { return l.spans[i].begin+l.spans[i].length > at })
}

// parts calls do for each part of a selected file that the piece has bytes of.
func (l *layout) parts(piece int, do func(file int, part byterange.Range) bool) {
	l.extents(piece, func(e extent) bool {
		s := l.spans[l.spanAt(int64(piece)*l.pieceLength+e.at)]
		for at := e.off / s.part * s.part; at < e.off+e.length; at += s.part {
			if !do(e.file, byterange.Between(at, min(at+s.part, s.length))) {
				return false
			}
		}
		return true
	})
}

// wanted returns how many bytes of the piece belong to selected files.
func (l *layout) wanted(piece int) (n int64) {
	l.extents(piece, func(e extent) bool {
		n += e.length
		return true
	})
	return n
}

// done reports whether the store has all of the piece that belongs to selected
// files; a piece without any is never done, as it is never fetched.
func (l *layout) done(piece int, store engine.Store) bool {
	some, all := false, true
	l.extents(piece, func(e extent) bool {
		some = true
		all = store.Has(e.file, e.off, e.length)
		return all
	})
	return some && all
}
