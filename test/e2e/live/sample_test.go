//go:build e2e

package live

import (
	"bytes"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestSample has a new user try the installation's sample with one click. Nothing else
// on this machine is open to its agent.
func TestSample(t *testing.T) {
	var config struct {
		SampleURL string `json:"sampleUrl"`
	}
	if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/config", nil, &config); err != nil || config.SampleURL == "" {
		t.Fatalf("the sample is %q: %v", config.SampleURL, err)
	}
	const email = "newcomer@longhaul.test"
	newcomer := stack.Member(t, email)
	cmd := exec.CommandContext(t.Context(), "node", "test/browser/sample.mjs", newcomer.Base, email, harness.MemberPassword)
	cmd.Dir = "../../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var jobs struct {
		Jobs []harness.Job `json:"jobs"`
	}
	if err := newcomer.Do(t.Context(), http.MethodGet, "/api/v1/jobs", nil, &jobs); err != nil || len(jobs.Jobs) != 1 {
		t.Fatalf("there are %d jobs: %v", len(jobs.Jobs), err)
	}
	newcomer.WaitState(t, jobs.Jobs[0].ID, "ready", time.Minute)
}
