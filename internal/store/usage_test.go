package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b bundle) sql(t testing.TB, query string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	ok(t, err)
	_, err = conn.Exec(t.Context(), query, args...)
	ok(t, err)
	ok(t, conn.Close(t.Context()))
}

func TestRetention(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	started := c.now
	plan := b.limits(t, models.Plan{RetentionDays: new(30)})
	job := b.submit(t, 10)
	b.finish(t, job.ID)
	due := started.AddDate(0, 0, 30)
	if got := b.job(t, job.ID); got.Deadline == nil || !got.Deadline.Equal(due) || got.Reason.Code != models.ReasonReady {
		t.Errorf("ready with the deadline %v", got.Deadline)
	}
	announce := func(want int64) {
		t.Helper()
		if n := must[int64](t)(b.w.AnnounceExpiry(ctx)); n != want {
			t.Errorf("announced %d, want %d", n, want)
		}
	}
	keep := func(days *int) {
		t.Helper()
		_, err := b.UpdatePlan(ctx, models.Actor{Kind: models.ActorConsole}, plan.ID, func(p *models.Plan) error {
			p.RetentionDays = days
			return nil
		})
		ok(t, err)
	}
	announce(0)
	c.add(20 * 24 * time.Hour)
	keep(new(5)) // would be over long ago; a week's notice is given
	announce(1)
	c.add(time.Hour)
	announce(0)
	if got := b.job(t, job.ID); !got.Deadline.Equal(started.AddDate(0, 0, 27)) {
		t.Errorf("shortened to %v", got.Deadline)
	}
	keep(nil)
	announce(1)
	if got := b.job(t, job.ID); got.Deadline != nil {
		t.Errorf("without retention there is the deadline %v", got.Deadline)
	}
	keep(new(30))
	announce(1)
	if ids := must[[]uuid.UUID](t)(b.w.ExpireJobs(ctx, 10)); len(ids) != 0 {
		t.Errorf("expired %v before its time", ids)
	}
	b.holds(t, 10, 0)
	c.add(10 * 24 * time.Hour)
	if ids := must[[]uuid.UUID](t)(b.w.ExpireJobs(ctx, 10)); len(ids) != 1 || ids[0] != job.ID {
		t.Errorf("expired %v", ids)
	}
	if ids := must[[]uuid.UUID](t)(b.w.ExpireJobs(ctx, 10)); len(ids) != 0 {
		t.Errorf("expired %v twice", ids)
	}
	got := b.job(t, job.ID)
	if got.State != models.StateExpired || len(must[[]models.File](t)(b.Files(ctx, b.user.ID, job.ID))) != 0 {
		t.Errorf("got %+v", got)
	}
	b.holds(t, 0, 0)
}

func TestReconcileRepairsAndReports(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	ready, open := b.submit(t, 40), b.submit(t, 7)
	b.finish(t, ready.ID)
	if d := must[models.QuotaDrift](t)(b.w.ReconcileQuota(ctx)); d != (models.QuotaDrift{}) {
		t.Errorf("found %+v where nothing is wrong", d)
	}
	b.sql(t, "update quota_usage set used = 1000, reserved = 0 where user_id = $1", b.user.ID)
	b.sql(t, "update jobs set quota_reserved = 9 where id = $1", ready.ID)
	d := must[models.QuotaDrift](t)(b.w.ReconcileQuota(ctx))
	if d.Jobs != 1 || d.Accounts != 1 || d.Bytes == 0 {
		t.Errorf("repaired %+v", d)
	}
	room := must[models.Room](t)(b.Room(ctx, b.user.ID))
	if room.Used != 40 || room.Reserved != 7 {
		t.Errorf("after the repair %+v", room)
	}
	if d := must[models.QuotaDrift](t)(b.w.ReconcileQuota(ctx)); d != (models.QuotaDrift{}) {
		t.Errorf("found %+v after the repair", d)
	}
	entries := must[[]models.LedgerEntry](t)(b.Ledger(ctx, b.user.ID, nil, 0, 10))
	if entries[0].Kind != models.LedgerRepair || entries[0].UsedAfter != 40 || entries[0].ReservedAfter != 7 {
		t.Errorf("the ledger ends with %+v", entries[0])
	}
	b.sql(t, "delete from quota_usage where user_id = $1", b.user.ID)
	if d := must[models.QuotaDrift](t)(b.w.ReconcileQuota(ctx)); d.Accounts != 1 || d.Bytes != 47 {
		t.Errorf("totals that are gone: %+v", d)
	}
	b.to(t, open.ID, models.StateCancelled)
	if room := must[models.Room](t)(b.Room(ctx, b.user.ID)); room.Used != 40 || room.Reserved != 0 {
		t.Errorf("in the end %+v", room)
	}
}

func TestLedgerIsAppendOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.submit(t, 5)
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	ok(t, err)
	defer func() { ok(t, conn.Close(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "update quota_ledger set used_delta = 0"); err == nil {
		t.Error("a line was changed")
	}
}

func TestDailyUsage(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	c.now = time.Date(2026, 5, 31, 22, 0, 0, 0, time.UTC)
	first := b.submit(t, 100)
	b.finish(t, first.ID)
	day := func() time.Time { return c.now }
	for range 2 {
		ok(t, b.AddBandwidth(ctx, day(), map[uuid.UUID]int64{b.user.ID: 30, b.evil.ID: 4, uuid.New(): 9}))
		must[int64](t)(b.w.RollUp(ctx))
	}
	c.add(4 * time.Hour) // the next day, and the next month
	second := b.submit(t, 50)
	b.finish(t, second.ID)
	ok(t, b.AddBandwidth(ctx, day(), map[uuid.UUID]int64{b.user.ID: 5}))
	for range 2 {
		must[int64](t)(b.w.RollUp(ctx))
	}
	days := must[[]models.DailyUsage](t)(b.DailyUsage(ctx, b.user.ID, c.now.AddDate(0, 0, -10)))
	if len(days) < 2 {
		t.Fatalf("days %+v", days)
	}
	may, june := days[len(days)-2], days[len(days)-1]
	if may.Day.Day() != 31 || may.BandwidthBytes != 60 || may.StorageBytes != 100 || may.StoredBytes != 100 || may.JobsFinished != 1 {
		t.Errorf("May 31: %+v", may)
	}
	if june.Day.Day() != 1 || june.BandwidthBytes != 5 || june.StorageBytes != 150 || june.StoredBytes != 50 || june.JobsFinished != 1 {
		t.Errorf("June 1: %+v", june)
	}
	u := must[models.Usage](t)(b.Usage(ctx, b.user.ID))
	if u.Bandwidth != 5 || u.Jobs != 2 || u.Room.Used != 150 {
		t.Errorf("usage %+v", u)
	}
	b.limits(t, models.Plan{BandwidthBytes: new(int64(7))})
	if left, limited, err := b.BandwidthLeft(ctx, b.user.ID); err != nil || !limited || left != 2 {
		t.Errorf("left %d, %t, %v", left, limited, err)
	}
	if got := must[[]models.DailyUsage](t)(b.DailyUsage(ctx, b.evil.ID, c.now.AddDate(0, 0, -10))); len(got) != 1 || got[0].BandwidthBytes != 8 {
		t.Errorf("the other user's days: %+v", got)
	}
}

func TestNewAccountsHaveAPlan(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for role, want := range map[models.Role]string{models.RoleUser: "free", models.RoleAdmin: models.PlanUnlimited} {
		u := models.User{ID: b.NewID(), Email: string(role) + "@example.com", PasswordHash: "x", Role: role}
		ok(t, b.CreateUser(ctx, u))
		if p := must[models.Plan](t)(b.PlanOf(ctx, u.ID)); p.ID != want {
			t.Errorf("%s has the plan %s", role, p.ID)
		}
	}
	console := models.Actor{Kind: models.ActorConsole}
	ok(t, b.AssignPlan(ctx, console, b.user.ID, "pro"))
	ok(t, b.AssignPlan(ctx, console, b.user.ID, "pro"))
	history := must[[]models.PlanAssignment](t)(b.PlanHistory(ctx, b.user.ID))
	if len(history) != 3 || history[0].PlanID != "pro" || history[0].EndedAt != nil || history[1].EndedAt == nil {
		t.Errorf("history %+v", history)
	}
}
