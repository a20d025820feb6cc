package bulk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/bulk"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var retry = models.AdminAct{Action: models.ActionRetry, Note: "The tracker is back."}

// ended returns n jobs that failed, of two users in turn.
func ended(t *testing.T, b *storetest.World, n int) (ids []uuid.UUID) {
	t.Helper()
	for i := range n {
		owner := b.User.ID
		if i%2 == 1 {
			owner = b.Evil.ID
		}
		job := storetest.Submit(t, b.Store, owner, nil)
		b.To(t, job.ID, models.StateFailed)
		ids = append(ids, job.ID)
	}
	return ids
}

// carryOut finds the jobs and acts on all of them.
func carryOut(t *testing.T, w *bulk.Worker, id uuid.UUID) models.BulkAct {
	t.Helper()
	b := storetest.Must[models.BulkAct](t)(w.FindBulk(t.Context(), id))
	for b.State == models.BulkFinding {
		b = storetest.Must[models.BulkAct](t)(w.FindBulk(t.Context(), id))
	}
	for b.State == models.BulkActing {
		b = storetest.Must[models.BulkAct](t)(w.ActOnNext(t.Context(), id))
	}
	return b
}

func results(t *testing.T, b *storetest.World, id uuid.UUID, state models.BulkItemState) []models.BulkItem {
	t.Helper()
	items, _, err := b.Bulk.Admin().BulkItems(t.Context(), b.Admin(), id, state, "", 200)
	storetest.OK(t, err)
	return items
}

// An act reaches all that the filter finds when it starts, of all users, and
// nothing else. It is written down as if it had been done to each alone.
func TestAnActReachesWhatTheFilterFinds(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 5)
	running := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.Drain(t, b.Store)
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{
		Act: retry, Match: models.JobMatch{States: []models.State{models.StateFailed}},
	}))
	if got, want := storetest.Drain(t, b.Store), []string{"bulk " + act.ID.String()}; !slices.Equal(got, want) {
		t.Errorf("dispatched %v, want %v", got, want)
	}
	later := ended(t, b, 1)[0]
	storetest.Drain(t, b.Store)
	if act = carryOut(t, b.Bulk.Worker(), act.ID); act.State != models.BulkDone || act.Total != 5 || act.Done != 5 || act.Refused != 0 || act.EndedAt == nil {
		t.Errorf("the act ended as %+v", act)
	}
	var want []string
	for _, id := range meant {
		want = append(want, "retry "+id.String())
		if job := b.Job(t, id); job.State != models.StateQueued || job.Run != 2 {
			t.Errorf("a job that was meant is %s, run %d", job.State, job.Run)
		}
	}
	if got := storetest.Drain(t, b.Store); !slices.Equal(got, want) {
		t.Errorf("dispatched %v, want each job once and the oldest first: %v", got, want)
	}
	if b.Job(t, later).State != models.StateFailed || b.Job(t, running.ID).Run != 1 {
		t.Error("the act reached a job that was not meant")
	}
	if n := len(results(t, b, act.ID, models.BulkItemDone)); n != 5 {
		t.Errorf("%d jobs are listed as done", n)
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: meant[1].String()}))
	if len(log) != 1 || log[0].Action != models.ActionRetry.Audit() || *log[0].ActorID != b.User.ID || log[0].After["note"] != retry.Note {
		t.Errorf("the audit log of a job has %+v", log)
	}
	log = storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: act.ID.String(), Action: string(models.AuditBulkStarted)}))
	if len(log) != 1 || log[0].After["act"] != "retry" {
		t.Errorf("the audit log of the act has %+v", log)
	}
}

// Jobs that the act is not possible on are listed with why, and hold up nothing.
func TestWhatIsRefusedIsListed(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	failed := ended(t, b, 2)
	open := storetest.Submit(t, b.Store, b.User.ID, nil)
	gone := uuid.New()
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{
		Act: retry, Jobs: []uuid.UUID{open.ID, failed[0], gone, failed[1], failed[0]},
	}))
	if act = carryOut(t, b.Bulk.Worker(), act.ID); act.Total != 4 || act.Done != 2 || act.Refused != 2 {
		t.Errorf("the act ended as %+v", act)
	}
	refused := results(t, b, act.ID, models.BulkItemRefused)
	if len(refused) != 2 || refused[0].JobID != open.ID || refused[0].Problem != models.ProblemWrongState ||
		!strings.Contains(refused[0].Refusal, "cannot be retried") || refused[0].Name != open.Name || refused[0].Owner != b.User.Email ||
		refused[1].JobID != gone || refused[1].Code != models.CodeNotFound || refused[1].Name != "" {
		t.Errorf("refused: %+v", refused)
	}
	if all := results(t, b, act.ID, ""); len(all) != 4 || all[1].JobID != failed[0] || all[3].JobID != failed[1] {
		t.Errorf("the jobs are not listed in their order: %+v", all)
	}
}

// Workers that act side by side, as after one was taken for dead, retry no job
// twice.
func TestNoJobIsActedOnTwice(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 12)
	storetest.Drain(t, b.Store)
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{Act: retry, Jobs: meant}))
	storetest.Drain(t, b.Store)
	var both sync.WaitGroup
	for range 3 {
		both.Go(func() { carryOut(t, b.Bulk.Worker(), act.ID) })
	}
	both.Wait()
	if sent := storetest.Drain(t, b.Store); len(sent) != len(meant) {
		t.Errorf("%d retries for %d jobs", len(sent), len(meant))
	}
	for _, id := range meant {
		if run := b.Job(t, id).Run; run != 2 {
			t.Errorf("a job is at run %d", run)
		}
	}
	act = storetest.Must[models.BulkAct](t)(b.Bulk.Admin().BulkAct(ctx, act.ID))
	if act.Done != int64(len(meant)) || act.State != models.BulkDone || act.Email != b.User.Email {
		t.Errorf("the act ended as %+v", act)
	}
}

// broken are jobs of which one can't be acted on, for a reason of ours.
type broken struct {
	bulk.Jobs
	job   uuid.UUID
	tried []uuid.UUID
}

func (j *broken) RequestAct(ctx context.Context, by models.Actor, id uuid.UUID, what models.AdminAct) (models.Job, error) {
	j.tried = append(j.tried, id)
	if id == j.job {
		return models.Job{}, errors.New("a fault of ours")
	}
	return j.Jobs.RequestAct(ctx, by, id, what)
}

// A job that fails for a reason of ours is tried again after the others, three
// times in all.
func TestAFaultOfOursHoldsUpNoOtherJob(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 3)
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{Act: retry, Jobs: meant}))
	js := &broken{Jobs: b.Jobs.Admin(), job: meant[0]}
	w := bulk.New(b.DB, b.Outbox, b.Records, js, b.Jobs).Worker()
	if act = carryOut(t, w, act.ID); act.Done != 2 || act.Refused != 1 {
		t.Errorf("the act ended as %+v", act)
	}
	if want := []uuid.UUID{meant[0], meant[1], meant[2], meant[0], meant[0]}; !slices.Equal(js.tried, want) {
		t.Errorf("tried %v, want %v", js.tried, want)
	}
	refused := results(t, b, act.ID, models.BulkItemRefused)
	if len(refused) != 1 || refused[0].Code != models.CodeInternal || strings.Contains(refused[0].Refusal, "a fault of ours") {
		t.Errorf("refused: %+v", refused)
	}
}

// A stopped act leaves the rest alone, and stays stopped.
func TestAStoppedActLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 3)
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{Act: retry, Jobs: meant}))
	w := b.Bulk.Worker()
	storetest.Must[models.BulkAct](t)(w.ActOnNext(ctx, act.ID))
	for range 2 {
		act = storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StopBulk(ctx, b.Admin(), act.ID))
	}
	if act = storetest.Must[models.BulkAct](t)(w.ActOnNext(ctx, act.ID)); act.State != models.BulkStopped || act.Done != 1 {
		t.Errorf("after the stop the act is %+v", act)
	}
	if left := results(t, b, act.ID, models.BulkItemPending); len(left) != 2 || b.Job(t, left[0].JobID).State != models.StateFailed {
		t.Errorf("left: %+v", left)
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: act.ID.String(), Action: string(models.AuditBulkStopped)}))
	if len(log) != 1 {
		t.Errorf("%d entries of one stop", len(log))
	}
}

// The list of results is read page by page, and its cursors fit no other. A look
// at it is in the audit log once.
func TestResultsHavePages(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 3)
	start := func(ids []uuid.UUID) models.BulkAct {
		return storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{Act: retry, Jobs: ids}))
	}
	act, other := start(meant), start(meant[:1])
	first, next, err := b.Bulk.Admin().BulkItems(ctx, b.Admin(), act.ID, "", "", 2)
	storetest.OK(t, err)
	rest, end, err := b.Bulk.Admin().BulkItems(ctx, b.Admin(), act.ID, "", next, 2)
	storetest.OK(t, err)
	if len(first) != 2 || len(rest) != 1 || rest[0].JobID != meant[2] || end != "" {
		t.Errorf("pages: %+v, %+v, %q", first, rest, end)
	}
	_, _, err = b.Bulk.Admin().BulkItems(ctx, b.Admin(), other.ID, "", next, 2)
	storetest.WantCode(t, err, models.CodeInvalid)
	_, _, err = b.Bulk.Admin().BulkItems(ctx, b.Admin(), act.ID, "lost", "", 2)
	storetest.WantCode(t, err, models.CodeInvalid)
	_, _, err = b.Bulk.Admin().BulkItems(ctx, b.Admin(), uuid.New(), "", "", 2)
	storetest.WantCode(t, err, models.CodeNotFound)
	looks := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: string(models.AuditBulkRead)}))
	if len(looks) != 1 || looks[0].TargetID != act.ID.String() {
		t.Errorf("the audit log has the looks %+v", looks)
	}
}

// A deletion leaves the owners' trash to restore from, unless it is to be final.
func TestDeletingManyForGood(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	b.Jobs.TrashFor = time.Hour
	for _, final := range []bool{false, true} {
		ids := ended(t, b, 2)
		act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{
			Act: models.AdminAct{Action: models.ActionDelete, Final: final}, Jobs: ids,
		}))
		if done := carryOut(t, b.Bulk.Worker(), act.ID); done.Done != 2 || done.Final != final {
			t.Errorf("final %t: %+v", final, done)
		}
		n := storetest.Count(t, `select count(*) from jobs where id = any($1) and trash_until is not null`, ids)
		if want := map[bool]int{false: 2, true: 0}[final]; n != want {
			t.Errorf("final %t: %d of 2 are in the trash", final, n)
		}
	}
}

// Requests that make no sense name the field.
func TestRequestsAreChecked(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	for field, r := range map[string]models.BulkRequest{
		"act":      {Act: models.AdminAct{Action: models.ActionSelect}},
		"provider": {Act: models.AdminAct{Action: models.ActionMove}},
		"rate":     {Act: retry, Rate: models.MaxBulkRate + 1},
		"final":    {Act: models.AdminAct{Action: models.ActionRetry, Final: true}},
		"jobs":     {Act: retry, Jobs: make([]uuid.UUID, models.MaxBulkJobs+1)},
		"state":    {Act: retry, Match: models.JobMatch{States: []models.State{"lost"}}},
	} {
		_, err := b.Bulk.Admin().StartBulk(t.Context(), b.Admin(), r)
		if e := models.AsError(err); e.Code != models.CodeInvalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// An act whose workflow was lost is found, and an old one is removed.
func TestQuietAndOldActs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant := ended(t, b, 1)
	act := storetest.Must[models.BulkAct](t)(b.Bulk.Admin().StartBulk(ctx, b.Admin(), models.BulkRequest{Act: retry, Jobs: meant}))
	w, now := b.Bulk.Worker(), b.DB.Now()
	if quiet := storetest.Must[[]uuid.UUID](t)(w.OpenBulk(ctx, now.Add(-time.Minute))); len(quiet) != 0 {
		t.Errorf("quiet: %v", quiet)
	}
	if quiet := storetest.Must[[]uuid.UUID](t)(w.OpenBulk(ctx, now.Add(time.Minute))); !slices.Equal(quiet, []uuid.UUID{act.ID}) {
		t.Errorf("quiet a minute later: %v", quiet)
	}
	carryOut(t, w, act.ID)
	if n := storetest.Must[int64](t)(w.PruneBulk(ctx, now.Add(-time.Minute))); n != 0 {
		t.Errorf("%d acts were removed too early", n)
	}
	if n := storetest.Must[int64](t)(w.PruneBulk(ctx, now.Add(time.Minute))); n != 1 {
		t.Errorf("%d old acts were removed", n)
	}
}
