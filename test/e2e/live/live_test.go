//go:build e2e

// Package live watches the open web app while the server or the network goes
// away, on a stack of its own: other tests need their server.
package live

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"longhaul/test/harness"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{"REGISTRATION=open"}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// TestThePageSaysSo takes the network, the server (stopped, killed), the session,
// the browser's storage and a part of the app away from an open page. Each time
// the page says so within ten seconds, and recovers without a reload of what it
// shows.
func TestThePageSaysSo(t *testing.T) {
	ready, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	pid := ready.PIDs["api"]
	if pid == 0 {
		t.Fatalf("no process named api; there are %v", ready.PIDs)
	}
	cmd := exec.CommandContext(t.Context(), "node", "test/browser/live.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, strconv.Itoa(pid))
	cmd.Dir = "../../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		Said      map[string]float64 `json:"said"`      // seconds until the page said so
		Recovered map[string]float64 `json:"recovered"` // seconds until it was live again
		Faults    []string           `json:"faults"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	t.Logf("the browser saw %+v", saw)
	for _, what := range []string{"offline", "stopped", "killed", "revoked"} {
		if s, ok := saw.Said[what]; !ok || s > 10 {
			t.Errorf("%s: the page said so after %.1f s", what, s)
		}
	}
	for _, what := range []string{"offline", "stopped", "killed"} {
		if _, ok := saw.Recovered[what]; !ok {
			t.Errorf("%s: the page did not recover", what)
		}
	}
	if len(saw.Faults) > 0 {
		t.Errorf("the page logged errors: %v", saw.Faults)
	}
}
