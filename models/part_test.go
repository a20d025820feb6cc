package models_test

import (
	"testing"

	"longhaul/models"
)

// Every file fits into the number of parts that S3 allows, and no part is
// smaller than S3 allows.
func TestPartSizes(t *testing.T) {
	t.Parallel()
	const gib, least = int64(1) << 30, int64(5) << 20
	for size, want := range map[int64]struct{ part, copied int64 }{
		0:                {16 << 20, 8 << 20},
		1 << 20:          {16 << 20, 8 << 20},
		10_000 * 8 << 20: {16 << 20, 8 << 20},
		100 * gib:        {16 << 20, 16 << 20},
		5_000 * gib:      {512 << 20, 512 << 20},
	} {
		part, copied := models.PartSize(size), models.CopyPartSize(size)
		if part != want.part || copied != want.copied {
			t.Errorf("%d bytes: parts of %d and %d, want %v", size, part, copied, want)
		}
		for _, p := range []int64{part, copied} {
			if p < least || size > p*models.MaxParts {
				t.Errorf("%d bytes do not fit into parts of %d", size, p)
			}
		}
	}
}
