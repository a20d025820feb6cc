//go:build e2e

package live

import (
	"bytes"
	"os/exec"
	"testing"

	"longhaul/test/harness"
)

// TestEarlyAnswers opens the app as a browser does that takes what the server names
// along with the page: nothing is asked for twice, what failed is asked for again,
// and a stranger is refused no more than before.
func TestEarlyAnswers(t *testing.T) {
	const email = "hasty@longhaul.test"
	hasty := stack.Member(t, email)
	cmd := exec.CommandContext(t.Context(), "node", "test/browser/early.mjs", hasty.Base, email, harness.MemberPassword)
	cmd.Dir = "../../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
}
