// Package piececheck compares a sample of what is in storage of a torrent with
// the hashes of its metainfo: agents check what they fetch, and this checks the
// agents.
//
// It reads storage and changes nothing, and it proves nothing of the pieces
// that it did not choose.
package piececheck

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"longhaul/internal/source"
)

// Bounds of one check.
const (
	maxPieces = 8
	maxBytes  = 128 << 20 // read at most; one piece has no more
	maxReads  = 1000      // of storage: a piece may be made of many small files
	maxDraws  = 64        // places looked at, some of which can't be checked
)

// File is a file of a torrent in storage.
type File struct {
	Index     int // as the manifest numbers it
	Key, ETag string
	Size      int64
}

// Objects reads object storage.
type Objects interface {
	// Get opens length bytes of the object from offset on, if it still has the
	// ETag.
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
}

// Result is what a check found.
type Result struct {
	Pieces int  // that were compared
	Wrong  bool // one of them is not the torrent's
}

// Check compares random pieces of the files with their hashes. A piece that
// also belongs to a file which is not stored can't be compared.
func Check(ctx context.Context, objects Objects, pieces *source.Pieces, files []File) (Result, error) {
	s := sample{objects: objects, stored: make(map[int]File, len(files)), seen: map[source.Span]bool{}}
	var total int64
	for _, f := range files {
		s.stored[f.Index] = f
		total += f.Size
	}
	var res Result
	for draw := 0; draw < maxDraws && res.Pieces < maxPieces && total > 0; draw++ {
		piece, ok := pieces.At(place(files, rand.Int64N(total)))
		if !ok || !s.takes(piece) {
			continue
		}
		good, err := s.compare(ctx, piece)
		if err != nil {
			return res, err
		}
		res.Pieces++
		if !good {
			res.Wrong = true
			return res, nil
		}
	}
	return res, nil
}

// place returns which byte of which file is the n-th of all.
func place(files []File, n int64) (index int, offset int64) {
	for _, f := range files {
		if n < f.Size {
			return f.Index, n
		}
		n -= f.Size
	}
	return -1, 0
}

// sample is the pieces that one check has chosen.
type sample struct {
	objects Objects
	stored  map[int]File
	seen    map[source.Span]bool // the first span of each
	bytes   int64
	reads   int
}

// takes reports whether the piece is to be compared: all of it is stored, it
// was not chosen before, and there is budget for it.
func (s *sample) takes(p source.Piece) bool {
	for _, span := range p.Spans {
		if f, ok := s.stored[span.Index]; span.Index >= 0 && (!ok || f.Size < span.Offset+span.Length) {
			return false
		}
	}
	if s.seen[p.Spans[0]] || s.bytes+p.Size() > maxBytes || s.reads+len(p.Spans) > maxReads {
		return false
	}
	s.seen[p.Spans[0]] = true
	s.bytes += p.Size()
	s.reads += len(p.Spans)
	return true
}

func (s *sample) compare(ctx context.Context, p source.Piece) (bool, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(s.copyTo(ctx, w, p)) }()
	defer func() { _ = r.Close() }() // ends the copying, too
	good, err := p.Matches(r)
	if err != nil {
		return false, fmt.Errorf("read stored piece: %w", err)
	}
	return good, nil
}

// copyTo writes the bytes of the piece, one stretch after the other.
func (s *sample) copyTo(ctx context.Context, w io.Writer, p source.Piece) error {
	for _, span := range p.Spans {
		if span.Index < 0 {
			if _, err := io.CopyN(w, zeros{}, span.Length); err != nil {
				return err
			}
			continue
		}
		f := s.stored[span.Index]
		body, err := s.objects.Get(ctx, f.Key, f.ETag, span.Offset, span.Length)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, body)
		_ = body.Close() // read only: nothing is lost
		if err != nil {
			return err
		}
	}
	return nil
}

type zeros struct{}

// Read fills p with zeros.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
