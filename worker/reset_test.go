package worker_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// resetPoints are the points to which an operator resets, of those there are.
var resetPoints = map[string]func(events []int64) int64{
	"first":  func(events []int64) int64 { return events[0] },
	"middle": func(events []int64) int64 { return events[len(events)/2] },
	"last":   func(events []int64) int64 { return events[len(events)-1] },
}

// A reset of a job in any state, to any point, changes nothing about what the row
// says: what waits for a person waits, what ran runs again and becomes ready once.
func TestResetJobsContinueFromTheirRows(t *testing.T) {
	without := []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE}
	for _, tc := range []struct {
		name    string
		point   string
		exclude []enumspb.ResetReapplyExcludeType
	}{{"first", "first", nil}, {"first, without signals", "first", without}, {"middle", "middle", nil}, {"last", "last", nil}} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStage(t)
			jobs := s.everywhere()
			op := operator{s.system}
			since, before := time.Now(), map[models.State]models.Job{}
			for state, job := range jobs {
				before[state] = s.job(job.ID)
				events, runID := op.points(job)
				op.reset(job, runID, resetPoints[tc.point](events), tc.exclude...)
			}
			for state, job := range jobs {
				want := state
				if state.Running() { // no agent accepts it again yet
					want = models.StateQueued
				}
				got := op.agrees("reset while "+string(state), job, since, func(now models.Job) string {
					if now.State != want {
						return fmt.Sprintf("%s: job is %s, want %s", state, now.State, want)
					}
					return op.agree(job)
				})
				if was := before[state]; want == state && (got.Problem != was.Problem || got.Run != was.Run || !same(got.Deadline, was.Deadline)) {
					t.Errorf("%s: the row was %q until %v, and is %q until %v", state, was.Problem, was.Deadline, got.Problem, got.Deadline)
				}
			}
			s.finishes(jobs)
			for state, job := range jobs {
				s.readyOnce(string(state), job)
			}
		})
	}
}

func same(a, b *time.Time) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }

// finishes has the jobs of everywhere become ready.
func (s *stage) finishes(jobs map[models.State]models.Job) {
	s.t.Helper()
	close(s.gate.open)
	s.cordon(models.AgentActive)
	s.heard()
	s.user.ID = jobs[models.StateResolving].UserID // what the agent resolves is this user's
	s.act(jobs[models.StateResolving], "go on")
	if _, err := s.store.Jobs.RequestRetry(s.t.Context(), jobs[models.StateNeedsAttention].UserID, jobs[models.StateNeedsAttention].ID); err != nil {
		s.t.Fatal(err)
	}
	s.asks(jobs[models.StatePaused], resume)
	if err := s.chooses(jobs[models.StateAwaitingSelection], 0); err != nil {
		s.t.Fatal(err)
	}
	for _, job := range jobs {
		s.until(job.ID, models.StateReady)
	}
}

// readyOnce checks that the job became ready once, without an end before, and
// that its last run replays.
func (s *stage) readyOnce(what string, job models.Job) {
	s.t.Helper()
	op := operator{s.system}
	s.eventually(func() string { return op.agree(job) })
	ready := storetest.Count(s.t, `select count(*) from job_events where job_id = $1 and state = 'ready' and kind = 'state'`, job.ID)
	ended := storetest.Count(s.t, `select count(*) from job_events where job_id = $1 and state in ('failed', 'cancelled')`, job.ID)
	if ready != 1 || ended != 0 {
		s.t.Errorf("%s: ready %d times, ended %d times before", what, ready, ended)
	}
	s.replays(what, s.histories(job.ID))
}

// A reset of a run that has ended starts nothing again.
func TestResetJobsThatHaveEnded(t *testing.T) {
	s := newStage(t)
	op := operator{s.system}
	var jobs []models.Job
	for range 3 { // one for each point
		s.user = storetest.User(t, s.store)
		ready := s.reach(models.StateDownloading)
		s.act(ready, "go on")
		s.stored(ready.ID.String())
		for _, a := range s.agents {
			a.Finish(ready.ID.String())
		}
		s.until(ready.ID, models.StateReady)
		s.closed(ready.ID, completed)
		s.user = storetest.User(t, s.store)
		stopped := s.reach(models.StateDownloading)
		s.act(stopped, "cancel")
		s.closed(stopped.ID, canceled)
		jobs = append(jobs, ready, stopped)
	}
	starts := func() (n int) {
		for _, a := range s.agents {
			n += count(a.Calls(), "start")
		}
		return n
	}
	was, since := starts(), time.Now()
	for i, name := range slices.Sorted(maps.Keys(resetPoints)) {
		for _, job := range jobs[2*i : 2*i+2] {
			events, runID := op.points(job)
			op.reset(job, runID, resetPoints[name](events))
			before := s.job(job.ID)
			got := op.agrees(fmt.Sprintf("%s job reset to the %s point", before.State, name), job, since, func(models.Job) string { return op.agree(job) })
			if got.State != before.State || !got.UpdatedAt.Equal(before.UpdatedAt) || got.Epoch != before.Epoch {
				t.Errorf("the row was %s since %v, and is %s since %v", before.State, before.UpdatedAt, got.State, got.UpdatedAt)
			}
		}
	}
	if now := starts(); now != was {
		t.Errorf("agents were asked for %d more transfers", now-was)
	}
}

// A reset of an earlier run of a job, whose later run is in the middle, continues
// the later one's work.
func TestResetAnEarlierRun(t *testing.T) {
	s := newStage(t)
	op := operator{s.system}
	job := s.reach(models.StateDownloading)
	s.act(job, "cancel")
	s.closed(job.ID, canceled)
	events, runID := op.points(job)
	if _, err := s.store.Jobs.RequestRetry(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatal(err)
	}
	s.until(job.ID, models.StateDownloading)
	since := time.Now()
	op.reset(job, runID, events[len(events)-1])
	op.agrees("reset to the end of the run before", job, since, func(now models.Job) string {
		if now.State.Terminal() {
			return fmt.Sprintf("job is %s", now.State)
		}
		return op.agree(job)
	})
	s.act(job, "go on")
	s.until(job.ID, models.StateDownloading)
	s.stored(job.ID.String())
	for _, a := range s.agents {
		a.Finish(job.ID.String())
	}
	if got := s.until(job.ID, models.StateReady); got.Run != 2 {
		t.Errorf("run is %d", got.Run)
	}
	s.eventually(func() string { return op.agree(job) })
}

// What is stored is not fetched again after a reset.
func TestAResetKeepsWhatIsStored(t *testing.T) {
	s := newSystem(t, options{})
	specs := make(chan agentapi.StartTransfer, 10)
	id, agent := s.agent(s.downloading(func(*agentapitest.Agent, string) {}))
	onStart := agent.OnStart
	agent.OnStart = func(job string, st agentapi.StartTransfer) {
		onStart(job, st)
		specs <- st
	}
	job := s.known()
	first := <-specs
	s.until(job.ID, models.StateDownloading)
	s.saved(id, job, first.Epoch)
	op := operator{s}
	events, runID := op.points(job)
	op.reset(job, runID, events[0])
	second := <-specs
	if len(first.Files[0].Stored) != 0 || !slices.Equal(second.Files[0].Stored, []int64{1}) {
		t.Errorf("the agent was told that parts %v are stored, then %v", first.Files[0].Stored, second.Files[0].Stored)
	}
	agent.Finish(job.ID.String())
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	if got := s.job(job.ID); got.Epoch != 2 {
		t.Errorf("it took %d attempts", got.Epoch)
	}
}

// saved stores the only part of the job's file, as its agent does.
func (s *system) saved(agent uuid.UUID, job models.Job, epoch int64) {
	s.t.Helper()
	s.stored(job.ID.String())
	files, err := s.store.Files.Files(s.t.Context(), job.UserID, job.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	obj, err := s.objects.Head(s.t.Context(), files[0].Key())
	if err != nil {
		s.t.Fatal(err)
	}
	part := storetest.Part(0, 1, obj.Size)
	part.ETag = obj.ETag
	if err := s.store.Transfers.SaveParts(s.t.Context(), agent, job.ID, epoch, []models.PartReport{part}); err != nil {
		s.t.Fatal(err)
	}
}
