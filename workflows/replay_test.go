package workflows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
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
	replay(t, "testdata/replay/*.json", 28, workflows.Download)
}

// What a job costs grows neither with time nor with size: a path without
// requests and faults is one short run.
func TestStraightPathsAreShort(t *testing.T) {
	t.Parallel()
	const most = 40
	for _, name := range []string{"known_files", "url", "resolve_and_lost_agent", "seedr_known_files", "seedr_magnet"} {
		if n := len(recorded(t, name+".1").GetEvents()); n > most {
			t.Errorf("%s has %d events, want at most %d", name, n, most)
		}
	}
}

// A busy run is long, and the one that continues it starts small.
func TestLongRunWasContinued(t *testing.T) {
	t.Parallel()
	first, second := recorded(t, "continued_as_new.1").GetEvents(), recorded(t, "continued_as_new.2").GetEvents()
	if n := len(first); n < workflows.LongHistory || n > workflows.LongHistory+40 {
		t.Errorf("the first run has %d events", n)
	}
	if len(second) > 60 {
		t.Errorf("the second run has %d events", len(second))
	}
}

func recorded(t *testing.T, name string) *historypb.History {
	t.Helper()
	file, err := os.Open("testdata/replay/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	h, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return h
}

// TestReplayMails does the same for the mails that are on their way.
func TestReplayMails(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/mail/*.json", 2, workflows.SendMail)
}

// TestReplayBulk does the same for acts on many jobs.
func TestReplayBulk(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/bulk/*.json", 2, workflows.BulkAct)
}

// TestReplayCleanups does the same for cleanups of storage.
func TestReplayCleanups(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/cleanup/*.json", 2, workflows.CleanUp)
}

// TestReplayContentChecks does the same for checks of contents.
func TestReplayContentChecks(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/contents/*.json", 1, workflows.CheckContents)
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

// TestReplayCounters does the same for the clocks of counter-notices.
func TestReplayCounters(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/counter/*.json", 2, workflows.CounterNotice)
}

// TestReplayExports does the same for the exports of accounts' data.
func TestReplayExports(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/export/*.json", 1, workflows.ExportAccount)
}

func TestReplayDeliveries(t *testing.T) {
	t.Parallel()
	replay(t, "testdata/replay/webhook/*.json", 2, workflows.DeliverEvent)
}
