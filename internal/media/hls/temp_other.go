//go:build !linux

package hls

import "os"

// unnamed returns a file without a name, which is gone when it is closed or the
// process is killed.
func unnamed() (*os.File, error) { return unlinked() }
