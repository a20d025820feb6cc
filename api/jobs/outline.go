package jobs

import (
	"strconv"

	"longhaul/api/kit"
	"longhaul/models"
)

// Bounds of file lists.
const (
	maxFiles   = 500  // of a page
	maxOutline = 5000 // of a page of an outline
	shownFiles = 100  // that the answer to an inspection has
)

// outlineBytes bounds the names on a page of an outline; a longer one is alone on
// its page.
const outlineBytes = 384 << 10

func newOutline(total int) *kit.OutlineBuilder {
	return kit.NewOutline(total, maxOutline, outlineBytes)
}

// outlineOf returns the page, with the index of its last file as the cursor of the
// next.
func outlineOf(b *kit.OutlineBuilder) kit.Outline {
	out, more := b.Outline()
	if more {
		out.NextCursor = strconv.Itoa(out.Index[len(out.Index)-1])
	}
	return out
}

// outlineAfter reads the cursor of an outline: the index of the last file before.
func outlineAfter(cursor string) (int, error) {
	if cursor == "" {
		return -1, nil
	}
	n, err := strconv.ParseUint(cursor, 10, 31)
	if err != nil {
		return 0, models.Errorf(models.CodeInvalid, "This cursor does not belong to this list.").In("cursor").Because(err)
	}
	return int(n), nil
}
