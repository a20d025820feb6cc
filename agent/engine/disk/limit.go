package disk

import "context"

// SetLimit changes the watermark; 0 is none.
func (s *Store) SetLimit(limit int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	s.notify()
}

// Held returns how many verified bytes are on disk.
func (s *Store) Held() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// Room implements engine.Bounded.
func (s *Store) Room() (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room()
}

func (s *Store) room() (int64, bool) {
	if s.limit <= 0 {
		return 0, false
	}
	room := max(s.limit, s.least) - s.held
	if room <= 0 && !s.uploadable() {
		// Bytes in many unfinished parts fill the disk, as after a limit was
		// lowered. Only more bytes can finish a part and get it released.
		return s.least, true
	}
	return max(0, room), true
}

// uploadable reports whether a whole part lies on disk.
func (s *Store) uploadable() bool {
	for _, f := range s.files {
		for _, r := range f.kept {
			size := f.spec.PartSize
			if size == 0 {
				continue
			}
			start := (r.Off + size - 1) / size * size
			if start+size <= r.End() || (start < r.End() && r.End() == f.size) {
				return true
			}
		}
	}
	return false
}

// Wait implements engine.Store.
func (s *Store) Wait(ctx context.Context) error {
	for {
		s.mu.Lock()
		room, bounded := s.room()
		changed := s.changed
		s.mu.Unlock()
		if !bounded || room > 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

func (s *Store) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}
