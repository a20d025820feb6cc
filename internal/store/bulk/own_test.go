package bulk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func startOwn(t *testing.T, b *storetest.World, a models.Action, f models.JobFilter) models.BulkAct {
	t.Helper()
	by := models.Actor{Kind: models.ActorUser, ID: &b.User.ID}
	return storetest.Must[models.BulkAct](t)(b.Bulk.Own().StartOwnBulk(t.Context(), by, b.User.ID, models.OwnBulkRequest{Action: a, Match: f}))
}

// An owner's act reaches what the list's filter finds and could allow it, oldest
// first, and nothing of anyone else.
func TestAnOwnersActReachesTheirJobsAlone(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	meant, theirs := b.Submit(t, 10), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	second, done, plain := b.Submit(t, 20), b.Submit(t, 30), b.Submit(t, 40)
	b.To(t, done.ID, models.StateFailed)
	label := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, "Lectures", "teal"))
	for _, id := range []uuid.UUID{meant.ID, second.ID, done.ID} {
		storetest.Must[models.Job](t)(b.Jobs.SetLabels(ctx, b.User.ID, id, []uuid.UUID{label.ID}))
	}
	storetest.Drain(t, b.Store)
	act := startOwn(t, b, models.ActionPause, models.JobFilter{Label: label.ID})
	if act.Total != 2 || act.State != models.BulkActing {
		t.Errorf("started as %+v", act)
	}
	if act = carryOut(t, b.Bulk.Worker(), act.ID); act.State != models.BulkDone || act.Done != 2 || act.Refused != 0 {
		t.Errorf("ended as %+v", act)
	}
	for _, id := range []uuid.UUID{meant.ID, second.ID} {
		if asked := b.Job(t, id).Asked.Act; asked != models.ActionPause {
			t.Errorf("a job that was meant was asked to %q", asked)
		}
	}
	for _, id := range []uuid.UUID{theirs.ID, done.ID, plain.ID} {
		if asked := b.Job(t, id).Asked.Act; asked != "" {
			t.Errorf("a job that was not meant was asked to %s", asked)
		}
	}
	items, _, err := b.Bulk.Own().OwnBulkItems(ctx, b.User.ID, act.ID, "", "", 10)
	if storetest.OK(t, err); len(items) != 2 || items[0].JobID != meant.ID || items[1].JobID != second.ID || items[0].Name != meant.Name {
		t.Errorf("results: %+v", items)
	}
}

// Even an act in whose list another user's job got does nothing to it.
func TestAnOwnersActCannotTouchAnothersJob(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	mine, theirs := b.Submit(t, 10), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	act := startOwn(t, b, models.ActionDelete, models.JobFilter{})
	if act.Total != 1 {
		t.Fatalf("%d jobs are meant", act.Total)
	}
	storetest.Exec(t, "insert into bulk_items (bulk_id, n, job_id, state) values ($1, 2, $2, 'pending')", act.ID, theirs.ID)
	act = carryOut(t, b.Bulk.Worker(), act.ID)
	if act.Done != 1 || act.Refused != 1 || b.Job(t, theirs.ID).DeleteAt != nil || b.Job(t, mine.ID).DeleteAt == nil {
		t.Errorf("ended as %+v", act)
	}
	items, _, err := b.Bulk.Own().OwnBulkItems(t.Context(), b.User.ID, act.ID, models.BulkItemRefused, "", 10)
	if storetest.OK(t, err); len(items) != 1 || items[0].Code != models.CodeNotFound {
		t.Errorf("refused: %+v", items)
	}
}

// A user has one act at a time, stops it, and sees no one else's; neither do
// administrators among theirs.
func TestOwnersActsAreTheirOwn(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	own, user, evil := b.Bulk.Own(), b.User.ID, b.Evil.ID
	b.Submit(t, 10)
	last := b.Submit(t, 20)
	storetest.Submit(t, b.Store, evil, nil)
	by := func(id uuid.UUID) models.Actor { return models.Actor{Kind: models.ActorUser, ID: &id} }
	act := startOwn(t, b, models.ActionCancel, models.JobFilter{})
	_, err := own.StartOwnBulk(ctx, by(user), user, models.OwnBulkRequest{Action: models.ActionPause})
	storetest.WantCode(t, err, models.CodeConflict)
	storetest.Must[models.BulkAct](t)(own.StartOwnBulk(ctx, by(evil), evil, models.OwnBulkRequest{Action: models.ActionPause}))
	_, err = own.OwnBulkAct(ctx, evil, act.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, _, err = own.OwnBulkItems(ctx, evil, act.ID, "", "", 10)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = own.StopOwnBulk(ctx, by(evil), evil, act.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Bulk.Admin().BulkAct(ctx, act.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Bulk.Admin().StopBulk(ctx, b.Admin(), act.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	if all := storetest.Must[[]models.BulkAct](t)(b.Bulk.Admin().BulkActs(ctx, 50)); len(all) != 0 {
		t.Errorf("administrators see %+v", all)
	}
	storetest.Must[models.BulkAct](t)(b.Bulk.Worker().ActOnNext(ctx, act.ID))
	act = storetest.Must[models.BulkAct](t)(own.StopOwnBulk(ctx, by(user), user, act.ID))
	if act = carryOut(t, b.Bulk.Worker(), act.ID); act.State != models.BulkStopped || act.Done != 1 || b.Job(t, last.ID).Reason.Code == models.ReasonCancelRequested {
		t.Errorf("stopped as %+v", act)
	}
	startOwn(t, b, models.ActionPause, models.JobFilter{})
	if list := storetest.Must[[]models.BulkAct](t)(own.OwnBulkActs(ctx, user)); len(list) != 2 {
		t.Errorf("the owner sees %+v", list)
	}
}

// An act ends when its owner's account is disabled.
func TestADisabledOwnersActEnds(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	job := b.Submit(t, 10)
	act := startOwn(t, b, models.ActionDelete, models.JobFilter{})
	storetest.Exec(t, "update users set disabled_at = now() where id = $1", b.User.ID)
	if act = carryOut(t, b.Bulk.Worker(), act.ID); act.State != models.BulkStopped || act.Done != 0 || b.Job(t, job.ID).DeleteAt != nil {
		t.Errorf("ended as %+v", act)
	}
}

// What is not an owner's act, and one that no job allows, is refused.
func TestOwnersRequestsAreChecked(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	by := models.Actor{Kind: models.ActorUser, ID: &b.User.ID}
	b.Submit(t, 10)
	_, err := b.Bulk.Own().StartOwnBulk(ctx, by, b.User.ID, models.OwnBulkRequest{Action: models.ActionMove})
	storetest.WantCode(t, err, models.CodeInvalid)
	_, err = b.Bulk.Own().StartOwnBulk(ctx, by, b.User.ID, models.OwnBulkRequest{Action: models.ActionRetry})
	if e := models.AsError(err); e.Problem != models.ProblemWrongState || !strings.Contains(e.Message, "can be retried") {
		t.Errorf("got %v", err)
	}
	if sent := storetest.Drain(t, b.Store); slices.ContainsFunc(sent, func(s string) bool { return strings.HasPrefix(s, "bulk") }) {
		t.Errorf("dispatched %v", sent)
	}
}
