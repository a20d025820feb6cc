package models_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// A job can be moved exactly where the workflow's own check allows.
func TestMovableTo(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("a", 40)
	for _, c := range []struct {
		job  models.Job
		want string
	}{
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceMagnet, InfoHashV1: &hash}, "[seedr]"},
		{models.Job{Provider: models.ProviderSeedr, SourceKind: models.SourceTorrent, InfoHashV1: &hash}, "[agent]"},
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceURL, AgentID: new(uuid.UUID)}, "[]"},
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceTorrent}, "[]"}, // v2 only
		{models.Job{Provider: models.ProviderAgent, SourceKind: models.SourceURL}, "[]"},
	} {
		for _, state := range models.States() {
			c.job.State = state
			want := c.want
			if c.job.AgentID != nil && (state == models.StateResolving || state == models.StateDownloading) {
				want = "[agent]"
			}
			if state.Terminal() || state == models.StateStoring {
				want = "[]"
			}
			c.job.DeleteAt = nil
			if got := fmt.Sprint(c.job.MovableTo()); got != want {
				t.Errorf("%s job at %s, %s: %s, want %s", c.job.SourceKind, c.job.Provider, state, got, want)
			}
			now := time.Now()
			c.job.DeleteAt = &now
			if got := c.job.MovableTo(); len(got) > 0 {
				t.Errorf("a deleted job, %s, can be moved to %v", state, got)
			}
		}
	}
}

func TestSeedrIsDownWithoutCredentialsAndWhileItFails(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		account models.SeedrAccount
		want    bool
	}{
		"answers":            {models.SeedrAccount{Configured: true}, false},
		"fails":              {models.SeedrAccount{Configured: true, FailedSince: &now}, true},
		"no credentials":     {models.SeedrAccount{}, true},
		"none now, had some": {models.SeedrAccount{FailedSince: &now}, true},
	} {
		if got := c.account.Down(); got != c.want {
			t.Errorf("%s: down is %v", name, got)
		}
	}
}

// A job leaves its provider only where the policy lets it.
func TestFailoverNext(t *testing.T) {
	t.Parallel()
	agent, seedr := models.ProviderAgent, models.ProviderSeedr
	for policy, want := range map[models.Failover][2]models.Provider{ // what follows the agents, and Seedr
		models.FailoverDefault: {}, models.FailoverNone: {},
		models.FailoverToSeedr: {seedr, ""}, models.FailoverToAgent: {"", agent}, models.FailoverBoth: {seedr, agent},
	} {
		for i, from := range []models.Provider{agent, seedr} {
			if to, ok := policy.Next(from); to != want[i] || ok != (want[i] != "") {
				t.Errorf("%q from %s: %q, %v", policy, from, to, ok)
			}
		}
	}
}
