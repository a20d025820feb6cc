//go:build e2e

package seedr

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestExtensionChoosesTheProvider sends a magnet link to the agents by the browser
// extension, although downloads run on Seedr.
func TestExtensionChoosesTheProvider(t *testing.T) {
	swarm := harness.Seed(t, harness.Torrent{Name: "to the agents", Files: []harness.TorrentFile{
		{Path: []string{"a.bin"}, Content: harness.Content{Seed: 4711, Size: 1 << 20}},
	}})
	cmd := exec.Command("node", "test/provider.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, swarm.Magnet, "agent")
	cmd.Dir = "../../../extension"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	id := strings.TrimSpace(stdout.String())
	stack.Client.WaitState(t, id, "ready", 3*time.Minute)
	stack.CheckFiles(t, id, swarm)
	var provider string
	if err := stack.DB.QueryRow(t.Context(), `select provider from jobs where id = $1`, id).Scan(&provider); err != nil || provider != "agent" {
		t.Errorf("it ran on %q, %v", provider, err)
	}
	if n := sim.Stats().Adds[swarm.InfoHash]; n != 0 {
		t.Errorf("it was added to Seedr %d times", n)
	}
}
