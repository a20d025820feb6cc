package anacrolix

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
	"sync/atomic"

	g "github.com/anacrolix/generics"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"

	"longhaul/agent/engine"
)

// verifyUnit is the longest range reported to the store at once. No range
// crosses a multiple of it in its file: parts are multiples of it, so a part's
// checksum is made of whole ranges.
const verifyUnit = 1 << 20

// hashStep is how much is hashed at a time; a whole number of blocks.
const hashStep = 64 << 10

var (
	errNotStored = errors.New("the range belongs to no selected file")
	errClosed    = errors.New("the transfer has ended")
)

// pieceStorage is the library's storage over an engine.Store. A piece is put
// together and hashed in memory and written once, when it is right; bytes of
// files that were not selected go no further than that memory. Beyond the
// memory limit, blocks of new pieces are written where they belong at once and
// read back for hashing.
type pieceStorage struct {
	layout *layout
	store  engine.Store
	limit  int64 // bytes of memory for unfinished pieces
	pieces []piece

	verified atomic.Int64  // bytes of selected files that this run verified
	left     atomic.Int64  // pieces that are wanted and not complete
	done     chan struct{} // has an element after a piece was completed
	failed   func(error)   // told of the first disk error

	inUse  atomic.Int64
	freeMu sync.Mutex
	free   [][]byte // buffers of one piece length

	closeMu sync.RWMutex
	closed  bool
}

// maxFree bounds the buffers that are kept for the next pieces.
const maxFree = 32

func newPieceStorage(l *layout, store engine.Store, memory int64, failed func(error)) *pieceStorage {
	s := &pieceStorage{layout: l, store: store, limit: memory, failed: failed}
	s.pieces, s.done = make([]piece, l.pieces), make(chan struct{}, 1)
	for i := range s.pieces {
		s.pieces[i].s = s
		s.pieces[i].index = int32(i)
		if l.done(i, store) {
			s.pieces[i].complete.Store(true)
		} else if l.wanted(i) > 0 {
			s.left.Add(1)
		}
	}
	return s
}

// OpenTorrent implements storage.ClientImpl.
func (s *pieceStorage) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{
		PieceWithHash: func(p metainfo.Piece, _ g.Option[[]byte]) storage.PieceImpl { return &s.pieces[p.Index()] },
		Close:         s.close,
	}, nil
}

// close waits for pieces that are being written, and refuses later ones.
func (s *pieceStorage) close() error {
	s.closeMu.Lock()
	defer s.closeMu.Unlock()
	s.closed = true
	return nil
}

func (s *pieceStorage) buffer(n int64) []byte {
	s.freeMu.Lock()
	defer s.freeMu.Unlock()
	if s.layout.pieceLength > s.limit {
		return make([]byte, n) // too large to be kept for another piece
	}
	if len(s.free) == 0 {
		return make([]byte, n, s.layout.pieceLength)
	}
	b := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return b[:n]
}

func (s *pieceStorage) release(b []byte) {
	s.inUse.Add(-int64(len(b)))
	s.freeMu.Lock()
	defer s.freeMu.Unlock()
	if len(s.free) < maxFree && s.layout.pieceLength*int64(len(s.free)+1) <= s.limit {
		s.free = append(s.free, b)
	}
}

// noStorage is what a torrent has before it gets a pieceStorage. The library's
// own choice would open a database in the working directory, for which all
// transfers of an agent would wait.
type noStorage struct{}

// OpenTorrent implements storage.ClientImpl.
func (noStorage) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{}, errNotStored
}

// piece is the library's view of one piece.
type piece struct {
	s        *pieceStorage
	index    int32
	complete atomic.Bool
	blocks   atomic.Pointer[blocks]
}

// blocks are the bytes of a piece that is being fetched.
type blocks struct {
	data []byte // nil when blocks go straight to the store
}

var (
	_ storage.PieceImpl = (*piece)(nil)
	_ io.WriterTo       = (*piece)(nil)
)

// Completion implements storage.PieceImpl.
func (p *piece) Completion() storage.Completion {
	return storage.Completion{Ok: true, Complete: p.complete.Load()}
}

// WriteAt implements storage.PieceImpl. The library writes different blocks of
// a piece at the same time, but no block twice.
func (p *piece) WriteAt(b []byte, off int64) (int, error) {
	cur := p.blocks.Load()
	if cur == nil {
		cur = p.begin()
	}
	if cur.data != nil {
		return copy(cur.data[off:], b), nil
	}
	if err := p.writeThrough(b, off); err != nil {
		p.s.failed(err)
		return 0, err
	}
	return len(b), nil
}

// begin decides where the piece is put together.
func (p *piece) begin() *blocks {
	n := p.s.layout.lengths(int(p.index))
	fresh := &blocks{}
	// Only memory holds bytes of files that are not selected.
	if p.s.inUse.Add(n) <= p.s.limit || p.s.layout.wanted(int(p.index)) < n {
		fresh.data = p.s.buffer(n)
	} else {
		p.s.inUse.Add(-n)
	}
	if !p.blocks.CompareAndSwap(nil, fresh) {
		if fresh.data != nil {
			p.s.release(fresh.data)
		}
		return p.blocks.Load()
	}
	return fresh
}

func (p *piece) writeThrough(b []byte, off int64) (err error) {
	p.s.layout.extents(int(p.index), func(e extent) bool {
		from, to := max(off, e.at), min(off+int64(len(b)), e.at+e.length)
		if from < to {
			_, err = p.s.store.WriteAt(e.file, b[from-off:to-off], e.off+from-e.at)
		}
		return err == nil
	})
	return err
}

// ReadAt implements storage.PieceImpl; peers are served by it.
func (p *piece) ReadAt(b []byte, off int64) (int, error) {
	if cur := p.blocks.Load(); cur != nil && cur.data != nil {
		return copy(b, cur.data[off:]), nil
	}
	var err error
	n := int64(0)
	p.s.layout.extents(int(p.index), func(e extent) bool {
		from, to := max(off, e.at), min(off+int64(len(b)), e.at+e.length)
		if from < to {
			var got int
			got, err = p.s.store.ReadAt(e.file, b[from-off:to-off], e.off+from-e.at)
			n += int64(got)
		}
		return err == nil
	})
	if err == nil && n < int64(len(b)) {
		return 0, errNotStored
	}
	return int(n), err
}

// WriteTo implements io.WriterTo; the library hashes by it.
func (p *piece) WriteTo(w io.Writer) (int64, error) {
	if cur := p.blocks.Load(); cur != nil && cur.data != nil {
		return writeSteps(w, cur.data)
	}
	length := p.s.layout.lengths(int(p.index))
	buf := make([]byte, min(length, 1<<20))
	var done int64
	for done < length {
		b := buf[:min(int64(len(buf)), length-done)]
		if _, err := p.ReadAt(b, done); err != nil {
			return done, fmt.Errorf("read piece back: %w", err)
		}
		n, err := w.Write(b)
		done += int64(n)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// writeSteps writes b in steps that stay in a processor's cache while several
// hashes pass over them. The hashes are assembly, which the garbage collector
// cannot interrupt, so long writes would keep it spinning.
func writeSteps(w io.Writer, b []byte) (done int64, err error) {
	for len(b) > 0 {
		n, err := w.Write(b[:min(len(b), hashStep)])
		done += int64(n)
		if err != nil {
			return done, err
		}
		b = b[n:]
	}
	return done, nil
}

// MarkNotComplete implements storage.PieceImpl: the hash was wrong.
func (p *piece) MarkNotComplete() error {
	p.drop()
	return nil
}

func (p *piece) drop() {
	if cur := p.blocks.Swap(nil); cur != nil && cur.data != nil {
		p.s.release(cur.data)
	}
}

// MarkComplete implements storage.PieceImpl: the hash is correct, so it writes
// and records the piece. The library ignores an error, so the engine is told.
func (p *piece) MarkComplete() error {
	p.s.closeMu.RLock()
	defer p.s.closeMu.RUnlock()
	if p.s.closed {
		return errClosed
	}
	if p.complete.Load() {
		return nil
	}
	if err := p.keep(); err != nil {
		p.s.failed(err)
		return err
	}
	p.complete.Store(true)
	p.drop()
	if p.s.layout.wanted(int(p.index)) > 0 {
		p.s.left.Add(-1)
		select {
		case p.s.done <- struct{}{}:
		default:
		}
	}
	return nil
}

func (p *piece) keep() (err error) {
	cur := p.blocks.Load()
	var buf []byte
	p.s.layout.extents(int(p.index), func(e extent) bool {
		if p.s.store.Has(e.file, e.off, e.length) {
			return true
		}
		if cur != nil && cur.data != nil {
			b := cur.data[e.at : e.at+e.length]
			if _, err = p.s.store.WriteAt(e.file, b, e.off); err == nil {
				err = p.s.record(e, b)
			}
			return err == nil
		}
		if buf == nil {
			buf = make([]byte, verifyUnit)
		}
		err = p.s.recordStored(e, buf)
		return err == nil
	})
	return err
}

// record tells the store that the extent, with the bytes b, is verified.
func (s *pieceStorage) record(e extent, b []byte) error {
	for off := e.off; len(b) > 0; {
		n := min(int64(len(b)), verifyUnit-off%verifyUnit)
		if err := s.recordUnit(e.file, off, b[:n]); err != nil {
			return err
		}
		off, b = off+n, b[n:]
	}
	return nil
}

// recordStored is record for an extent whose bytes the store has. It reads them
// back unit by unit: a piece may be larger than the memory for it.
func (s *pieceStorage) recordStored(e extent, buf []byte) error {
	for off, end := e.off, e.off+e.length; off < end; {
		b := buf[:min(end-off, verifyUnit-off%verifyUnit)]
		if _, err := s.store.ReadAt(e.file, b, off); err != nil {
			return err
		}
		if err := s.recordUnit(e.file, off, b); err != nil {
			return err
		}
		off += int64(len(b))
	}
	return nil
}

func (s *pieceStorage) recordUnit(file int, off int64, b []byte) error {
	if err := s.store.Verified(file, off, int64(len(b)), crc32.Checksum(b, castagnoli)); err != nil {
		return err
	}
	s.verified.Add(int64(len(b)))
	return nil
}
