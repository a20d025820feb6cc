//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestActOnAllThatMatch deletes all downloads that a search finds, more than the
// page has loaded, in the browser. It runs before the parallel tests, which share
// the account's slots, and takes its other job away.
func TestActOnAllThatMatch(t *testing.T) {
	const count = 110 // the list loads 100
	type source struct {
		Source string `json:"source"`
	}
	var sources []source
	for i := range count {
		sources = append(sources, source{fmt.Sprintf("magnet:?xt=urn:btih:a11e%036x&dn=Heap%%20%d", i+1, i)})
	}
	sources = append(sources, source{"magnet:?xt=urn:btih:a11f000000000000000000000000000000000000&dn=Other"})
	for at := 0; at < len(sources); at += 60 {
		body := map[string]any{"sources": sources[at:min(at+60, len(sources))]}
		if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/jobs/batch", body, nil); err != nil {
			t.Fatal(err)
		}
	}
	var page struct {
		Total int
		Jobs  []harness.Job
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := stack.Client.Do(ctx, http.MethodGet, "/api/v1/jobs?q=other&limit=100", nil, &page); err != nil {
			t.Error(err)
		}
		for _, job := range page.Jobs {
			if err := stack.Client.Do(ctx, http.MethodDelete, "/api/v1/jobs/"+job.ID, nil, nil); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
	})
	cmd := exec.Command("node", "test/browser/many.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword, "heap", fmt.Sprint(count))
	cmd.Dir = "../../web"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the browser: %v\n%s", err, out)
	}
	harness.Eventually(t, time.Minute, "what matched is gone, and nothing else", func() error {
		for q, want := range map[string]int{"heap": 0, "other": 1} {
			if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/jobs?q="+q, nil, &page); err != nil {
				return err
			}
			if page.Total != want {
				return fmt.Errorf("%d jobs match %s", page.Total, q)
			}
		}
		return nil
	})
}
