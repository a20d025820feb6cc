package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

const terminated = enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED

// agreed is how soon a row and its workflow have to agree after what an operator
// did.
const agreed = time.Minute

// operator does what a person does in the Temporal UI: the same calls, without
// anything that only Longhaul knows.
type operator struct{ *system }

func (o operator) ui(job models.Job) (workflowservice.WorkflowServiceClient, string, *commonpb.WorkflowExecution) {
	return o.temporal.WorkflowService(), o.namespace, &commonpb.WorkflowExecution{WorkflowId: job.WorkflowID()}
}

func (o operator) terminate(job models.Job) {
	o.t.Helper()
	ui, namespace, execution := o.ui(job)
	_, err := ui.TerminateWorkflowExecution(o.t.Context(), &workflowservice.TerminateWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: execution, Reason: "Terminated from the Web UI",
	})
	if err != nil {
		o.t.Fatalf("terminate: %v", err)
	}
}

func (o operator) cancel(job models.Job) {
	o.t.Helper()
	ui, namespace, execution := o.ui(job)
	_, err := ui.RequestCancelWorkflowExecution(o.t.Context(), &workflowservice.RequestCancelWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: execution,
	})
	if err != nil {
		o.t.Fatalf("cancel: %v", err)
	}
}

// signal sends a signal with what was typed as its input, nothing at all if that
// is empty.
func (o operator) signal(job models.Job, name, typed string) {
	o.t.Helper()
	ui, namespace, execution := o.ui(job)
	req := &workflowservice.SignalWorkflowExecutionRequest{Namespace: namespace, WorkflowExecution: execution, SignalName: name}
	if typed != "" {
		req.Input = &commonpb.Payloads{Payloads: []*commonpb.Payload{{
			Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(typed),
		}}}
	}
	if _, err := ui.SignalWorkflowExecution(o.t.Context(), req); err != nil {
		o.t.Fatalf("signal %s: %v", name, err)
	}
}

// reset resets the run to the workflow task that ended with the event.
func (o operator) reset(job models.Job, runID string, event int64, exclude ...enumspb.ResetReapplyExcludeType) {
	o.t.Helper()
	ui, namespace, execution := o.ui(job)
	execution.RunId = runID
	_, err := ui.ResetWorkflowExecution(o.t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: execution, Reason: "Reset from the Web UI", WorkflowTaskFinishEventId: event,
		RequestId: uuid.NewString(), ResetReapplyExcludeTypes: exclude,
	})
	if err != nil {
		o.t.Fatalf("reset to event %d: %v", event, err)
	}
}

// points returns the events of the job's last run to which it can be reset, and
// the run.
func (o operator) points(job models.Job) (events []int64, runID string) {
	o.t.Helper()
	d, err := o.temporal.DescribeWorkflow(o.t.Context(), job.WorkflowID(), "")
	if err != nil {
		o.t.Fatalf("describe: %v", err)
	}
	runID = d.WorkflowExecution.RunID
	for _, e := range o.flowHistory(job.WorkflowID(), runID).Events {
		if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			events = append(events, e.EventId)
		}
	}
	return events, runID
}

// agree returns what is wrong if the row and the workflow say different things.
func (o operator) agree(job models.Job) string {
	now := o.job(job.ID)
	v, err := o.flows.State(o.t.Context(), job.ID)
	switch {
	case err != nil:
		return err.Error()
	case now.State.Terminal():
		want := map[models.State]string{models.StateReady: "completed", models.StateCancelled: "canceled", models.StateFailed: "failed"}[now.State]
		if v.Status != want {
			return fmt.Sprintf("the row is %s, the workflow %s", now.State, v.Status)
		}
	case v.State == nil || v.State.State != string(now.State) || v.Status != "running" || v.State.Reason.Code != now.Reason.Code && now.State != models.StateQueued:
		return fmt.Sprintf("the row is %s (%v), the workflow %s: %+v", now.State, now.Reason, v.Status, v.State)
	}
	return ""
}

func (o operator) status(job models.Job) enumspb.WorkflowExecutionStatus {
	o.t.Helper()
	d, err := o.temporal.DescribeWorkflow(o.t.Context(), job.WorkflowID(), "")
	if err != nil {
		o.t.Fatalf("describe: %v", err)
	}
	return d.Status
}

// agrees waits until the row is as it should be after the act, and says how long
// that took.
func (o operator) agrees(what string, job models.Job, since time.Time, check func(models.Job) string) models.Job {
	o.t.Helper()
	var now models.Job
	storetest.Eventually(o.t, 2*agreed, func() string {
		now = o.job(job.ID)
		return check(now)
	})
	took := time.Since(since)
	o.t.Logf("%s: row and workflow agree after %.1f s", what, took.Seconds())
	if took > agreed {
		o.t.Errorf("%s: row and workflow agree only after %s", what, took)
	}
	return now
}

// sweep runs the reconcile sweep now.
func (s *system) sweep() activities.RepairResult {
	s.t.Helper()
	run, err := s.temporal.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue(models.QueueControl)}, workflows.ReconcileJobs, activities.RepairInput{})
	var res activities.RepairResult
	if err == nil {
		err = run.Get(s.t.Context(), &res)
	}
	if err != nil {
		s.t.Fatalf("reconcile: %v", err)
	}
	return res
}

// everywhere catches a job in each state in which it may be while its workflow
// runs, each of another user.
func (s *stage) everywhere() map[models.State]models.Job {
	s.t.Helper()
	s.gate.reached, s.gate.open = make(chan struct{}, 100), make(chan struct{})
	out := map[models.State]models.Job{}
	for _, state := range []models.State{
		models.StateNeedsAttention, models.StateAwaitingSelection, models.StateResolving, models.StateDownloading, models.StatePaused,
		models.StateStoring, models.StateQueued,
	} {
		s.user = storetest.User(s.t, s.store)
		switch state {
		case models.StatePaused:
			job := s.reach(models.StateDownloading)
			s.asks(job, pause)
			out[state] = s.until(job.ID, state)
		case models.StateStoring:
			s.mode.Store("works")
			job := s.known()
			<-s.gate.reached
			out[state] = s.until(job.ID, state)
		case models.StateQueued:
			s.cordon(models.AgentCordoned)
			out[state] = s.known()
			s.eventually(func() string {
				if _, err := s.flows.State(s.t.Context(), out[state].ID); err != nil {
					return err.Error()
				}
				return ""
			})
		default:
			out[state] = s.reach(state)
		}
	}
	return out
}

// cordon has every agent accept work, or not. No round of admission counts the
// slots any more that the agents had before.
func (s *system) cordon(state models.AgentState) {
	s.t.Helper()
	defer func() {
		since := s.store.DB.Now()
		s.eventually(func() string {
			if storetest.Count(s.t, `select count(*) from admission_rounds where at > $1`, since) == 0 {
				return "no round since"
			}
			return ""
		})
	}()
	for id := range s.agents {
		if err := s.store.Agents.SetAgentState(s.t.Context(), models.Actor{Kind: models.ActorConsole}, id, state); err != nil {
			s.t.Fatal(err)
		}
	}
}

// A job whose workflow an operator terminates, in whatever state, waits for a
// person, who retries it.
func TestTerminatedJobsNeedAttention(t *testing.T) {
	s := newStage(t)
	jobs := s.everywhere()
	op := operator{s.system}
	since := time.Now()
	for _, job := range jobs {
		op.terminate(job)
	}
	for state, job := range jobs {
		got := op.agrees("terminated while "+string(state), job, since, func(now models.Job) string {
			if now.State != models.StateNeedsAttention || now.Problem != models.ProblemEndedByOperator {
				return fmt.Sprintf("job is %s, %q", now.State, now.Problem)
			}
			return ""
		})
		if got.Reason.Code.Problem() != models.ProblemEndedByOperator || got.AdmittedAt != nil || got.Deadline == nil || time.Until(*got.Deadline) < 50*time.Minute {
			t.Errorf("%s: reason %v, slot %v, deadline %v", state, got.Reason, got.AdmittedAt, got.Deadline)
		}
		s.eventually(func() string {
			if n := storetest.Count(t, `select count(*) from job_attempts where job_id = $1 and state in ('wanted', 'open')`, job.ID); n != 0 {
				return fmt.Sprintf("%s: %d attempts are still live", state, n)
			}
			return ""
		})
	}
	if res := s.sweep(); res.Restarted != 0 || res.GaveUp != 0 {
		t.Errorf("the sweep did %+v", res)
	}
	for state, job := range jobs {
		if got := op.status(job); got != terminated {
			t.Errorf("%s: the workflow is %s", state, got)
		}
	}
	close(s.gate.open)
	s.cordon(models.AgentActive)
	s.heard()
	s.user.ID = jobs[models.StateResolving].UserID // what the agent resolves is this user's
	s.act(jobs[models.StateResolving], "go on")
	for state, job := range jobs {
		if _, err := s.store.Jobs.RequestRetry(t.Context(), job.UserID, job.ID); err != nil {
			t.Fatalf("%s: retry: %v", state, err)
		}
	}
	for state, job := range jobs {
		if state == models.StateAwaitingSelection {
			s.until(job.ID, models.StateAwaitingSelection)
			if err := s.chooses(job, 0); err != nil {
				t.Fatal(err)
			}
		}
		storetest.Eventually(t, patience, func() string {
			if now := s.job(job.ID); now.State != models.StateReady {
				return fmt.Sprintf("%s: job is %s %v", state, now.State, now.Reason)
			}
			return ""
		})
		s.replays("retried after "+string(state), s.closed(job.ID, completed))
	}
}

// An operator may terminate many jobs at once.
func TestManyTerminatedJobs(t *testing.T) {
	s := newStage(t)
	s.cordon(models.AgentCordoned)
	op := operator{s.system}
	m := storetest.Manifest(1)
	var jobs []models.Job
	for range 100 {
		jobs = append(jobs, storetest.Submit(t, s.store, s.user.ID, &m))
	}
	for _, job := range jobs {
		s.eventually(func() string {
			if _, err := s.flows.State(t.Context(), job.ID); err != nil {
				return err.Error()
			}
			return ""
		})
	}
	for _, job := range jobs {
		op.terminate(job)
	}
	since := time.Now()
	for _, job := range jobs {
		storetest.Eventually(t, 2*agreed, func() string { return unattended(s.job(job.ID)) })
	}
	took := time.Since(since)
	t.Logf("all of %d jobs need attention %.1f s after the last was terminated", len(jobs), took.Seconds())
	if took > agreed {
		t.Errorf("it took %s", took)
	}
}

// What a person asks of a job without a workflow is done.
func TestActsOnATerminatedJob(t *testing.T) {
	s := newStage(t)
	op := operator{s.system}
	since := time.Now()
	jobs := map[string]models.Job{}
	for _, act := range []string{"cancel", "delete", "move", "nothing"} {
		s.user = storetest.User(t, s.store)
		jobs[act] = s.reach(models.StateDownloading)
		s.stored(jobs[act].ID.String())
		op.terminate(jobs[act])
	}
	for act, job := range jobs {
		op.agrees("terminated", job, since, unattended)
		s.user.ID = job.UserID
		switch act {
		case "cancel", "delete":
			s.act(job, act)
			s.gone(job.ID)
		case "move":
			s.act(job, "go on")
			s.act(job, act)
			s.until(job.ID, models.StateReady)
		case "nothing":
			storetest.Exec(t, `update jobs set deadline = now() - interval '1 second' where id = $1`, job.ID)
			s.sweep()
			if got := s.until(job.ID, models.StateFailed); got.Problem != models.ProblemGaveUp {
				t.Errorf("failed with %q", got.Problem)
			}
		}
	}
}

func unattended(now models.Job) string {
	if !now.Unattended() {
		return fmt.Sprintf("job is %s, %q", now.State, now.Problem)
	}
	return ""
}

// Only what an operator ended stays ended: a workflow that Longhaul ended, or
// that Temporal lost, starts again.
func TestOtherEndsAreRepaired(t *testing.T) {
	s := newStage(t)
	ended := s.reach(models.StateDownloading)
	s.user = storetest.User(t, s.store)
	lost := s.reach(models.StateNeedsAttention)
	s.mode.Store("holds") // what starts again must not stall, too
	if err := s.flows.End(t.Context(), ended.ID, "Longhaul does so after the restore of a dump."); err != nil {
		t.Fatal(err)
	}
	ui, namespace, execution := operator{s.system}.ui(lost)
	_, err := ui.DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{Namespace: namespace, WorkflowExecution: execution})
	if err != nil {
		t.Fatal(err)
	}
	s.eventually(func() string {
		if _, err := s.flows.State(t.Context(), lost.ID); !models.IsNotFound(err) {
			return fmt.Sprintf("the workflow is still there: %v", err)
		}
		return ""
	})
	s.eventually(func() string {
		s.sweep() // visibility may know of an end a little later
		for _, id := range []uuid.UUID{ended.ID, lost.ID} {
			if v, err := s.flows.State(t.Context(), id); err != nil || v.State == nil {
				return fmt.Sprintf("not started again: %v", err)
			}
		}
		return ""
	})
	s.act(ended, "go on")
	s.until(ended.ID, models.StateReady)
	if got := s.job(lost.ID); got.State != models.StateNeedsAttention || got.Problem != models.ProblemStalled {
		t.Errorf("the parked job is %s, %q", got.State, got.Problem)
	}
	s.user.ID = lost.UserID
	s.act(lost, "retry")
	s.until(lost.ID, models.StateReady)
}

// A cancel in Temporal is a cancel: in whatever state, the job is cancelled,
// nothing of it stays in storage, and its owner has the room back.
func TestCancelledInTemporal(t *testing.T) {
	s := newStage(t)
	jobs := s.everywhere()
	op := operator{s.system}
	since := time.Now()
	for _, job := range jobs {
		op.cancel(job)
	}
	for state, job := range jobs {
		got := op.agrees("cancelled while "+string(state), job, since, func(now models.Job) string {
			if now.State != models.StateCancelled {
				return fmt.Sprintf("job is %s, %v", now.State, now.Reason)
			}
			return ""
		})
		if got.Reason.Code != models.ReasonCancelled || got.AdmittedAt != nil {
			t.Errorf("%s: reason %v, slot %v", state, got.Reason, got.AdmittedAt)
		}
		s.replays("cancelled while "+string(state), s.closed(job.ID, canceled))
		s.gone(job.ID)
		if room, err := s.store.Quota.Room(t.Context(), job.UserID); err != nil || room.Reserved != 0 || room.Used != 0 {
			t.Errorf("%s: the owner has %+v, %v", state, room, err)
		}
	}
}

// A parked job is retried by a signal that a person sends, with the empty inputs
// that people type. Any other input is refused and does no harm; nor do the other
// signals, whatever they carry.
func TestSignalsSentByHand(t *testing.T) {
	s := newStage(t)
	op := operator{s.system}
	typed := []string{"", "{}", "null"}
	var jobs []models.Job
	for range typed {
		s.user = storetest.User(t, s.store)
		jobs = append(jobs, s.reach(models.StateNeedsAttention))
	}
	first := jobs[0]
	for _, wrong := range []string{`"now"`, `{"force": true}`, `[1]`, `5`, `{"unfinished`} {
		op.signal(first, workflows.SignalRetry, wrong)
	}
	for _, name := range []string{workflows.SignalAdmit, workflows.SignalAsk, workflows.SignalChosen, workflows.SignalYield} {
		for _, junk := range []string{"", "{}", `"now"`, `{"unfinished`} {
			op.signal(first, name, junk)
		}
	}
	s.eventually(func() string {
		if !strings.Contains(s.details(first, ""), "the signal `retry` takes no input") {
			return "the run does not say that it refused the input"
		}
		return ""
	})
	if got := s.job(first.ID); got.State != models.StateNeedsAttention || got.Problem != models.ProblemStalled {
		t.Errorf("after wrong inputs the job is %s, %q", got.State, got.Problem)
	}
	s.mode.Store("works")
	s.heard()
	since := time.Now()
	for i, job := range jobs {
		op.signal(job, workflows.SignalRetry, typed[i])
	}
	for i, job := range jobs {
		op.agrees(fmt.Sprintf("retried by hand with %q", typed[i]), job, since, func(now models.Job) string {
			if now.State != models.StateReady {
				return fmt.Sprintf("job is %s, %v", now.State, now.Reason)
			}
			return ""
		})
		s.replays("retried by hand", s.closed(job.ID, completed))
	}
}
