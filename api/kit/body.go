package kit

import "io"

// timedBody runs start before the first read of a body and stop after its
// last one.
type timedBody struct {
	io.ReadCloser
	start, stop func() error
	started     bool
}

// Read reads from the body.
func (b *timedBody) Read(p []byte) (int, error) {
	if !b.started {
		b.started = true
		if err := b.start(); err != nil {
			return 0, err
		}
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		if stopErr := b.stop(); stopErr != nil {
			return n, stopErr
		}
	}
	return n, err
}
