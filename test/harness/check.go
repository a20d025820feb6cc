package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/workflows"
)

// Temporal returns a client of the stack's Temporal server.
func (s *Stack) Temporal(tb testing.TB) client.Client {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := client.Dial(client.Options{
		HostPort: r.Env["TEMPORAL_ADDRESS"], Namespace: r.Env["TEMPORAL_NAMESPACE"], Logger: quiet{},
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// HistoryEvents returns how many events the workflow of a job has.
func HistoryEvents(tb testing.TB, c client.Client, jobID string) int {
	tb.Helper()
	it := c.GetWorkflowHistory(tb.Context(), workflows.JobWorkflowID(jobID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	n := 0
	for it.HasNext() {
		if _, err := it.Next(); err != nil {
			tb.Fatal(err)
		}
		n++
	}
	return n
}

// FailedTasks returns how often a worker could not continue the workflow of a
// job, as when its code does not fit the history.
func FailedTasks(tb testing.TB, c client.Client, jobID string) int {
	tb.Helper()
	it := c.GetWorkflowHistory(tb.Context(), workflows.JobWorkflowID(jobID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	n := 0
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			tb.Fatal(err)
		}
		if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			n++
		}
	}
	return n
}

// CheckStorage runs the orphan sweep twice and asserts that the second finds
// nothing, that each object has its row and each row its object, and that no
// multipart upload is open.
func (s *Stack) CheckStorage(tb testing.TB) {
	tb.Helper()
	temporal := s.Temporal(tb)
	sweep := func() activities.SweepResult {
		var res activities.SweepResult
		run, err := temporal.ExecuteWorkflow(tb.Context(), client.StartWorkflowOptions{
			ID: "check-storage-" + strconv.FormatInt(time.Now().UnixNano(), 36), TaskQueue: workflows.TaskQueue(models.QueueControl),
		}, workflows.SweepOrphans, activities.SweepInput{Grace: time.Second})
		if err == nil {
			err = run.Get(tb.Context(), &res)
		}
		if err != nil {
			tb.Fatalf("sweep: %v", err)
		}
		return res
	}
	first := sweep()
	second := sweep()
	tb.Logf("first sweep %+v, second %+v", first, second)
	objects, uploads, err := s.Stored(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if len(uploads) > 0 {
		tb.Errorf("open multipart uploads after the sweep: %v", uploads)
	}
	rows, err := s.storedKeys(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	slices.Sort(objects)
	if !slices.Equal(objects, rows) {
		tb.Errorf("storage has %d objects, the database %d stored files:\n%v\n%v", len(objects), len(rows), objects, rows)
	}
}

func (s *Stack) storedKeys(ctx context.Context) ([]string, error) {
	rows, err := s.DB.Query(ctx, `select 'jobs/' || job_id || '/' || id from files where state in ('stored', 'trashed') order by 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys, rows.Err()
}

// EngineProcess returns the process id of the engine that runs a job's
// transfer, or 0.
func (s *Stack) EngineProcess(tb testing.TB, jobID string) int {
	tb.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		tb.Fatal(err)
	}
	for _, link := range procs {
		dir, err := os.Readlink(link)
		if err == nil && strings.Contains(dir, s.Dir) && strings.Contains(dir, jobID) {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			return pid
		}
	}
	return 0
}

// Usage is what a process and its descendants have used.
type Usage struct {
	CPU time.Duration // user and system, ended children included
	RSS int64         // bytes, now
}

// Usage returns what each part uses, with its children: the agent's engines
// count as the agent's.
func (s *Stack) Usage(tb testing.TB) map[string]Usage {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string]Usage{}
	table := processes()
	for part, pid := range r.PIDs {
		out[part] = table.usage(pid)
	}
	return out
}

// Peak returns the most memory in bytes that a part, without its children, held
// at any moment of what is done.
func (s *Stack) Peak(tb testing.TB, part string, do func()) int64 {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	dir := filepath.Join("/proc", strconv.Itoa(r.PIDs[part]))
	// "5" makes the kernel forget the peak so far; see proc_pid_clear_refs(5).
	if err := os.WriteFile(filepath.Join(dir, "clear_refs"), []byte("5"), 0o600); err != nil {
		tb.Fatal(err)
	}
	do()
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		tb.Fatalf("%s has no peak: %v", part, err)
	}
	return kib << 10
}

// ProcessUsage returns what one process and its descendants use.
func ProcessUsage(pid int) Usage { return processes().usage(pid) }

type process struct {
	parent int
	ticks  int64
	pages  int64
}

type processTable map[int]process

// clockTicks is the unit of CPU times in /proc, fixed at 100 per second on
// every Linux that Go runs on.
const clockTicks = 100

func processes() processTable {
	out := processTable{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		_, rest, ok := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 22 {
			continue
		}
		num := func(i int) int64 { n, _ := strconv.ParseInt(f[i], 10, 64); return n }
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		// utime, stime and those of ended children.
		out[pid] = process{parent: int(num(1)), ticks: num(11) + num(12) + num(13) + num(14), pages: num(21)}
	}
	return out
}

func (t processTable) usage(pid int) Usage {
	p, ok := t[pid]
	if !ok {
		return Usage{}
	}
	u := Usage{CPU: time.Duration(p.ticks) * time.Second / clockTicks, RSS: p.pages * int64(os.Getpagesize())}
	for child, c := range t {
		if c.parent == pid {
			sub := t.usage(child)
			u.CPU += sub.CPU
			u.RSS += sub.RSS
		}
	}
	return u
}

// String formats a usage for a table.
func (u Usage) String() string {
	return fmt.Sprintf("%.2f CPU-s, %d MiB", u.CPU.Seconds(), u.RSS>>20)
}

// VerifiedAt returns when the agent verified the last byte of a job's
// transfer, or the zero time while it has not, or no longer knows.
func (s *Stack) VerifiedAt(tb testing.TB, jobID string) time.Time {
	tb.Helper()
	list, err := s.agentTransfers(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, t := range list {
		if t.JobID == jobID && t.VerifiedAt != nil {
			return *t.VerifiedAt
		}
	}
	return time.Time{}
}

// EventTime returns when the first event of a job was written.
func (s *Stack) EventTime(tb testing.TB, jobID string) time.Time {
	tb.Helper()
	var at time.Time
	if err := s.DB.QueryRow(tb.Context(), `select min(at) from job_events where job_id = $1`, jobID).Scan(&at); err != nil {
		tb.Fatal(err)
	}
	return at
}

// EventCount returns how many events of a job have the reason.
func (s *Stack) EventCount(tb testing.TB, jobID, reason string) (n int) {
	tb.Helper()
	if err := s.DB.QueryRow(tb.Context(), `select count(*) from job_events where job_id = $1 and reason_code = $2`, jobID, reason).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// Tail shows what happened after a job's last piece was verified, and when.
func (s *Stack) Tail(tb testing.TB, jobID string, verified time.Time) string {
	tb.Helper()
	var storing, ready time.Time
	err := s.DB.QueryRow(tb.Context(), `select
		(select min(at) from job_events where job_id = $1 and state = 'storing'),
		(select min(at) from job_events where job_id = $1 and state = 'ready')`, jobID).Scan(&storing, &ready)
	if err != nil {
		tb.Fatal(err)
	}
	ms := func(t time.Time) int64 { return t.Sub(verified).Milliseconds() }
	return fmt.Sprintf("all parts stored after %d ms, ready after %d ms", ms(storing), ms(ready))
}
