package jobs

import (
	"context"
	"math"
)

// SourceReader parses as handlers do, for tests.
type SourceReader struct {
	inner *sourceReader
	turns int64
}

// NewSourceReader returns one.
func NewSourceReader() *SourceReader {
	s := &SourceReader{inner: newSourceReader(Deps{})}
	for s.turns < math.MaxInt16 && s.inner.large.TryAcquire(s.turns+1) {
		s.inner.large.Release(s.turns + 1)
		s.turns++
	}
	return s
}

// Full calls f while others have all the turns.
func (s *SourceReader) Full(f func() error) error {
	if err := s.inner.large.Acquire(context.Background(), s.turns); err != nil {
		return err
	}
	defer s.inner.large.Release(s.turns)
	return f()
}

// Parse parses a .torrent file.
func (s *SourceReader) Parse(ctx context.Context, torrent []byte) error {
	_, _, err := s.inner.parse(ctx, submission{Torrent: torrent})
	return err
}
