package jobs_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestRetention(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	started := c.Now
	plan := b.Plan(t, models.Plan{RetentionDays: new(30)})
	job := b.Submit(t, 10)
	b.Finish(t, job.ID)
	due := started.AddDate(0, 0, 30)
	if got := b.Job(t, job.ID); got.Deadline == nil || !got.Deadline.Equal(due) || got.Reason.Code != models.ReasonReady {
		t.Errorf("ready with the deadline %v", got.Deadline)
	}
	announce := func(want int64) {
		t.Helper()
		if n := storetest.Must[int64](t)(b.W.Jobs.AnnounceExpiry(ctx)); n != want {
			t.Errorf("announced %d, want %d", n, want)
		}
	}
	keep := func(days *int) {
		t.Helper()
		_, err := b.Quota.UpdatePlan(ctx, models.Actor{Kind: models.ActorConsole}, plan.ID, 0, func(p *models.Plan) error {
			p.RetentionDays = days
			return nil
		})
		storetest.OK(t, err)
	}
	announce(0)
	c.Add(20 * 24 * time.Hour)
	keep(new(5)) // would be over long ago; a week's notice is given
	announce(1)
	c.Add(time.Hour)
	announce(0)
	if got := b.Job(t, job.ID); !got.Deadline.Equal(started.AddDate(0, 0, 27)) {
		t.Errorf("shortened to %v", got.Deadline)
	}
	keep(nil)
	announce(1)
	if got := b.Job(t, job.ID); got.Deadline != nil {
		t.Errorf("without retention there is the deadline %v", got.Deadline)
	}
	keep(new(30))
	announce(1)
	if ids := storetest.Must[[]uuid.UUID](t)(b.W.Jobs.ExpireJobs(ctx, 10)); len(ids) != 0 {
		t.Errorf("expired %v before its time", ids)
	}
	b.Holds(t, 10, 0)
	c.Add(10 * 24 * time.Hour)
	if ids := storetest.Must[[]uuid.UUID](t)(b.W.Jobs.ExpireJobs(ctx, 10)); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("expired %v", ids)
	}
	if ids := storetest.Must[[]uuid.UUID](t)(b.W.Jobs.ExpireJobs(ctx, 10)); len(ids) != 0 {
		t.Errorf("expired %v twice", ids)
	}
	got := b.Job(t, job.ID)
	if got.State != models.StateExpired || len(storetest.Must[[]models.File](t)(b.Files.Files(ctx, b.User.ID, job.ID))) != 0 {
		t.Errorf("got %+v", got)
	}
	b.Holds(t, 0, 0)
}
