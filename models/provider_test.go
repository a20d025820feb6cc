package models_test

import (
	"fmt"
	"strings"
	"testing"

	"longhaul/models"
)

// Where a job may be moved to is what the workflow's own check lets through.
func TestMovableTo(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("a", 40)
	for _, c := range []struct {
		job  models.Job
		want string
	}{
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceMagnet, InfoHashV1: &hash}, "[seedr]"},
		{models.Job{Provider: models.ProviderSeedr, SourceKind: models.SourceTorrent, InfoHashV1: &hash}, "[agent]"},
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceTorrent}, "[]"}, // v2 only
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceURL}, "[]"},
	} {
		for _, state := range models.States() {
			c.job.State = state
			want := c.want
			if state.Terminal() || state == models.StateStoring {
				want = "[]"
			}
			if got := fmt.Sprint(c.job.MovableTo()); got != want {
				t.Errorf("%s job at %s, %s: %s, want %s", c.job.SourceKind, c.job.Provider, state, got, want)
			}
		}
	}
}
