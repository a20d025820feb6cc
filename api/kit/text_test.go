package kit

import (
	"strings"
	"testing"
)

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"A@X.example": "a@x.example", " a@x.example ": "a@x.example", "ａ@x.example": "a@x.example", "a@x.example.": "a@x.example",
		"": "", "a": "", "@x": "", "a@": "", "a@b@c": "", "a b@x.example": "", "a@x.example\n": "a@x.example", "a\x00@x.example": "",
		"<a@x.example>": "", strings.Repeat("a", 250) + "@x.example": "",
	} {
		got, err := NormalEmail(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v; want %q", raw, got, err, want)
		}
	}
}
