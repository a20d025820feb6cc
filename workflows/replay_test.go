package workflows_test

import (
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"

	"longhaul/workflows"
)

// TestReplay replays histories that were recorded on a real server, one per
// path of a job. They are recorded from what is released, never from the change
// under test: a fixture that fails shows that a running job would break too.
func TestReplay(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/*.json", 22, workflows.Download)
}

// TestReplayMails does the same for the mails that are on their way.
func TestReplayMails(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/mail/*.json", 2, workflows.SendMail)
}

func replay(t *testing.T, pattern string, least int, flow any) {
	t.Helper()
	fixtures, err := filepath.Glob(pattern)
	if err != nil || len(fixtures) < least {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	for _, path := range fixtures {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			r := worker.NewWorkflowReplayer()
			r.RegisterWorkflow(flow)
			if err := r.ReplayWorkflowHistoryFromJSONFile(nil, path); err != nil {
				t.Error(err)
			}
		})
	}
}
