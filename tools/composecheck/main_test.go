package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// good is a file that no rule refuses; each case changes one line of it.
const good = `
services:
  api: {image: "x:1", networks: [agents, temporal, edge], ports: ["127.0.0.1:1:1"], environment: {METRICS_LISTEN: "api.metrics:1"}}
  agent: {image: "x:1", networks: [agents, swarm]}
  temporal: {image: "x:1", networks: [temporal]}
  temporal-ui: {image: "x:1", networks: [temporal, console]}
  postgres: {image: "x:1", networks: [temporal]}
networks:
  agents: {internal: true}
  temporal: {internal: true}
  console: {internal: true}
  edge: {}
  swarm: {}
`

func TestReach(t *testing.T) {
	if faults := checkText(t, good); faults != "" {
		t.Fatal(faults)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"published to all":   {"127.0.0.1:1:1", "1:1", "published beyond"},
		"metrics everywhere": {"api.metrics:1", "0.0.0.0:1", "its metrics"},
		"metrics anywhere":   {"api.metrics:1", ":1", "its metrics"},
		"agents at Temporal": {"[agents, swarm]", "[agents, swarm, temporal]", "temporal: agents can reach it"},
		"UI among agents":    {"[temporal, console]", "[temporal, console, swarm]", "temporal-ui: agents can reach it"},
		"database":           {"postgres: {image: \"x:1\", networks: [temporal]", "postgres: {image: \"x:1\", networks: [agents]", "postgres: agents can reach it"},
		"UI outside":         {"[temporal, console]", "[temporal, console, edge]", "leads out"},
		"UI published":       {"networks: [temporal, console]", "ports: [\"127.0.0.1:2:2\"], networks: [temporal, console]", "publishes a port"},
		"no network":         {"networks: [temporal, console]", "network_mode: host", "no network of its own"},
	} {
		if faults := checkText(t, strings.Replace(good, c.from, c.to, 1)); !strings.Contains(faults, c.want) {
			t.Errorf("%s: the faults are %q", name, faults)
		}
	}
}

func checkText(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yml")
	if err := os.WriteFile(file, []byte("name: test\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), file); err != nil {
		return err.Error()
	}
	return ""
}
