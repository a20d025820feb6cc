package kit

import (
	"testing"

	"longhaul/models"
)

func TestEveryCodeHasAStatus(t *testing.T) {
	t.Parallel()
	for _, c := range models.Codes() {
		b, ok := borders()[c]
		if !ok || b.status < 400 || b.status > 599 {
			t.Errorf("%s: status %d", c, b.status)
		}
	}
	for _, p := range models.Problems() {
		if _, ok := borders()[p.Code()]; !ok {
			t.Errorf("%s has the code %s, which has no status", p, p.Code())
		}
	}
}
