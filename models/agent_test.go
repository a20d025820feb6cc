package models_test

import (
	"testing"

	"longhaul/models"
)

func TestOlderVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.2.3", "1.2.4", true},
		{"1.9.0", "1.10.0", true},
		{"0.1.0-dev+abc", "0.1.0-dev+def", false},
		{"v1.0.0", "1.0.0", false},
		{"2.0.0", "1.9.9", false},
		{"test", "1.0.0", false},
		{"", "1.0.0", false},
		{"1.0.0", "unknown", false},
	} {
		if got := models.OlderVersion(c.a, c.b); got != c.want {
			t.Errorf("%q older than %q: %t", c.a, c.b, got)
		}
	}
}
