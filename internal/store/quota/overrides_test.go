package quota_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func (b bundle) override(t testing.TB, until *time.Time, limits map[models.PlanLimit]*int64) {
	t.Helper()
	storetest.OK(t, b.Quota.SetOverride(t.Context(), b.Admin(), models.Override{UserID: b.User.ID, Limits: limits, Reason: "asked for it", ExpiresAt: until}))
}

// Everything that asks for an account's limits finds the override while it is in
// force, and the plan's limits once it has expired, with nothing run in between.
func TestAnOverrideReachesEveryLimit(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	b.Plan(t, models.Plan{
		StorageBytes: new(int64(100)), MaxRunningJobs: new(1), BandwidthBytes: new(int64(7)), MaxJobBytes: new(int64(50)),
		MaxFiles: new(3), RetentionDays: new(3), RateLimit: new(int64(1 << 20)),
	})
	first, second, third := b.Submit(t, 40), b.Submit(t, 40), b.Submit(t, 30)
	if got := b.Admit(t); !slices.Equal(got, []uuid.UUID{first.ID}) {
		t.Fatalf("admitted %v under the plan", got)
	}
	until := time.Now().Add(time.Hour)
	b.override(t, &until, map[models.PlanLimit]*int64{
		models.LimitStorage: new(int64(500)), models.LimitRunningJobs: new(int64(3)), models.LimitBandwidth: nil,
		models.LimitJobBytes: new(int64(90)), models.LimitFiles: nil, models.LimitRetention: nil,
		models.LimitRate: new(int64(5 << 20)),
	})
	if got := b.Admit(t); !slices.Equal(got, []uuid.UUID{second.ID, third.ID}) {
		t.Errorf("admitted %v with three at once and room for 500", got)
	}
	fourth := b.Submit(t, 40, 40) // 80 bytes and, with the others, five files
	if fourth.QuotaReserved != 80 {
		t.Errorf("a job larger than the plan allows reserves %d", fourth.QuotaReserved)
	}
	if _, limited, err := b.Quota.BandwidthLeft(ctx, b.User.ID); err != nil || limited {
		t.Errorf("bandwidth is limited: %t, %v", limited, err)
	}
	b.Finish(t, first.ID)
	if d := b.Job(t, first.ID).Deadline; d != nil {
		t.Errorf("kept until %v, though for good", d)
	}
	u := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID))
	if u.Limit != 3 || *u.Room.Limit != 500 || u.Plan.BandwidthBytes != nil || u.Override == nil || *u.Plan.RateLimit != 5<<20 ||
		len(u.Override.Limits) != 7 || !u.Override.ExpiresAt.Equal(until.Truncate(time.Microsecond)) {
		t.Errorf("usage %+v", u)
	}
	note := storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(ctx, b.User.ID))
	if note.Limit != 3 || *note.Room.Limit != 500 || note.Retention != 0 {
		t.Errorf("the queue's note %+v", note)
	}
	if evil := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.Evil.ID)); evil.Override != nil || evil.Room.Limit != nil {
		t.Errorf("another account has it too: %+v", evil)
	}

	storetest.Exec(t, "update plan_overrides set expires_at = now() - interval '1 second' where user_id = $1", b.User.ID)
	u = storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID))
	if u.Limit != 1 || *u.Room.Limit != 100 || *u.Plan.BandwidthBytes != 7 || *u.Plan.MaxJobBytes != 50 || *u.Plan.MaxFiles != 3 ||
		*u.Plan.RateLimit != 1<<20 || u.Override != nil {
		t.Errorf("usage once it expired %+v", u)
	}
	m := storetest.Manifest(60)
	_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
	storetest.WantProblem(t, err, models.ProblemQuotaExceeded)
	if n := storetest.Must[int64](t)(b.W.Jobs.AnnounceExpiry(ctx)); n != 1 {
		t.Errorf("%d jobs have a deadline again", n)
	}
	if d := b.Job(t, first.ID).Deadline; d == nil || time.Until(*d) < 6*24*time.Hour {
		t.Errorf("kept until %v, without a week's notice", d)
	}
}

func TestOverridesAreAuditedAndReplaced(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	set := func(o models.Override) error { return b.Quota.SetOverride(ctx, b.Admin(), o) }
	limits := map[models.PlanLimit]*int64{models.LimitStorage: new(int64(5))}
	past := time.Now().Add(-time.Minute)
	for name, o := range map[string]models.Override{
		"no reason":     {UserID: b.User.ID, Limits: limits},
		"no limit":      {UserID: b.User.ID, Reason: "x"},
		"already over":  {UserID: b.User.ID, Limits: limits, Reason: "x", ExpiresAt: &past},
		"no such limit": {UserID: b.User.ID, Limits: map[models.PlanLimit]*int64{"speed": new(int64(1))}, Reason: "x"},
		"out of bounds": {UserID: b.User.ID, Limits: map[models.PlanLimit]*int64{models.LimitRunningJobs: new(int64(0))}, Reason: "x"},
		"too slow":      {UserID: b.User.ID, Limits: map[models.PlanLimit]*int64{models.LimitRate: new(int64(65535))}, Reason: "x"},
		"minus one":     {UserID: b.User.ID, Limits: map[models.PlanLimit]*int64{models.LimitStorage: new(int64(-1))}, Reason: "x"},
	} {
		if err := set(o); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	storetest.WantCode(t, set(models.Override{UserID: b.DB.NewID(), Limits: limits, Reason: "x"}), models.CodeNotFound)
	b.override(t, nil, limits)
	b.override(t, nil, map[models.PlanLimit]*int64{models.LimitFiles: nil})
	o := storetest.Must[*models.Override](t)(b.Quota.OverrideOf(ctx, b.User.ID))
	if n, given := o.Limits[models.LimitFiles]; len(o.Limits) != 1 || !given || n != nil || o.Email != b.User.Email {
		t.Errorf("in force: %+v", o)
	}
	storetest.OK(t, b.Quota.RemoveOverride(ctx, b.Admin(), b.User.ID))
	storetest.OK(t, b.Quota.RemoveOverride(ctx, b.Admin(), b.User.ID))
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: b.User.ID.String(), Limit: 10}))
	var told []models.AuditRecord
	for _, e := range log {
		if e.Action == models.AuditOverrideSet || e.Action == models.AuditOverrideRemoved {
			told = append(told, e)
		}
	}
	if len(told) != 3 || told[1].Before["storageBytes"] != 5.0 || told[1].After["maxFiles"] != nil || told[0].Before["reason"] != "asked for it" || told[0].After != nil {
		t.Errorf("audited: %+v", told)
	}
}

// A plan is changed only by who has read it as it is, and retired only when no
// account has it.
func TestPlansAreRetiredWhenEmpty(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	plan := b.Plan(t, models.Plan{StorageBytes: new(int64(100))})
	now := time.Now()
	retire := func(id string, version int64) error {
		_, err := b.Quota.UpdatePlan(ctx, b.Admin(), id, version, func(p *models.Plan) error { p.RetiredAt = &now; return nil })
		return err
	}
	err := retire(plan.ID, plan.Version)
	storetest.WantCode(t, err, models.CodeConflict)
	if got := models.AsError(err); got.Field != "retired" || !strings.Contains(got.Message, "plan: 1.") {
		t.Errorf("refused with %+v", got)
	}
	storetest.WantCode(t, retire("free", 0), models.CodeConflict)
	storetest.OK(t, b.Quota.AssignPlan(ctx, b.Admin(), b.User.ID, "pro"))
	storetest.WantCode(t, retire(plan.ID, plan.Version+1), models.CodeConflict)
	storetest.OK(t, retire(plan.ID, plan.Version))
	storetest.WantCode(t, b.Quota.AssignPlan(ctx, b.Admin(), b.User.ID, plan.ID), models.CodeInvalid)
	if got := storetest.Must[models.Plan](t)(b.Quota.PlanOf(ctx, b.User.ID)); got.ID != "pro" {
		t.Errorf("has the plan %s", got.ID)
	}
	for _, p := range storetest.Must[[]models.Plan](t)(b.Quota.Plans(ctx, true)) {
		if p.ID == plan.ID {
			t.Error("a retired plan is offered")
		}
	}
}

func TestWhatAChangeOfAPlanMeans(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	plan := b.Plan(t, models.Plan{})
	storetest.OK(t, b.Quota.AssignPlan(ctx, b.Admin(), b.Evil.ID, plan.ID))
	job := b.Submit(t, 60, 20)
	b.Admit(t)
	b.Finish(t, job.ID)
	storetest.OK(t, b.Quota.AddBandwidth(ctx, b.DB.Now(), map[uuid.UUID]int64{b.User.ID: 30}))
	ahead := func(p models.Plan) models.PlanEffect {
		t.Helper()
		return storetest.Must[models.PlanEffect](t)(b.Quota.PlanEffect(ctx, plan.ID, p))
	}
	if got := ahead(models.Plan{}); got != (models.PlanEffect{Users: 2}) {
		t.Errorf("without limits %+v", got)
	}
	tight := models.Plan{StorageBytes: new(int64(79)), BandwidthBytes: new(int64(29)), MaxFiles: new(1), RetentionDays: new(30)}
	if got := ahead(tight); got != (models.PlanEffect{Users: 2, OverStorage: 1, OverBandwidth: 1, OverFiles: 1, ExpireSooner: 1}) {
		t.Errorf("with tight limits %+v", got)
	}
	if got := ahead(models.Plan{StorageBytes: new(int64(80)), BandwidthBytes: new(int64(30)), MaxFiles: new(2)}); got != (models.PlanEffect{Users: 2}) {
		t.Errorf("with limits that fit %+v", got)
	}
	b.override(t, nil, map[models.PlanLimit]*int64{models.LimitStorage: nil, models.LimitRetention: nil})
	if got := ahead(tight); got.OverStorage != 0 || got.ExpireSooner != 0 || got.OverFiles != 1 {
		t.Errorf("with limits of its own %+v", got)
	}
}
