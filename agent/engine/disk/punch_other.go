//go:build !linux

package disk

import (
	"os"

	"longhaul/internal/byterange"
)

// punchHole does nothing where files cannot have holes punched: the space is
// given back when the transfer ends.
func punchHole(*os.File, byterange.Range) error { return nil }
