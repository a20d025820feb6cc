package source_test

import (
	"testing"

	"longhaul/internal/source"
)

// What could run in a browser is never shown in place.
func TestInlineType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"video/mp4": "video/mp4", "AUDIO/mpeg; x=y": "audio/mpeg", "image/png": "image/png", "text/plain": "text/plain; charset=utf-8",
		"image/svg+xml": "", "text/html": "", "application/pdf": "", "video/": "", "video/mp4\r\nX: y": "", "application/xhtml+xml": "", "": "",
	} {
		if got := source.InlineType(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
