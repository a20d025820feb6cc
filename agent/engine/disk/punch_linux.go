package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"longhaul/internal/byterange"
)

// From linux/falloc.h.
const (
	fallocKeepSize  = 0x1
	fallocPunchHole = 0x2
)

// punchHole gives the range's blocks back to the file system. One without holes
// keeps them until the transfer ends.
func punchHole(f *os.File, r byterange.Range) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), fallocKeepSize|fallocPunchHole, r.Off, r.Len)
		switch {
		case err == nil, errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS):
			return nil
		case !errors.Is(err, syscall.EINTR):
			return fmt.Errorf("punch hole: %w", err)
		}
	}
}
