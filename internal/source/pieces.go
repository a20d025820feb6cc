package source

import (
	"bytes"
	"crypto/sha1" // v1 pieces are SHA-1 by BEP 3
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Pieces are the hashes of a torrent's content.
type Pieces struct {
	in     *info
	layers map[string]string
	starts []int64 // v1: where each entry begins, and the end of the last one
}

// Piece is a piece of a torrent: the bytes it is made of, and what they hash to.
type Piece struct {
	Spans []Span

	sum    []byte
	blocks int // v2: how many leaves its tree has; 0 is a v1 piece
}

// Span is a stretch of a file. Padding has no file; its bytes are zeros.
type Span struct {
	Index          int // of the file, as a manifest numbers it; -1 is padding
	Offset, Length int64
}

// ReadPieces reads the hashes of metainfo that ParseTorrent has returned.
func ReadPieces(metainfo []byte) (*Pieces, error) {
	in, top, err := readAgain(metainfo)
	if err != nil {
		return nil, err
	}
	p := &Pieces{in: in, layers: top.layers, starts: []int64{0}}
	for _, e := range in.entries() {
		p.starts = append(p.starts, p.starts[len(p.starts)-1]+e.size)
	}
	return p, nil
}

// At returns the piece that has the byte of the file. It returns false for a
// byte that no file has, and where the metainfo lacks the piece's hash: a v2
// torrent of a magnet link may come without its layers.
func (p *Pieces) At(index int, offset int64) (Piece, bool) {
	if index < 0 || index+1 >= len(p.starts) || offset < 0 || offset >= p.in.entries()[index].size {
		return Piece{}, false
	}
	if p.in.hasV2() {
		return p.v2(index, offset)
	}
	return p.v1(p.starts[index] + offset), true
}

// v1 returns the piece at a place of the content, which may span files.
func (p *Pieces) v1(at int64) Piece {
	n := at / p.in.pieceLength
	from := n * p.in.pieceLength
	to := min(from+p.in.pieceLength, p.starts[len(p.starts)-1])
	piece := Piece{sum: p.in.pieces[n*sha1.Size : (n+1)*sha1.Size]}
	first, found := slices.BinarySearch(p.starts, from)
	if !found {
		first-- // the entry that begins before
	}
	for i, e := range p.in.entries()[first:] {
		start := p.starts[first+i]
		if start >= to {
			break
		}
		span := Span{Index: first + i, Offset: max(from-start, 0)}
		span.Length = min(to-start, e.size) - span.Offset
		if e.pad() {
			span.Index = -1
		}
		if span.Length > 0 {
			piece.Spans = append(piece.Spans, span)
		}
	}
	return piece
}

// v2 returns a piece of a file; pieces of v2 torrents span no others.
func (p *Pieces) v2(index int, offset int64) (Piece, bool) {
	e, length := p.in.tree[index], p.in.pieceLength
	if e.size <= length {
		return Piece{
			Spans: []Span{{Index: index, Length: e.size}}, sum: e.root, blocks: int(ceilDiv(e.size, blockLength)),
		}, true
	}
	n := offset / length
	layer := p.layers[string(e.root)]
	if int64(len(layer)) < (n+1)*sha256.Size {
		return Piece{}, false
	}
	return Piece{
		Spans: []Span{{Index: index, Offset: n * length, Length: min(length, e.size-n*length)}},
		sum:   []byte(layer[n*sha256.Size : (n+1)*sha256.Size]), blocks: int(length / blockLength),
	}, true
}

// Size returns how many bytes the piece has.
func (p Piece) Size() (n int64) {
	for _, s := range p.Spans {
		n += s.Length
	}
	return n
}

// Matches reads the bytes of the spans, joined, and reports whether they are
// those of the torrent.
func (p Piece) Matches(r io.Reader) (bool, error) {
	if p.blocks > 0 {
		return p.matchesV2(r)
	}
	h := sha1.New()
	if n, err := io.Copy(h, r); err != nil || n != p.Size() {
		return false, errors.Join(err, short(n, p.Size()))
	}
	return bytes.Equal(h.Sum(nil), p.sum), nil
}

func (p Piece) matchesV2(r io.Reader) (bool, error) {
	leaves := make([][32]byte, p.blocks)
	block := make([]byte, blockLength)
	for left, i := p.Size(), 0; left > 0; i++ {
		b := block[:min(left, blockLength)]
		if _, err := io.ReadFull(r, b); err != nil {
			return false, fmt.Errorf("read block: %w", err)
		}
		leaves[i] = sha256.Sum256(b)
		left -= int64(len(b))
	}
	root := merkleRoot(leaves, [32]byte{})
	return bytes.Equal(root[:], p.sum), nil
}

func short(got, want int64) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("a piece of %d bytes has %d", want, got)
}
