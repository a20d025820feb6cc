//go:build e2e

package chaos

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longhaul/test/harness"
)

// TestKillWhileTheTrashIsSwept deletes jobs, takes one back, and lets the time of
// the others be over. The worker is killed while they go: all of them leave
// storage nevertheless, and what was restored has its bytes.
func TestKillWhileTheTrashIsSwept(t *testing.T) {
	t.Parallel()
	const n = 12
	source := harness.NewSource(t)
	contents := make([]harness.Content, n)
	jobs := make([]harness.Job, n)
	for i := range n {
		contents[i] = harness.Content{Seed: uint64(700 + i), Size: 256 << 10}
		address := source.Add(fmt.Sprintf("trashed-%d.bin", i), contents[i], true)
		harness.Eventually(t, time.Minute, "the submit is within the account's allowance", func() (err error) {
			jobs[i], err = stack.Client.SubmitURI(t.Context(), address, nil)
			return err
		})
	}
	links := make([]string, n)
	for i, job := range jobs {
		stack.Client.WaitState(t, job.ID, "ready", 2*time.Minute)
		links[i] = stack.Client.Link(t, stack.Client.Files(t, job.ID)[0].ID)
	}
	for i, job := range jobs {
		var deleted struct{ Until *time.Time }
		if err := stack.Client.Do(t.Context(), http.MethodDelete, "/api/v1/jobs/"+job.ID, nil, &deleted); err != nil || deleted.Until == nil {
			t.Fatalf("deleted until %v: %v", deleted.Until, err)
		}
		if _, err := stack.Client.Fetch(t.Context(), links[i], 0, contents[i].Size, contents[i].Size); err == nil {
			t.Error("what is in the trash is delivered")
		}
	}
	kept := jobs[0]
	if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/trash/restore", map[string]any{"ids": []string{kept.ID}}, nil); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, n)
	for _, job := range jobs[1:] {
		ids = append(ids, job.ID)
	}
	if _, err := stack.DB.Exec(t.Context(), `update jobs set trash_until = now() where id::text = any($1) and trash_until is not null`, ids); err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		handle := stack.Temporal(t).ScheduleClient().GetHandle(t.Context(), "sys-sweep-trash")
		if err := handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	harness.Eventually(t, time.Minute, "the sweep is in the middle", func() error {
		var left int
		err := stack.DB.QueryRow(t.Context(), `select count(*) from jobs where id::text = any($1) and trash_until is not null`, ids).Scan(&left)
		if err == nil && left == len(ids) {
			err = errors.New("none has left the trash")
		}
		return err
	})
	stack.Kill(t, "worker")
	sweep()
	for _, id := range ids {
		harness.Eventually(t, 5*time.Minute, "rows and objects are gone", func() error { return stack.NothingLeftOf(t.Context(), id) })
	}
	if got := stack.Client.FetchSHA256(t, links[0], 0, contents[0].Size, contents[0].Size); got != contents[0].SHA256(0, contents[0].Size) {
		t.Errorf("what was restored has other bytes: %s", got)
	}
}
