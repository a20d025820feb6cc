package kit

import (
	"testing"

	"longhaul/models"
)

func TestEveryKindOfFaultIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range models.Codes() {
		if titles()[c] == "" {
			t.Errorf("%s has no title", c)
		}
	}
	for _, p := range models.Problems() {
		if titles()[p.Code()] == "" {
			t.Errorf("%s has the code %s, which has no title", p, p.Code())
		}
	}
}
