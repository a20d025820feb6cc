package models_test

import (
	"testing"

	"longhaul/models"
)

func TestBytesInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 1 << 40: "1.0 TiB", -1: "0 B"} {
		if got := models.BytesInWords(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
