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
		0:                {5 << 20, 8 << 20},
		1 << 20:          {5 << 20, 8 << 20},
		100 << 20:        {5 << 20, 8 << 20},
		101<<20 + 1:      {6 << 20, 8 << 20},
		gib:              {16 << 20, 8 << 20},
		10_000 * 8 << 20: {16 << 20, 8 << 20},
		100 * gib:        {16 << 20, 16 << 20},
		5_000 * gib:      {512 << 20, 512 << 20},
	} {
		part, copied := models.PartSize(size, size), models.CopyPartSize(size)
		if part != want.part || copied != want.copied {
			t.Errorf("%d bytes: parts of %d and %d, want %v", size, part, copied, want)
		}
		for _, p := range []int64{part, copied} {
			if p < least || size > p*models.MaxParts {
				t.Errorf("%d bytes do not fit into parts of %d", size, p)
			}
		}
		if size >= 100<<20 && size < 100*gib && part > size/20+1<<20 {
			t.Errorf("%d bytes: a part has %d, more than a twentieth", size, part)
		}
	}
	if p := models.PartSize(8<<20, gib); p != 16<<20 {
		t.Errorf("a small file of a large job has parts of %d, not one", p)
	}
	if p := models.PartSize(-1, -1); p != 64<<20 {
		t.Errorf("a file of unknown size has parts of %d", p)
	}
}
