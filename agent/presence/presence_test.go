package presence_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/agent"
	"longhaul/agent/agenttest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

func TestIdentityIsMadeOnceAndEachStartBoots(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	cfg := agenttest.Config(t, c)
	a := agenttest.Start(t, cfg)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(cfg.DataDir, "identity.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("identity: %v %v", info, err)
	}
	cfg.EnrolmentToken = "" // not needed any more
	agenttest.Start(t, cfg)
	c.Until(t, "heartbeats of the second boot", func() bool { return c.Boots == 2 && c.Beats > 2 })
}

func TestAgentEnds(t *testing.T) {
	cases := map[string]struct {
		fault func(c *agenttest.ControlPlane)
		want  string
	}{
		"when a newer process has its identity": {
			func(c *agenttest.ControlPlane) { c.Boots++ }, "newer process",
		},
		"when its credential is refused": {
			func(c *agenttest.ControlPlane) {
				c.FaultCall = func(_ string, w http.ResponseWriter) bool {
					agenttest.Refuse(w, http.StatusUnauthorized, "unauthorized")
					return true
				}
			}, "refused",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := agenttest.NewControlPlane(t)
			cfg := agenttest.Config(t, c)
			end := make(chan error, 1)
			go func() { end <- agent.Run(t.Context(), agenttest.Options(cfg, slog.New(slog.DiscardHandler))) }()
			c.Until(t, "a heartbeat", func() bool { return c.Beats > 0 })
			c.Lock()
			tc.fault(c)
			c.Unlock()
			select {
			case err := <-end:
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("ended with %v", err)
				}
			case <-agenttest.Late():
				t.Fatal("it does not end")
			}
		})
	}
}

// A control plane that is away, overloaded or behind a confused proxy is waited
// for.
func TestControlPlaneThatIsAwayIsWaitedFor(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	answers := []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		func(w http.ResponseWriter) { agenttest.Refuse(w, http.StatusTooManyRequests, "rate_limited") },
		func(w http.ResponseWriter) { agenttest.Refuse(w, http.StatusServiceUnavailable, "unavailable") },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, // of a proxy: it has no code
	}
	left := len(answers)
	c.FaultCall = func(_ string, w http.ResponseWriter) bool {
		left--
		if left >= 0 {
			answers[left](w)
		}
		return left >= 0
	}
	agenttest.Start(t, agenttest.Config(t, c))
	c.Until(t, "a heartbeat", func() bool { return c.Beats > 0 })
}
