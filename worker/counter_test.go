package worker_test

import (
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

// disputes has the owner object to a notice that blocks a download, on a store
// whose clock and calendar say when that is.
func (s *stage) disputes(on *store.Store) (models.Job, models.Notice, models.CounterNotice) {
	s.t.Helper()
	s.mode.Store("works")
	job := s.until(s.known().ID, models.StateReady)
	by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
	n, _, err := on.Notices.Admin().RecordNotice(s.t.Context(), by, models.NewNotice{
		Notice: models.Notice{
			Channel: models.NoticeByMail, Name: "Ada Holder", Address: "2 Side Street", Works: "The film “One”", GoodFaith: true, Accuracy: true, Signature: "Ada",
		},
		Values: []string{*job.InfoHashV1},
	})
	storetest.OK(s.t, err)
	storetest.Must[models.Notice](s.t)(on.Notices.Admin().DecideNotice(s.t.Context(), by, n.ID, models.NoticeDecision{Act: models.NoticeAccept}))
	owner := models.Actor{Kind: models.ActorUser, ID: &job.UserID}
	c := storetest.Must[models.CounterNotice](s.t)(on.Notices.CounterNotice(s.t.Context(), owner, job.UserID, n.ID, models.CounterNotice{
		Name: "Eve Owner", Address: "1 Main Street", Phone: "+1 555 0100", Mistake: true, Jurisdiction: true, Signature: "Eve",
	}))
	return job, n, c
}

// noticeIs waits until the notice is in the state.
func (s *stage) noticeIs(n models.Notice, want models.NoticeState) {
	s.t.Helper()
	s.eventually(func() string {
		by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
		d, err := s.store.Notices.Admin().NoticeDetail(s.t.Context(), by, n.ID)
		if err != nil {
			return err.Error()
		}
		if d.State != want || d.CarriedAt == nil {
			return "the notice is " + string(d.State)
		}
		return ""
	})
}

// counterEnds waits until the workflow of the counter-notice has ended so.
func (s *stage) counterEnds(c models.CounterNotice, want enumspb.WorkflowExecutionStatus) {
	s.t.Helper()
	s.eventually(func() string {
		d, err := s.temporal.DescribeWorkflow(s.t.Context(), c.WorkflowID(), "")
		if err != nil {
			return err.Error()
		}
		if d.Status != want {
			return "the workflow is " + d.Status.String()
		}
		return ""
	})
}

// A clock that runs out reminds and then restores, also across a new worker, in a
// short history that names nobody.
func TestACounterNoticeRunsOut(t *testing.T) {
	s := newStage(t)
	// Where it is late on a Tuesday: the day ends in seconds, and with it ten
	// business days after the Tuesday of two weeks ago.
	late := time.Date(2026, 12, 1, 23, 59, 54, 0, time.UTC)
	ago := storetest.At(s.store, func() time.Time { return time.Now().UTC().Add(-14 * 24 * time.Hour) })
	ago.Notices.Calendar.Zone = time.FixedZone("late", int(time.Until(late).Seconds()))
	job, n, c := s.disputes(ago)
	if !s.job(job.ID).Blocked || time.Until(c.DueAt) > 10*time.Second {
		t.Fatalf("due at %s", c.DueAt)
	}
	s.restart()
	s.noticeIs(n, models.NoticeRestored)
	if s.job(job.ID).Blocked {
		t.Error("the download is still blocked")
	}
	s.counterEnds(c, completed)
	h := s.keepFlow(workflows.CounterNotice, c.WorkflowID(), "counter/restored.json")
	if events := strings.Count(h, `"eventId"`); events > 40 {
		t.Errorf("a clock costs %d events", events)
	}
	if strings.Contains(h, "Eve Owner") || strings.Contains(h, "Holder") {
		t.Error("the history names a person")
	}
}

// A clock whose complainant goes to court ends at once, and what the notice
// blocks stays blocked.
func TestACourtActionEndsTheClock(t *testing.T) {
	s := newStage(t)
	job, n, c := s.disputes(s.store)
	s.counterEnds(c, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	by := models.Actor{Kind: models.ActorAdmin, ID: &s.user.ID}
	storetest.Must[models.Notice](t)(s.store.Notices.Admin().DecideNotice(t.Context(), by, n.ID, models.NoticeDecision{Act: models.NoticeUphold, Note: "Case 7"}))
	s.counterEnds(c, completed)
	if s.noticeIs(n, models.NoticeUpheld); !s.job(job.ID).Blocked {
		t.Error("the download is free")
	}
	s.keepFlow(workflows.CounterNotice, c.WorkflowID(), "counter/stopped.json")
}

// A clock whose workflow is lost is found when it stands still, and the content is
// restored all the same.
func TestALostClockIsStartedAgain(t *testing.T) {
	s := newStage(t)
	job, n, c := s.disputes(s.store)
	s.counterEnds(c, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	storetest.OK(t, s.temporal.TerminateWorkflow(t.Context(), c.WorkflowID(), "", "lost"))
	s.counterEnds(c, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
	if res := s.sweep(); res.Counters != 0 {
		t.Errorf("the sweep finds %d clocks before their time", res.Counters)
	}
	past := time.Now().Add(-time.Minute)
	storetest.Exec(t, `update counter_notices set due_at = $1, remind_at = $1, next_at = $1 where id = $2`, past, c.ID)
	if res := s.sweep(); res.Counters != 1 {
		t.Errorf("the sweep finds %d clocks", res.Counters)
	}
	if s.noticeIs(n, models.NoticeRestored); s.job(job.ID).Blocked {
		t.Error("the download is still blocked")
	}
	s.counterEnds(c, completed)
}
