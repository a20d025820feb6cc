package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/frontdoor/frontdoortest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

const mib = agenttest.MiB

func TestCallsNeedTheSecret(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	stranger := agentapi.NewClient(a.Config.URL, &http.Client{}, "guess")
	calls := map[string]func() error{
		"start": func() error {
			_, err := stranger.Start(t.Context(), agenttest.NewID(), agenttest.Download(1, "test:hang", agenttest.OneFile(1)))
			return err
		},
		"transfer": func() error { _, err := stranger.Transfer(t.Context(), agenttest.NewID()); return err },
		"manifest": func() error { _, err := stranger.Manifest(t.Context(), agenttest.NewID()); return err },
		"stop":     func() error { return stranger.Stop(t.Context(), agenttest.NewID(), agentapi.Stop{Epoch: 1}) },
		"delete":   func() error { return stranger.Delete(t.Context(), agenttest.NewID(), 1) },
		"changes":  func() error { _, err := stranger.Changes(t.Context(), 0, 0); return err },
		"inspect":  func() error { _, err := stranger.Inspect(t.Context(), agentapi.Inspect{}); return err },
	}
	for name, call := range calls {
		if err := call(); !agentapi.IsProblem(err, "unauthorized") {
			t.Errorf("%s: %v", name, err)
		}
	}
	resp, err := http.Get(a.Config.URL + "/healthz")
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Errorf("healthz: %v %v", resp, err)
	}
}

// While the control plane's key is rotated, an agent learns the new secret at its
// boot and still takes the old one until it starts again; a caller that has both
// is understood all the time.
func TestANewSecretIsLearntAtBoot(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	cfg := a.Config
	cfg.EnrolmentToken = ""
	as := func(secrets ...string) *agentapi.Client {
		return agentapi.NewClient(cfg.URL, &http.Client{}, secrets...)
	}
	old, newer, both := as(agenttest.Secret), as(agenttest.NewSecret), as(agenttest.NewSecret, agenttest.Secret)
	calls := func(when string, want map[*agentapi.Client]bool) {
		t.Helper()
		for client, works := range want {
			if _, err := client.Changes(t.Context(), 0, 0); works != (err == nil) || err != nil && !agentapi.IsProblem(err, "unauthorized") {
				t.Errorf("%s: %v", when, err)
			}
		}
	}
	calls("before", map[*agentapi.Client]bool{old: true, newer: false, both: true})
	for _, start := range []struct {
		when  string
		takes bool
	}{{"after its restart", true}, {"after the next", false}} {
		c.Lock()
		c.Secret = agenttest.NewSecret
		c.Unlock()
		if err := a.Stop(); err != nil {
			t.Fatal(err)
		}
		a = agenttest.Start(t, cfg)
		calls(start.when, map[*agentapi.Client]bool{old: start.takes, newer: true, both: true})
	}
}

func TestSilentCallersAreCutOff(t *testing.T) {
	a := agenttest.Start(t, agenttest.Config(t, agenttest.NewControlPlane(t)))
	frontdoortest.CutsOff(t, strings.TrimPrefix(a.Config.URL, "http://"), []string{"/v1/inspect", "/v1/transfers/x/stop", "/healthz"}, func() {
		if resp, err := http.Get(a.Config.URL + "/healthz"); err != nil || resp.StatusCode != http.StatusNoContent {
			t.Errorf("healthz: %v %v", resp, err)
		}
	})
}

func TestBadSpecsAreRefused(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	good := func() agentapi.StartTransfer { return agenttest.Download(1, "test:hang", agenttest.OneFile(mib)) }
	for name, change := range map[string]func(*agentapi.StartTransfer){
		"no source":    func(s *agentapi.StartTransfer) { s.Source.URL = "" },
		"two sources":  func(s *agentapi.StartTransfer) { s.Source.Magnet = "magnet:?" },
		"no epoch":     func(s *agentapi.StartTransfer) { s.Epoch = 0 },
		"no files":     func(s *agentapi.StartTransfer) { s.Files = nil },
		"twice":        func(s *agentapi.StartTransfer) { s.Files = append(s.Files, s.Files[0]) },
		"no part size": func(s *agentapi.StartTransfer) { s.Files[0].PartSize = 0 },
		"bad part":     func(s *agentapi.StartTransfer) { s.Files[0].Stored = []int64{0} },
		"bad kind":     func(s *agentapi.StartTransfer) { s.Kind = "else" },
		"bad speed":    func(s *agentapi.StartTransfer) { s.BytesPerSecond = -1 },
		"no timeout":   func(s *agentapi.StartTransfer) { s.StallTimeoutSeconds = 0 },
	} {
		s := good()
		change(&s)
		if _, err := a.Client.Start(t.Context(), agenttest.NewID(), s); !agentapi.IsProblem(err, "invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{"x", "..", "%2e%2e%2fetc"} {
		if _, err := a.Client.Start(t.Context(), id, good()); err == nil {
			t.Errorf("the id %q was taken", id)
		}
	}
}

// A long poll ends with the change that it waits for; how soon is held by
// TestChangesAreConflated, whose clock is not the machine's.
func TestLongPollAnswersAChangeOfPhase(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	id := agenttest.NewID()
	c.AddJob(id, 1, agenttest.OneFile(mib))
	first, err := a.Client.Changes(t.Context(), 0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	type reply struct {
		agentapi.Changes
		err error
	}
	got := make(chan reply, 1)
	go func() {
		ch, err := a.Client.Changes(t.Context(), first.Revision, time.Minute)
		got <- reply{ch, err}
	}()
	a.Transfer(id, agenttest.Download(1, "test:hang", agenttest.OneFile(mib)))
	r := <-got
	if r.err != nil || len(r.Transfers) != 1 || r.Transfers[0].JobID != id || r.BootEpoch != 1 {
		t.Fatalf("%+v", r)
	}
	if r.Revision <= first.Revision {
		t.Errorf("revision %d follows %d", r.Revision, first.Revision)
	}
}

// A long poll without news ends after the wait that was asked for.
func TestLongPollEndsWithoutNews(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	first, err := a.Client.Changes(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // it would hang for a minute
	defer cancel()
	r, err := a.Client.Changes(ctx, first.Revision, 50*time.Millisecond)
	if err != nil || len(r.Transfers) != 0 || r.Revision != first.Revision {
		t.Errorf("%+v, %v", r, err)
	}
}
