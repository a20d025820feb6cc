//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestBatchOutlivesItsTab pastes sixty links and closes the tab with the click
// that adds them: all of them become jobs. It runs before the parallel tests,
// which share the account's slots, and takes its jobs away.
func TestBatchOutlivesItsTab(t *testing.T) {
	const count = 60
	var links []string
	for i := range count {
		links = append(links, fmt.Sprintf("magnet:?xt=urn:btih:ba7c4%035x&dn=Batch%%20%d", i+1, i))
	}
	cmd := exec.Command("node", "test/browser/batch.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, strings.Join(links, "\n"))
	cmd.Dir = "../../web"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the browser: %v\n%s", err, out)
	}
	var page struct {
		Total int
		Jobs  []harness.Job
	}
	t.Cleanup(func() {
		for _, job := range page.Jobs {
			if err := stack.Client.Do(context.WithoutCancel(t.Context()), http.MethodDelete, "/api/v1/jobs/"+job.ID, nil, nil); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
	})
	harness.Eventually(t, time.Minute, "all sources are jobs", func() error {
		err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/jobs?q=batch&limit=100", nil, &page)
		if err == nil && page.Total != count {
			err = fmt.Errorf("%d jobs", page.Total)
		}
		return err
	})
}
