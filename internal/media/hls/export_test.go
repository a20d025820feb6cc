package hls

// Used returns how many bytes the service keeps.
func Used(s *Service) int64 {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	return s.cache.used
}
