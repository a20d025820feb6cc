package hls

import (
	"errors"
	"fmt"
	"os"
)

// unlinked returns a file whose name is gone at once.
func unlinked() (*os.File, error) {
	f, err := os.CreateTemp("", "longhaul-stream-*")
	if err != nil {
		return nil, fmt.Errorf("create a file for a segment: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("unlink a segment: %w", err), f.Close())
	}
	return f, nil
}
