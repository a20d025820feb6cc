package anacrolix

import "time"

// NewImpatient returns an engine that tries peers again at once.
func NewImpatient(cfg Config) *Engine {
	cfg.redial = 50 * time.Millisecond
	return New(cfg)
}
