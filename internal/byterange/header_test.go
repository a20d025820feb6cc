package byterange

import (
	"fmt"
	"testing"
)

func TestContentRangesAreRead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"bytes 0-9/100": "{0 10} 100 true", "bytes 5-5/*": "{5 1} -1 true", "Bytes 0-9/100": "{0 10} 100 true",
		"BYTES  0-9/100": "{0 10} 100 true", "bytes=0-9/100": "{0 0} -1 false", "bytes 0-9": "{0 0} -1 false", "bytes */0": "{0 0} 0 false",
		"bytes 9-5/100": "{0 0} 100 false", "bytes 0-100/100": "{0 0} 100 false", "bytes -5/100": "{0 0} 100 false",
		"bytes 0-9/-1": "{0 0} -1 false", "": "{0 0} -1 false", "items 0-9/100": "{0 0} -1 false",
		"bytes 0-99999999999999999999/*": "{0 0} -1 false",
	} {
		r, size, ok := ParseContent(in)
		if got := fmt.Sprint(r, size, ok); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestARangeIsAskedFor(t *testing.T) {
	t.Parallel()
	if got := Between(5, 10).Request(); got != "bytes=5-9" {
		t.Error(got)
	}
}
