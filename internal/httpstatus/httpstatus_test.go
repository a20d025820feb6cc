package httpstatus

import (
	"net/http"
	"testing"

	"longhaul/models"
)

func TestEveryCodeHasAStatusOfItsKind(t *testing.T) {
	t.Parallel()
	for _, c := range models.Codes() {
		status := Of(c)
		ours := c == models.CodeInternal || c == models.CodeUnavailable
		if status < 400 || (status >= 500) != ours || http.StatusText(status) == "" {
			t.Errorf("%s: %d", c, status)
		}
		if status == http.StatusInternalServerError && c != models.CodeInternal {
			t.Errorf("%s has no status of its own", c)
		}
	}
	if got := Of("unheard of"); got != http.StatusInternalServerError {
		t.Errorf("an unknown code: %d", got)
	}
}
