// Package zipfile lays out zips of stored files: where each byte of one comes
// from is known before any is read, so that a client can resume anywhere. It
// writes the records of the format and reads no file.
//
// Entries are stored without compression. An entry whose checksum is known has
// it, and its size, before its bytes, as readers of streams need. One whose
// checksum is learned while its bytes pass has a data descriptor after them.
package zipfile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"sort"
	"time"
)

// Entry is one file of a zip.
type Entry struct {
	Name     string // with slashes; UTF-8
	Size     int64
	CRC32    *uint32   // IEEE; nil if it is not known
	Modified time.Time // whole seconds count
	Version  string    // of the content: another one makes another zip
}

// Kind says what a piece of a zip holds.
type Kind int

// What a zip holds, in this order, the first three for each entry.
const (
	Header     Kind = iota // a local header
	Data                   // an entry's bytes
	Descriptor             // checksum and sizes after the bytes
	Directory              // an entry of the central directory
	End                    // the records after the directory
)

// Piece is a run of bytes of a zip that come from one place.
type Piece struct {
	Kind  Kind
	Entry int   // of which it is; 0 for the end
	Start int64 // in the zip
	Len   int64
}

// Layout knows where everything is in a zip.
type Layout struct {
	entries []Entry
	local   []int64 // where each entry starts, and at last where the directory does
	central []int64 // where each entry of the directory starts, and at last where the end does
	size    int64
	known   bool
}

// New lays out a zip of the entries.
func New(entries []Entry) *Layout {
	l := &Layout{entries: entries, local: make([]int64, 0, len(entries)+1), central: make([]int64, 0, len(entries)+1), known: true}
	var at int64
	for _, e := range entries {
		l.local = append(l.local, at)
		at += headerLen(e) + e.Size + descriptorLen(e)
		l.known = l.known && e.CRC32 != nil
	}
	l.local = append(l.local, at)
	for i, e := range entries {
		l.central = append(l.central, at)
		at += centralLen(e, l.local[i])
	}
	l.central = append(l.central, at)
	l.size = at + zipEnd
	if l.needs64() {
		l.size += zipEnd64
	}
	return l
}

// Size returns how long the zip is.
func (l *Layout) Size() int64 { return l.size }

// Entries returns what the zip is made of.
func (l *Layout) Entries() []Entry { return l.entries }

// Known reports whether all checksums are known, so that the zip can be read
// from anywhere and is the same each time.
func (l *Layout) Known() bool { return l.known }

// Tag identifies the bytes of a zip whose checksums are known.
func (l *Layout) Tag() string {
	h := sha256.New()
	var b []byte
	for _, e := range l.entries {
		b = append(b[:0], byte(format))
		for _, s := range []string{e.Name, e.Version} {
			b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
			b = append(b, s...)
		}
		b = binary.BigEndian.AppendUint64(b, uint64(e.Size))
		b = binary.BigEndian.AppendUint64(b, uint64(e.Modified.Unix()))
		if e.CRC32 != nil {
			b = binary.BigEndian.AppendUint32(b, *e.CRC32)
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// format counts the ways in which this package has written zips: a client
// that has the start of a zip in one never gets the rest in another.
const format = 1

// At returns the piece that has the byte at the offset, which must lie within
// the zip.
func (l *Layout) At(offset int64) Piece {
	switch end := l.central[len(l.entries)]; {
	case offset >= end:
		return Piece{Kind: End, Start: end, Len: l.size - end}
	case offset >= l.local[len(l.entries)]:
		i := before(l.central, offset)
		return Piece{Kind: Directory, Entry: i, Start: l.central[i], Len: l.central[i+1] - l.central[i]}
	}
	i := before(l.local, offset)
	e := l.entries[i]
	p := Piece{Kind: Header, Entry: i, Start: l.local[i], Len: headerLen(e)}
	for _, n := range []int64{e.Size, descriptorLen(e)} {
		if offset < p.Start+p.Len {
			break
		}
		p = Piece{Kind: p.Kind + 1, Entry: i, Start: p.Start + p.Len, Len: n}
	}
	return p
}

// before returns the last start that is not after the offset.
func before(starts []int64, offset int64) int {
	return sort.Search(len(starts), func(i int) bool { return starts[i] > offset }) - 1
}

// Bytes returns a piece that is not Data. The checksum is of the piece's entry;
// it counts where it was not known.
func (l *Layout) Bytes(p Piece, sum uint32) []byte {
	if p.Kind == End {
		return l.end()
	}
	e := l.entries[p.Entry]
	if e.CRC32 != nil {
		sum = *e.CRC32
	}
	switch p.Kind {
	case Header:
		return header(e)
	case Descriptor:
		return descriptor(e, sum)
	case Directory:
		return central(e, sum, l.local[p.Entry])
	case Data, End:
	}
	return nil
}

func (l *Layout) needs64() bool {
	start, end := l.local[len(l.entries)], l.central[len(l.entries)]
	return len(l.entries) >= math.MaxUint16 || start >= math.MaxUint32 || end-start >= math.MaxUint32
}
