//go:build e2e

// Package restore is a drill: a backup is made, people work for a while, and the
// backup is restored under a storage and a Temporal that are newer.
package restore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/test/harness"
	"longhaul/workflows"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=50", "AGENT_CAPACITY=16",
	}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// drill is what is there when the backup is made, and what comes after it.
type drill struct {
	*testing.T
	fast, slow *harness.Source
	content    map[string]harness.Content
	temporal   client.Client

	kept, deleted, running string // in the dump
	newer, open            string // after it
}

func (d *drill) submit(s *harness.Source, name string, size int64) string {
	d.Helper()
	c := harness.Content{Seed: uint64(len(d.content) + 1), Size: size}
	job, err := stack.Client.SubmitURI(d.Context(), s.Add(name, c, true), nil)
	if err != nil {
		d.Fatal(err)
	}
	d.content[job.ID] = c
	return job.ID
}

// run runs a workflow of a schedule now.
func run[T any](d *drill, flow any, args ...any) (res T) {
	d.Helper()
	r, err := d.temporal.ExecuteWorkflow(d.Context(), client.StartWorkflowOptions{
		ID: "drill-" + strconv.FormatInt(time.Now().UnixNano(), 36), TaskQueue: workflows.TaskQueue(models.QueueControl),
	}, flow, args...)
	if err == nil {
		err = r.Get(d.Context(), &res)
	}
	if err != nil {
		d.Fatal(err)
	}
	return res
}

// sweep is what the schedule does every hour, without the hour's grace.
func (d *drill) sweep() activities.SweepResult {
	d.Helper()
	return run[activities.SweepResult](d, workflows.SweepOrphans, activities.SweepInput{
		Grace: time.Millisecond, Keep: models.OrphanRetention, Percent: 10, Floor: 10,
	})
}

func TestRestoreDrill(t *testing.T) {
	d := &drill{T: t, fast: harness.NewSource(t), slow: harness.NewSource(t), content: map[string]harness.Content{}, temporal: stack.Temporal(t)}
	d.slow.BytesPerSecond.Store(1 << 20)
	d.kept, d.deleted = d.submit(d.fast, "kept.bin", 3<<20), d.submit(d.fast, "deleted.bin", 20<<20)
	d.running = d.submit(d.slow, "running.bin", 24<<20)
	d.ready(d.kept, d.deleted)
	stack.Client.WaitState(t, d.running, "downloading", time.Minute)
	links := map[string]string{d.kept: d.link(d.kept), d.deleted: d.link(d.deleted)}
	if res := d.sweep(); res.Paused != "" {
		t.Fatalf("the sweep before the dump: %+v", res)
	}
	backup := stack.Backup(t)

	d.workForAWhile()
	dry, done := stack.Restore(t, backup)
	t.Logf("the dry run:\n%s\nthe restore:\n%s", dry, done)
	for _, want := range []string{"1, 3.0 MiB, are in the bucket", "1, 20.0 MiB, are not", "Deletion:     will pause"} {
		if !strings.Contains(dry, want) {
			t.Errorf("the dry run does not say %q", want)
		}
	}
	if !strings.Contains(done, "1 files as lost") {
		t.Error("the restore does not say that it marked a file as lost")
	}
	harness.Eventually(t, 2*time.Minute, "api and worker to be back", func() error {
		_, err := stack.Client.Job(t.Context(), d.kept)
		return err
	})

	d.nothingYoungerIsLost()
	d.nothingIsPromised(links)
	d.restoredJobsEnd()
	d.accept()
}

// workForAWhile deletes a job, finishes one, and submits two.
func (d *drill) workForAWhile() {
	d.Helper()
	if err := stack.Client.Do(d.Context(), http.MethodDelete, "/api/v1/jobs/"+d.deleted+"?final=true", nil, nil); err != nil {
		d.Fatal(err)
	}
	harness.Eventually(d, time.Minute, "the deleted job to be gone", func() error { return stack.NothingLeftOf(d.Context(), d.deleted) })
	d.newer = d.submit(d.fast, "newer.bin", 5<<20)
	d.ready(d.newer)
	d.slow.BytesPerSecond.Store(0)
	d.ready(d.running)
	d.slow.BytesPerSecond.Store(256 << 10)
	d.open = d.submit(d.slow, "open.bin", 64<<20)
	stack.Client.WaitState(d, d.open, "downloading", time.Minute)
	if res := d.sweep(); res.Paused != "" || res.Removed != 0 {
		d.Fatalf("the sweep after the dump: %+v", res)
	}
}

func (d *drill) ready(ids ...string) {
	d.Helper()
	for _, id := range ids {
		stack.Client.WaitState(d, id, "ready", 3*time.Minute)
	}
}

func (d *drill) link(jobID string) string {
	d.Helper()
	return stack.Client.Link(d, stack.Client.Files(d, jobID)[0].ID)
}

// has reports whether storage has an object of the job.
func (d *drill) has(jobID string) bool {
	d.Helper()
	objects, _, err := stack.Stored(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	return slices.ContainsFunc(objects, func(key string) bool { return strings.HasPrefix(key, "jobs/"+jobID+"/") })
}

// storage is what administrators see.
func (d *drill) storage() (out struct {
	Paused, NextPurgeAt string
	Orphans, Lost       struct{ Count int64 }
},
) {
	d.Helper()
	if err := stack.Client.Do(d.Context(), http.MethodGet, "/api/v1/admin/storage", nil, &out); err != nil {
		d.Fatal(err)
	}
	return out
}

func (d *drill) nothingYoungerIsLost() {
	d.Helper()
	res := d.sweep()
	d.Logf("the first sweep after the restore: %+v", res)
	if res.Paused != models.PauseRestored || res.Removed != 0 || res.Objects == 0 {
		d.Errorf("swept %+v", res)
	}
	if !d.has(d.newer) || !d.has(d.running) {
		d.Errorf("what is newer than the dump is gone: newer there %v, finished since there %v", d.has(d.newer), d.has(d.running))
	}
	if s := d.storage(); s.Paused != string(models.PauseRestored) || s.Orphans.Count == 0 {
		d.Errorf("administrators see %+v", s)
	}
	schedule, err := d.temporal.ScheduleClient().GetHandle(d.Context(), "sys-sweep-orphans").Describe(d.Context())
	if err != nil || !strings.Contains(schedule.Schedule.State.Note, "Deletion is paused") {
		d.Errorf("the schedule's note is %q, %v", schedule.Schedule.State.Note, err)
	}
}

func (d *drill) nothingIsPromised(links map[string]string) {
	d.Helper()
	res := run[activities.CheckResult](d, workflows.CheckFiles, activities.CheckInput{Percent: 10, Floor: 10})
	d.Logf("the check after the restore: %+v", res)
	if res.Lost != 0 || res.Refused != 0 { // the restore marked it
		d.Errorf("checked %+v", res)
	}
	for id, want := range map[string]string{d.kept: "stored", d.deleted: "lost"} {
		job, err := stack.Client.Job(d.Context(), id)
		if err != nil {
			d.Fatal(err)
		}
		if f := stack.Client.Files(d, id)[0]; f.State != want || (job.Problem == "file_lost") != (want == "lost") {
			d.Errorf("the file of %s is %s, problem %q", job.Name, f.State, job.Problem)
		}
	}
	c := d.content[d.kept]
	if sum := stack.Client.FetchSHA256(d, links[d.kept], 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
		d.Error("the kept file differs from its source")
	}
	if status := d.status(links[d.deleted]); status != http.StatusNotFound {
		d.Errorf("the link of the deleted file answers %d", status)
	}
	d.quotaIsWhatIsStored()
}

func (d *drill) status(address string) int {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), http.MethodGet, address, nil)
	if err != nil {
		d.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// quotaIsWhatIsStored compares what accounts use with the objects of ended jobs.
func (d *drill) quotaIsWhatIsStored() {
	d.Helper()
	var used, stored int64
	err := stack.DB.QueryRow(d.Context(), `select (select sum(used) from quota_usage),
		(select sum(f.size) from files f join jobs j on j.id = f.job_id where f.state in ('stored', 'trashed') and j.finished_at is not null)`).Scan(&used, &stored)
	if err != nil {
		d.Fatal(err)
	}
	var there int64
	rows, err := stack.DB.Query(d.Context(), `select 'jobs/' || f.job_id || '/' || f.id, f.size from files f where f.state = 'stored'`)
	if err != nil {
		d.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var size int64
		if err := rows.Scan(&key, &size); err != nil {
			d.Fatal(err)
		}
		o, err := stack.Objects.Head(d.Context(), key)
		if err != nil || o.Size != size {
			d.Errorf("%s is promised, but not there: %d bytes, %v", key, o.Size, err)
		}
		there += o.Size
	}
	if err := rows.Err(); err != nil {
		d.Fatal(err)
	}
	if used != stored || stored != there {
		d.Errorf("the quota has %d bytes, the rows %d, storage %d", used, stored, there)
	}
}

// restoredJobsEnd has the sweep that repairs jobs run, and waits for what
// Temporal and the database disagreed on.
func (d *drill) restoredJobsEnd() {
	d.Helper()
	served := d.slow.Served.Load()
	d.slow.BytesPerSecond.Store(0)
	harness.Eventually(d, 3*time.Minute, "the restored job to become ready", func() error {
		run[activities.RepairResult](d, workflows.ReconcileJobs, activities.RepairInput{Quiet: time.Second})
		job, err := stack.Client.Job(d.Context(), d.running)
		if err == nil && job.State != "ready" {
			err = fmt.Errorf("it is %s (%s)", job.State, job.Problem)
		}
		return err
	})
	d.Logf("%d bytes were served again or to the job without a row", d.slow.Served.Load()-served)
	c := d.content[d.running]
	if sum := stack.Client.FetchSHA256(d, d.link(d.running), 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
		d.Error("the restored job's file differs from its source")
	}
	harness.Eventually(d, 3*time.Minute, "the workflow without a row to end", func() error { return d.ended(d.open) })
	d.quotaIsWhatIsStored()
}

func (d *drill) ended(jobID string) error {
	ctx, cancel := context.WithTimeout(d.Context(), 10*time.Second)
	defer cancel()
	w, err := d.temporal.DescribeWorkflow(ctx, workflows.JobWorkflowID(jobID), "")
	if err == nil && w.Status == enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		err = errors.New("it is running")
	}
	return err
}

func (d *drill) accept() {
	d.Helper()
	if err := stack.Administer(d.Context(), http.MethodPost, "/api/v1/admin/storage/accept", map[string]string{"confirm": "accept"}, nil); err != nil {
		d.Fatal(err)
	}
	harness.Eventually(d, time.Minute, "deletion to go on", func() error {
		if s := d.storage(); s.Paused != "" {
			return fmt.Errorf("it is paused: %s", s.Paused)
		}
		return nil
	})
	if res := d.sweep(); res.Paused != "" || res.Removed != 0 || !d.has(d.newer) {
		d.Errorf("the sweep after the acceptance: %+v, newer there %v", res, d.has(d.newer))
	}
	s := d.storage()
	d.Logf("afterwards: %+v", s)
	next, err := time.Parse(time.RFC3339, s.NextPurgeAt)
	if err != nil || time.Until(next) < models.OrphanRetention-10*time.Minute {
		d.Errorf("the first orphan is removed at %s", s.NextPurgeAt)
	}
}
