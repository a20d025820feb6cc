package hls

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// unnamed returns a file without a name, which is gone when it is closed or the
// process is killed.
func unnamed() (*os.File, error) {
	f, err := os.OpenFile(os.TempDir(), unix.O_TMPFILE|os.O_RDWR, 0o600)
	if err == nil || !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.EISDIR) && !errors.Is(err, unix.ENOENT) {
		return f, err
	}
	return unlinked()
}
