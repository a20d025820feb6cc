package delivery

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/models"
)

// A file whose object is gone was deleted while it was asked for, or is lost.
func TestWhatIsGoneIsNotCalledLost(t *testing.T) {
	t.Parallel()
	missing := models.Errorf(models.CodeNotFound, "No such object.")
	for _, tt := range []struct {
		name         string
		still, fault error
		want         models.Code
		problem      models.Problem
	}{
		{"deleted", models.Errorf(models.CodeNotFound, "No such file."), missing, models.CodeNotFound, ""},
		{"lost", nil, missing, models.CodeNotFound, models.ProblemFileLost},
		{"storage away", nil, errors.New("no route"), models.CodeUnavailable, models.ProblemStorageFailing},
	} {
		e := errand{still: func(uuid.UUID) error { return tt.still }}
		got := models.AsError(e.storageFault(uuid.New(), tt.fault))
		if got.Code != tt.want || got.Problem != tt.problem {
			t.Errorf("%s: %q, problem %q", tt.name, got.Code, got.Problem)
		}
	}
	e := errand{guest: true, still: func(uuid.UUID) error { return nil }}
	if said := e.storageFault(uuid.New(), missing).Error(); strings.Contains(said, "job") {
		t.Errorf("a visitor is told of the owner's job: %s", said)
	}
}
