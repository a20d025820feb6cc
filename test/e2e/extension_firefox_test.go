//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"longhaul/test/harness"
)

// TestExtensionInFirefox connects the built browser extension in Firefox, turns
// on clicks on magnet links, clicks on one and follows it in the popup.
func TestExtensionInFirefox(t *testing.T) {
	cmd := exec.Command("node", "test/firefox.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword)
	cmd.Dir = "../../extension"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct{ Magnet, Shown string }
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	jobs := jobIDs(t, `select id from jobs where source_uri like '%' || $1 || '%'`, saw.Magnet)
	if len(jobs) != 1 {
		t.Errorf("one click made %d jobs", len(jobs))
	}
	if !strings.Contains(saw.Shown, saw.Magnet[:12]) {
		t.Errorf("the popup shows %q", saw.Shown)
	}
	forget(t, jobs)
}
