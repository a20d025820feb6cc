package quota_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestReconcileRepairsAndReports(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	ready, open := b.Submit(t, 40), b.Submit(t, 7)
	b.Finish(t, ready.ID)
	if d := storetest.Must[models.QuotaDrift](t)(b.W.Quota.ReconcileQuota(ctx)); d != (models.QuotaDrift{}) {
		t.Errorf("found %+v where nothing is wrong", d)
	}
	storetest.Exec(t, "update quota_usage set used = 1000, reserved = 0 where user_id = $1", b.User.ID)
	storetest.Exec(t, "update jobs set quota_reserved = 9 where id = $1", ready.ID)
	d := storetest.Must[models.QuotaDrift](t)(b.W.Quota.ReconcileQuota(ctx))
	if d.Jobs != 1 || d.Accounts != 1 || d.Bytes == 0 {
		t.Errorf("repaired %+v", d)
	}
	room := storetest.Must[models.Room](t)(b.Quota.Room(ctx, b.User.ID))
	if room.Used != 40 || room.Reserved != 7 {
		t.Errorf("after the repair %+v", room)
	}
	if d := storetest.Must[models.QuotaDrift](t)(b.W.Quota.ReconcileQuota(ctx)); d != (models.QuotaDrift{}) {
		t.Errorf("found %+v after the repair", d)
	}
	entries := storetest.Must[[]models.LedgerEntry](t)(b.Quota.Ledger(ctx, b.User.ID, nil, 0, 10))
	if entries[0].Kind != models.LedgerRepair || entries[0].UsedAfter != 40 || entries[0].ReservedAfter != 7 {
		t.Errorf("the ledger ends with %+v", entries[0])
	}
	storetest.Exec(t, "delete from quota_usage where user_id = $1", b.User.ID)
	if d := storetest.Must[models.QuotaDrift](t)(b.W.Quota.ReconcileQuota(ctx)); d.Accounts != 1 || d.Bytes != 47 {
		t.Errorf("totals that are gone: %+v", d)
	}
	b.To(t, open.ID, models.StateCancelled)
	if room := storetest.Must[models.Room](t)(b.Quota.Room(ctx, b.User.ID)); room.Used != 40 || room.Reserved != 0 {
		t.Errorf("in the end %+v", room)
	}
}

func TestLedgerIsAppendOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Submit(t, 5)
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	storetest.OK(t, err)
	defer func() { storetest.OK(t, conn.Close(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "update quota_ledger set used_delta = 0"); err == nil {
		t.Error("a line was changed")
	}
}

func TestDailyUsage(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := storetest.FakeClock(b.Store)
	c.Now = time.Date(2026, 5, 31, 22, 0, 0, 0, time.UTC)
	first := b.Submit(t, 100)
	b.Finish(t, first.ID)
	day := func() time.Time { return c.Now }
	for range 2 {
		storetest.OK(t, b.Quota.AddBandwidth(ctx, day(), map[uuid.UUID]int64{b.User.ID: 30, b.Evil.ID: 4, uuid.New(): 9}))
		storetest.Must[int64](t)(b.W.Quota.RollUp(ctx))
	}
	c.Add(4 * time.Hour) // the next day, and the next month
	second := b.Submit(t, 50)
	b.Finish(t, second.ID)
	storetest.OK(t, b.Quota.AddBandwidth(ctx, day(), map[uuid.UUID]int64{b.User.ID: 5}))
	for range 2 {
		storetest.Must[int64](t)(b.W.Quota.RollUp(ctx))
	}
	days := storetest.Must[[]models.DailyUsage](t)(b.Quota.DailyUsage(ctx, b.User.ID, c.Now.AddDate(0, 0, -10)))
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
	u := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID))
	if u.Bandwidth != 5 || u.Jobs != 2 || u.Room.Used != 150 {
		t.Errorf("usage %+v", u)
	}
	b.Plan(t, models.Plan{BandwidthBytes: new(int64(7))})
	if left, limited, err := b.Quota.BandwidthLeft(ctx, b.User.ID); err != nil || !limited || left != 2 {
		t.Errorf("left %d, %t, %v", left, limited, err)
	}
	if got := storetest.Must[[]models.DailyUsage](t)(b.Quota.DailyUsage(ctx, b.Evil.ID, c.Now.AddDate(0, 0, -10))); len(got) != 1 || got[0].BandwidthBytes != 8 {
		t.Errorf("the other user's days: %+v", got)
	}
}

func TestNewAccountsHaveAPlan(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	for role, want := range map[models.Role]string{models.RoleUser: "free", models.RoleAdmin: models.PlanUnlimited} {
		u := models.User{ID: b.DB.NewID(), Email: string(role) + "@example.com", PasswordHash: "x", Role: role}
		storetest.OK(t, b.Accounts.CreateUser(ctx, u))
		if p := storetest.Must[models.Plan](t)(b.Quota.PlanOf(ctx, u.ID)); p.ID != want {
			t.Errorf("%s has the plan %s", role, p.ID)
		}
	}
	console := models.Actor{Kind: models.ActorConsole}
	storetest.OK(t, b.Quota.AssignPlan(ctx, console, b.User.ID, "pro"))
	storetest.OK(t, b.Quota.AssignPlan(ctx, console, b.User.ID, "pro"))
	history := storetest.Must[[]models.PlanAssignment](t)(b.Quota.PlanHistory(ctx, b.User.ID))
	if len(history) != 3 || history[0].PlanID != "pro" || history[0].EndedAt != nil || history[1].EndedAt == nil {
		t.Errorf("history %+v", history)
	}
}
