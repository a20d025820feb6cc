package admission_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// drips is a world whose user holds all slots with jobs that fetch so many bytes
// a second.
type drips struct {
	bundle
	*testing.T
	clock *storetest.Clock
	jobs  []models.Job
}

func newDrips(t *testing.T, slots int, rate int64) *drips {
	t.Helper()
	d := &drips{bundle: setup(t), T: t}
	d.clock = storetest.FakeClock(d.Store)
	d.Progress.SlowBelow, d.Admission.SlowAfter = 1000, 30*time.Second
	d.Capacity(t, slots)
	for range slots {
		job, _ := d.Running(t, 1_000_000)
		d.jobs = append(d.jobs, job)
	}
	d.pass(0, rate)
	return d
}

// pass lets time go by while the jobs fetch at the rate.
func (d *drips) pass(by time.Duration, rate int64) {
	d.Helper()
	d.clock.Add(by)
	storetest.Exec(d.T, `update agents set last_seen_at = $1`, d.clock.Now)
	var news []models.Progress
	for _, j := range d.jobs {
		news = append(news, models.Progress{JobID: j.ID, Phase: models.PhaseDownloading, DownRate: rate, UpdatedAt: d.clock.Now})
	}
	storetest.OK(d, d.W.Progress.FlushProgress(d.Context(), news))
}

// asked runs a round and returns which jobs it asks to give way.
func (d *drips) asked() (out []uuid.UUID) {
	d.Helper()
	storetest.Must[[]uuid.UUID](d)(d.W.Admission.Admit(d.Context(), 100, 100))
	for _, line := range storetest.Drain(d, d.Store) {
		for _, j := range d.jobs {
			if line == "yield "+j.ID.String() {
				out = append(out, j.ID)
			}
		}
	}
	return out
}

func TestSlowJobsGiveWayToOthers(t *testing.T) {
	t.Parallel()
	d := newDrips(t, 8, 10)
	third := storetest.User(t, d.Store)
	for range 5 {
		storetest.Submit(t, d.Store, d.Evil.ID, nil)
		storetest.Submit(t, d.Store, third.ID, nil)
	}
	d.pass(29*time.Second, 10)
	if got := d.asked(); len(got) != 0 {
		t.Fatalf("%d were asked too early", len(got))
	}
	d.pass(time.Second, 10)
	first := d.asked()
	if len(first) != 6 { // 3 + 3 for those who wait, and 2 are left
		t.Errorf("%d were asked, want 6", len(first))
	}
	if got := d.asked(); len(got) != 0 {
		t.Errorf("%d more were asked while the first ones stop", len(got))
	}
	for _, id := range first {
		storetest.Must[models.Job](t)(d.W.Jobs.Transition(t.Context(), id, models.JobChange{
			To: models.StateQueued, Reason: models.Because(models.ReasonGaveWay), ReleaseSlot: true,
		}))
	}
	admitted := storetest.Must[[]uuid.UUID](t)(d.W.Admission.Admit(t.Context(), 100, 100))
	if len(admitted) != 6 || slices.ContainsFunc(admitted, func(id uuid.UUID) bool { return slices.Contains(first, id) }) {
		t.Errorf("the slots went to %v, of which none should be of the owner", admitted)
	}
}

func TestWhoIsAskedToGiveWay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		rate  int64
		setup func(d *drips)
		want  int
	}{
		{"nobody while none waits", 10, func(*drips) {}, 0},
		{"nobody for more of the same user", 10, func(d *drips) { storetest.Submit(d, d.Store, d.User.ID, nil) }, 0},
		{"nobody who is fast", 1000, func(d *drips) { storetest.Submit(d, d.Store, d.Evil.ID, nil) }, 0},
		{"one for one", 10, func(d *drips) { storetest.Submit(d, d.Store, d.Evil.ID, nil) }, 1},
		{"nobody who was fast a moment ago", 10, func(d *drips) {
			storetest.Submit(d, d.Store, d.Evil.ID, nil)
			d.pass(time.Second, 5000)
			d.pass(time.Second, 10)
		}, 0},
		{"nobody while there is a free slot", 10, func(d *drips) {
			storetest.Submit(d, d.Store, d.Evil.ID, nil)
			d.Capacity(d, 9)
		}, 0},
		{"nobody when it is off", 10, func(d *drips) {
			storetest.Submit(d, d.Store, d.Evil.ID, nil)
			d.Admission.SlowAfter = 0
		}, 0},
		{"nobody who waits for the agent's disk", 10, func(d *drips) {
			storetest.Submit(d, d.Store, d.Evil.ID, nil)
			storetest.Exec(d.T, `update job_progress set slow_since = null, waiting_code = 'waits_for_disk'`)
		}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := newDrips(t, 2, tc.rate)
			d.pass(29*time.Second, tc.rate)
			tc.setup(d)
			d.clock.Add(time.Second)
			storetest.Exec(t, `update agents set last_seen_at = $1`, d.clock.Now)
			if got := d.asked(); len(got) != tc.want {
				t.Errorf("%d were asked, want %d", len(got), tc.want)
			}
		})
	}
}

// A job that gave way often has longer before it does again, so that two slow
// jobs don't take turns every half minute.
func TestGivingWayGetsRarer(t *testing.T) {
	t.Parallel()
	d := newDrips(t, 1, 10)
	storetest.Submit(t, d.Store, d.Evil.ID, nil)
	d.pass(30*time.Second, 10)
	if got := d.asked(); len(got) != 1 {
		t.Fatalf("%d were asked", len(got))
	}
	d.pass(10*time.Second, 5000)
	d.pass(time.Second, 10)
	d.pass(59*time.Second, 10)
	if got := d.asked(); len(got) != 0 {
		t.Error("it is asked as soon as the first time")
	}
	d.pass(2*time.Second, 10)
	if got := d.asked(); len(got) != 1 {
		t.Errorf("%d were asked after twice the time", len(got))
	}
}

// A download that its owner's plan slows down does not give way for that: it counts as
// slow below half of what the plan allows.
func TestWhatThePlanSlowsDownIsNotSlow(t *testing.T) {
	t.Parallel()
	const half = models.LeastRateLimit / 2
	for _, tc := range []struct {
		name  string
		below int64 // what counts as slow for everyone
		rate  int64
		own   map[models.PlanLimit]*int64
		want  int
	}{
		{"at half of the plan's speed", 1 << 20, half, nil, 0},
		{"slower than that", 1 << 20, half - 1, nil, 1},
		{"the account has no such limit", 1 << 20, half, map[models.PlanLimit]*int64{models.LimitRate: nil}, 1},
		{"the account may be faster", 1 << 20, half, map[models.PlanLimit]*int64{models.LimitRate: new(int64(2*half + 2))}, 1},
		{"half of the plan's speed is not slow for anyone", half / 2, half - 1, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := newDrips(t, 2, 1<<30)
			d.Plan(t, models.Plan{RateLimit: new(int64(models.LeastRateLimit))})
			if tc.own != nil {
				storetest.OK(t, d.Quota.SetOverride(t.Context(), d.Admin(), models.Override{UserID: d.User.ID, Limits: tc.own, Reason: "x"}))
			}
			d.Progress.SlowBelow = tc.below
			storetest.Submit(t, d.Store, d.Evil.ID, nil)
			d.pass(time.Second, tc.rate)
			d.pass(30*time.Second, tc.rate)
			if got := d.asked(); len(got) != tc.want {
				t.Errorf("%d were asked, want %d", len(got), tc.want)
			}
		})
	}
}
