package wording_test

import (
	"strings"
	"testing"

	"longhaul/models"
	"longhaul/models/wording"
)

func TestEveryCauseHasWords(t *testing.T) {
	t.Parallel()
	for _, c := range models.HealthCauses() {
		got := wording.Health(models.Finding{Cause: c, Target: "north", Count: 3 << 20})
		if got.What == "" || got.Advice == "" || strings.ContainsAny(got.What+got.Advice, "{}") {
			t.Errorf("%s: %+v", c, got)
		}
		if c.Component() == "" || c.State() == "" || c.State() == models.HealthOK {
			t.Errorf("%s is about %q and makes it %q", c, c.Component(), c.State())
		}
	}
	if got := wording.Health(models.Finding{Cause: models.CauseMailFailing, Count: 1}).What; got != "1 mail could not be sent within the last hour." {
		t.Error(got)
	}
}
