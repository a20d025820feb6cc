package models_test

import (
	"math/rand/v2"
	"testing"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// The checksum of an object is that of its bytes, however it was cut.
func TestTheChecksumOfPartsIsThatOfTheWhole(t *testing.T) {
	t.Parallel()
	body := make([]byte, 300_007)
	for i := range body {
		body[i] = byte(rand.IntN(256))
	}
	for _, cut := range []int{1_000, 65_536, 299_999, 300_007, 400_000} {
		var parts []models.Part
		for at := 0; at < len(body); at += cut {
			piece := body[at:min(at+cut, len(body))]
			parts = append(parts, models.Part{Number: len(parts) + 1, Size: int64(len(piece)), CRC32C: objstore.CRC32C(piece)})
		}
		if got, want := models.WholeCRC32C(parts, int64(len(body))), objstore.CRC32C(body); got != want {
			t.Errorf("in pieces of %d: %s, want %s", cut, got, want)
		}
		if got := models.WholeCRC32C(parts[1:], int64(len(body))); got != "" {
			t.Errorf("of a part of it: %s", got)
		}
		if got := models.WholeCRC32C(parts, int64(len(body))+1); got != "" {
			t.Errorf("of less than the size: %s", got)
		}
	}
	if got, want := models.WholeCRC32C(nil, 0), objstore.CRC32C(nil); got != want {
		t.Errorf("of nothing: %s, want %s", got, want)
	}
}
