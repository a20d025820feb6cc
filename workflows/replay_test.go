package workflows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"longhaul/workflows"
)

// TestReplay replays histories that were recorded on a real server, one per
// run of each path of a job. They are recorded from what is released, never
// from the change under test: a fixture that fails shows that a running job
// would break too.
func TestReplay(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/*.json", 60, workflows.Download)
}

// TestHistoriesAreShort holds every recorded run to the budget, and every path
// to having such runs. Those without the number of a run are from before
// histories were kept short: each has a successor.
func TestHistoriesAreShort(t *testing.T) {
	t.Parallel()
	fixtures, err := filepath.Glob("testdata/replay/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range fixtures {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if !strings.Contains(name, ".") {
			if _, err := os.Stat("testdata/replay/" + name + ".1.json"); err != nil {
				t.Errorf("%s has no successor: %v", name, err)
			}
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		h, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
		if err != nil {
			t.Fatalf("read %s: %v", name, err)
		}
		if n := len(h.GetEvents()); n > workflows.MaxEvents {
			t.Errorf("%s has %d events, want at most %d", name, n, workflows.MaxEvents)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
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
