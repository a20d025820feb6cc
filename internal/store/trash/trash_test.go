package trash_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const week = 7 * 24 * time.Hour

// world is a store with a trash, on a clock that the test moves.
func world(t *testing.T) (*storetest.World, *storetest.Clock) {
	t.Helper()
	b := storetest.NewWorld(t)
	b.Jobs.TrashFor = week
	return b, storetest.FakeClock(b.Store)
}

func ready(t *testing.T, b *storetest.World, sizes ...int64) (models.Job, []models.File) {
	t.Helper()
	job := b.Submit(t, sizes...)
	b.Finish(t, job.ID)
	storetest.Drain(t, b.Store)
	return b.Job(t, job.ID), filesOf(t, b, job.ID)
}

func filesOf(t *testing.T, b *storetest.World, jobID uuid.UUID) []models.File {
	t.Helper()
	return storetest.Must[[]models.File](t)(b.Files.Files(t.Context(), b.User.ID, jobID))
}

func trashed(t *testing.T, b *storetest.World) models.TrashPage {
	t.Helper()
	return storetest.Must[models.TrashPage](t)(b.Trash.Trashed(t.Context(), b.User.ID, "", 0))
}

// A job in the trash is nowhere, still counts, comes back as it was, and goes for
// good when its time is over.
func TestAJobGoesToTheTrashAndBack(t *testing.T) {
	t.Parallel()
	b, clock := world(t)
	ctx := t.Context()
	job, files := ready(t, b, 10, 20)
	link := storetest.Must[models.Link](t)(b.Files.IssueLink(ctx, models.Link{UserID: b.User.ID, JobID: job.ID, ExpiresAt: clock.Now.Add(time.Hour)}))
	storetest.OK(t, b.Files.MayDeliver(ctx, link.ID, files[0].ID))

	d := storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, job.ID))
	if d.Until == nil || !d.Until.Equal(clock.Now.Add(week)) {
		t.Errorf("deleted until %v", d.Until)
	}
	_, err := b.Jobs.Job(ctx, b.User.ID, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.WantCode(t, b.Files.MayDeliver(ctx, link.ID, files[0].ID), models.CodeNotFound)
	if list := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{})); list.Total != 0 {
		t.Errorf("%d jobs are listed", list.Total)
	}
	if links := storetest.Must[[]models.NamedLink](t)(b.Files.Links(ctx, b.User.ID)); len(links) != 0 {
		t.Errorf("links are listed: %v", links)
	}
	_, err = b.Jobs.RequestRetry(ctx, b.User.ID, job.ID)
	storetest.WantProblem(t, err, models.ProblemWrongState)
	_, err = b.Jobs.RequestRetry(ctx, b.Evil.ID, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	b.Holds(t, 30, 0)
	if got := storetest.Drain(t, b.Store); len(got) != 0 {
		t.Errorf("something is to be done about it: %v", got)
	}
	got := trashed(t, b)
	if got.Total != 1 || got.Bytes != 30 || got.Entries[0].Kind != models.TrashJob || got.Entries[0].Files != 2 || !got.Entries[0].Until.Equal(*d.Until) {
		t.Errorf("trash: %+v", got)
	}
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.Evil.ID, job.ID), models.CodeNotFound)
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID))
	storetest.Must[models.Job](t)(b.Jobs.Job(ctx, b.User.ID, job.ID))
	storetest.OK(t, b.Files.MayDeliver(ctx, link.ID, files[0].ID))
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID), models.CodeNotFound)

	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, job.ID))
	clock.Add(week - time.Second)
	if swept := storetest.Must[models.TrashSwept](t)(b.W.Trash.DropOver(ctx)); swept.Jobs != 0 {
		t.Errorf("%d jobs went too early", swept.Jobs)
	}
	storetest.WantProblem(t, b.W.Jobs.DeleteJobRows(ctx, job.ID), models.ProblemWrongState)
	if lost := storetest.Must[[]uuid.UUID](t)(b.W.Jobs.JobsToPurge(ctx, clock.Now, uuid.Nil, 10)); len(lost) != 0 {
		t.Errorf("the sweep of lost purges takes it for one: %v", lost)
	}
	clock.Add(time.Second)
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID), models.CodeNotFound)
	if left := trashed(t, b); left.Total != 0 {
		t.Errorf("its time is over: %+v", left)
	}
	if swept := storetest.Must[models.TrashSwept](t)(b.W.Trash.DropOver(ctx)); swept.Jobs != 1 {
		t.Errorf("%d jobs went", swept.Jobs)
	}
	if got := storetest.Drain(t, b.Store); len(got) != 1 || got[0] != "purge "+job.ID.String() {
		t.Errorf("the purge: %v", got)
	}
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, job.ID))
	b.Holds(t, 0, 0)
}

// What can't be brought back goes for good: an open job without a stored file,
// one whose content is blocked, and everything where there is no trash.
func TestWhatGoesForGood(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	open := b.Submit(t, 10)
	blocked, _ := ready(t, b, 10)
	storetest.Exec(t, "update jobs set blocked = true where id = $1", blocked.ID)
	for name, id := range map[string]uuid.UUID{"open": open.ID, "blocked": blocked.ID} {
		if d := storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, id)); d.Until != nil {
			t.Errorf("%s: in the trash", name)
		}
	}
	ended, files := ready(t, b, 10, 20)
	b.Jobs.TrashFor = 0
	if d := storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, ended.ID, files[0].ID, false)); d.Until != nil || d.Whole {
		t.Errorf("a file: %+v", d)
	}
	if d := storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, ended.ID)); d.Until != nil {
		t.Error("without a trash: in the trash")
	}
	if got := trashed(t, b); got.Total != 0 {
		t.Errorf("trash: %+v", got)
	}
}

// An open job with a stored file is cancelled on the way to the trash. Restoring
// it is refused while that would make two open jobs for one content.
func TestAnOpenJobIsCancelledFirst(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	job := b.Submit(t, 10, 20)
	b.To(t, job.ID, models.StateDownloading)
	files := filesOf(t, b, job.ID)
	storetest.OK(t, b.W.Files.FileStored(ctx, files[0].ID, 10, "e"))
	storetest.Drain(t, b.Store)
	if d := storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, job.ID)); d.Until == nil {
		t.Fatal("it went for good")
	}
	if got := storetest.Drain(t, b.Store); len(got) != 1 || got[0] != "cancel "+job.ID.String() {
		t.Errorf("to be done: %v", got)
	}
	src := models.Source{Kind: models.SourceMagnet, URI: job.SourceURI, InfoHashV1: *job.InfoHashV1}
	again, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.OK(t, err)
	storetest.WantProblem(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID), models.ProblemDuplicateJob)
	b.Step(t, job.ID, models.StateCancelled)
	b.Holds(t, 10, 0)
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID))
	_, err = b.Jobs.RequestRetry(ctx, b.User.ID, job.ID)
	storetest.WantProblem(t, err, models.ProblemDuplicateJob)
	b.To(t, again.ID, models.StateCancelled)
	if got := storetest.Must[models.Job](t)(b.Jobs.RequestRetry(ctx, b.User.ID, job.ID)); got.State != models.StateQueued {
		t.Errorf("retried: %s", got.State)
	}
}

// A finished download in the trash is in the way of none, and comes back beside
// the one that was submitted since.
func TestResubmittingWhatIsInTheTrash(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	src := storetest.Magnet()
	first, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.OK(t, err)
	b.To(t, first.ID, models.StateFailed)
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, first.ID))
	second, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.OK(t, err)
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, first.ID))
	_, err = b.Jobs.RequestRetry(ctx, b.User.ID, first.ID)
	storetest.WantProblem(t, err, models.ProblemDuplicateJob)
	if second.ID == first.ID {
		t.Error("one job")
	}
}

// A file in the trash is in no list, zip or link, still counts, and goes for good
// alone. What is left of the job stays.
func TestAFileGoesToTheTrashAndBack(t *testing.T) {
	t.Parallel()
	b, clock := world(t)
	ctx := t.Context()
	job, files := ready(t, b, 10, 20, 30)
	link := storetest.Must[models.Link](t)(b.Files.IssueLink(ctx, models.Link{UserID: b.User.ID, JobID: job.ID, ExpiresAt: clock.Now.Add(2 * week)}))
	storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, job.ID, files[1].ID, false))
	storetest.WantCode(t, b.Files.MayDeliver(ctx, link.ID, files[1].ID), models.CodeNotFound)
	storetest.OK(t, b.Files.MayDeliver(ctx, link.ID, files[0].ID))
	_, err := b.Files.File(ctx, b.User.ID, files[1].ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	outline, total, err := b.Files.FilesAfter(ctx, b.User.ID, job.ID, -1, 10)
	storetest.OK(t, err)
	page := storetest.Must[models.FilePage](t)(b.Files.FilePage(ctx, b.User.ID, job.ID, models.FileFilter{Limit: 10}))
	if len(filesOf(t, b, job.ID)) != 2 || len(outline) != 2 || total != 2 || page.Total != 2 || page.Size != 40 {
		t.Errorf("it is listed: %d, %d, %+v", len(outline), total, page)
	}
	if j := b.Job(t, job.ID); j.State != models.StateReady || j.FileCount != 2 || j.Bytes() != 40 {
		t.Errorf("the job: %+v", j)
	}
	b.Holds(t, 60, 0)
	if got := trashed(t, b); got.Total != 1 || got.Bytes != 20 || got.Entries[0].Kind != models.TrashFile || got.Entries[0].JobID != job.ID {
		t.Errorf("trash: %+v", got)
	}
	drift := storetest.Must[models.QuotaDrift](t)(b.W.Quota.ReconcileQuota(ctx))
	if drift != (models.QuotaDrift{}) {
		t.Errorf("drift: %+v", drift)
	}
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[1].ID))
	storetest.OK(t, b.Files.MayDeliver(ctx, link.ID, files[1].ID))
	if j := b.Job(t, job.ID); j.FileCount != 3 || j.Bytes() != 60 {
		t.Errorf("restored: %+v", j)
	}

	storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, job.ID, files[1].ID, false))
	clock.Add(week)
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[1].ID), models.CodeNotFound)
	if left := trashed(t, b); left.Total != 0 {
		t.Errorf("its time is over: %+v", left)
	}
	if swept := storetest.Must[models.TrashSwept](t)(b.W.Trash.DropOver(ctx)); swept.Files != 1 {
		t.Errorf("swept: %+v", swept)
	}
	b.Holds(t, 40, 0)
	known := storetest.Must[map[string]bool](t)(b.W.Files.KnownKeys(ctx, []string{files[0].Key(), files[1].Key()}))
	if !known[files[0].Key()] || known[files[1].Key()] {
		t.Errorf("objects with a row: %v", known)
	}
	gone := storetest.Must[[]models.File](t)(b.W.Files.DeletedFiles(ctx, job.ID, 10))
	late := storetest.Must[[]uuid.UUID](t)(b.W.Trash.JobsWithDeletedFiles(ctx, clock.Now.Add(time.Second), uuid.Nil, 10))
	if len(gone) != 1 || gone[0].ID != files[1].ID || len(late) != 1 || late[0] != job.ID {
		t.Errorf("to be removed from storage: %v, %v", gone, late)
	}
	storetest.OK(t, b.W.Files.ObjectsRemoved(ctx, []uuid.UUID{files[1].ID}))
	if gone := storetest.Must[[]models.File](t)(b.W.Files.DeletedFiles(ctx, job.ID, 10)); len(gone) != 0 {
		t.Errorf("removed, and still to be: %v", gone)
	}
}

// The last file takes its job along. If others of the job are in the trash, they
// can still be restored, with the job.
func TestTheLastFileTakesItsJobAlong(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	remove := func(job models.Job, f models.File, final bool) models.Deletion {
		t.Helper()
		return storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, job.ID, f.ID, final))
	}
	job, files := ready(t, b, 10, 20)
	remove(job, files[0], false)
	if d := remove(job, files[1], false); !d.Whole || d.Until == nil {
		t.Errorf("the last: %+v", d)
	}
	if got := trashed(t, b); got.Total != 1 || got.Entries[0].Kind != models.TrashJob {
		t.Errorf("trash: %+v", got)
	}
	storetest.WantProblem(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[0].ID), models.ProblemWrongState)
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID))
	if n := len(filesOf(t, b, job.ID)); n != 1 {
		t.Errorf("undone: %d files", n)
	}
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[0].ID))

	more, of := ready(t, b, 1, 2, 4)
	remove(more, of[0], false)
	remove(more, of[1], true) // what the first one takes up stays
	b.Holds(t, 35, 0)
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, more.ID))
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, more.ID))

	remove(job, files[0], false)
	if d := remove(job, files[1], true); !d.Whole || d.Until == nil {
		t.Errorf("the last, for good: %+v", d)
	}
	b.Holds(t, 10, 0)
	storetest.OK(t, b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID))
	if left := filesOf(t, b, job.ID); len(left) != 1 || left[0].ID != files[0].ID {
		t.Errorf("restored: %+v", left)
	}
	if d := remove(job, files[0], true); !d.Whole || d.Until != nil {
		t.Errorf("the very last, for good: %+v", d)
	}
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, job.ID))
	b.Holds(t, 0, 0)
}

func TestOnlyFilesOfReadyJobsAreDeletedAlone(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	job := b.Submit(t, 10, 20)
	b.To(t, job.ID, models.StateDownloading)
	files := filesOf(t, b, job.ID)
	storetest.OK(t, b.W.Files.FileStored(t.Context(), files[0].ID, 10, "e"))
	_, err := b.Jobs.DeleteFile(t.Context(), b.User.ID, job.ID, files[0].ID, false)
	storetest.WantProblem(t, err, models.ProblemWrongState)
	_, err = b.Jobs.DeleteFile(t.Context(), b.Evil.ID, job.ID, files[0].ID, false)
	storetest.WantCode(t, err, models.CodeNotFound)
}

// A block and the deletion of the account reach into the trash.
func TestBlocksAndLeavingReachIntoTheTrash(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	whole, _ := ready(t, b, 10)
	storetest.Exec(t, "update jobs set info_hash_v1 = $2 where id = $1", whole.ID, fmt.Sprintf("%040d", 7))
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, whole.ID))
	part, files := ready(t, b, 20, 30)
	storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, part.ID, files[0].ID, false))
	other, _ := ready(t, b, 40)
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, other.ID))
	storetest.Must[models.Block](t)(b.Jobs.Admin().Block(ctx, b.Admin(), fmt.Sprintf("%040d", 7), false, "court order"))
	storetest.Must[models.Block](t)(b.Jobs.Admin().Block(ctx, b.Admin(), files[0].ID.String(), true, "court order"))
	if got := trashed(t, b); got.Total != 1 || got.Entries[0].ID != other.ID {
		t.Errorf("trash: %+v", got)
	}
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, whole.ID), models.CodeNotFound)
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[0].ID), models.CodeNotFound)
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, whole.ID))
	b.Holds(t, 70, 0)
	storetest.OK(t, b.Jobs.DeleteAccount(ctx, models.Actor{Kind: models.ActorUser, ID: &b.User.ID}, b.User.ID))
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, other.ID))
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, part.ID))
}

// An empty trash is one in which nothing can be restored, at once; what the caller
// did not live to delete, the sweep deletes.
func TestTheTrashIsEmptied(t *testing.T) {
	t.Parallel()
	b, clock := world(t)
	ctx := t.Context()
	first, _ := ready(t, b, 10)
	second, files := ready(t, b, 20, 30)
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, first.ID))
	storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, second.ID, files[0].ID, false))
	if n := storetest.Must[int64](t)(b.Trash.EmptyTrash(ctx, b.Evil.ID)); n != 0 {
		t.Errorf("another user emptied %d", n)
	}
	// the API dies between the mark and the deletion
	storetest.Exec(t, "update jobs set trash_until = $1 where trash_until is not null", clock.Now)
	if swept := storetest.Must[models.TrashSwept](t)(b.W.Trash.DropOver(ctx)); swept.Jobs != 1 || swept.Files != 0 {
		t.Errorf("swept: %+v", swept)
	}
	if n := storetest.Must[int64](t)(b.Trash.EmptyTrash(ctx, b.User.ID)); n != 1 {
		t.Errorf("emptied %d", n)
	}
	if got := trashed(t, b); got.Total != 0 || got.Bytes != 0 {
		t.Errorf("trash: %+v", got)
	}
	storetest.WantCode(t, b.Trash.RestoreTrashed(ctx, b.User.ID, files[0].ID), models.CodeNotFound)
	storetest.OK(t, b.W.Jobs.DeleteJobRows(ctx, first.ID))
	b.Holds(t, 30, 0)
}

// Pages neither skip nor repeat an entry, also of one moment.
func TestTheTrashIsPaged(t *testing.T) {
	t.Parallel()
	b, clock := world(t)
	ctx := t.Context()
	const many = 23
	for i := range many {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, models.StateFailed)
		storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, job.ID))
		if i%5 == 0 {
			clock.Add(time.Second)
		}
	}
	seen := map[uuid.UUID]bool{}
	for cursor, pages := "", 0; ; pages++ {
		page := storetest.Must[models.TrashPage](t)(b.Trash.Trashed(ctx, b.User.ID, cursor, 4))
		for _, e := range page.Entries {
			seen[e.ID] = true
		}
		if page.Total != many || pages > many {
			t.Fatalf("total %d, page %d", page.Total, pages)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(seen) != many {
		t.Errorf("%d of %d seen", len(seen), many)
	}
	_, err := b.Trash.Trashed(ctx, b.User.ID, "x", 4)
	storetest.WantCode(t, err, models.CodeInvalid)
}

// A plan keeps nothing longer because it is in the trash.
func TestTheTrashKeepsNothingLongerThanThePlan(t *testing.T) {
	t.Parallel()
	b, clock := world(t)
	days := 3
	b.Plan(t, models.Plan{RetentionDays: &days})
	job, _ := ready(t, b, 10)
	d := storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(t.Context(), b.User.ID, job.ID))
	if d.Until == nil || !d.Until.Equal(clock.Now.AddDate(0, 0, days)) {
		t.Errorf("until %v, on %v", d.Until, clock.Now)
	}
}

// An administrator's deletion goes to the owner's trash, unless it is final.
func TestAnAdministratorsDeletion(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	by := models.Actor{Kind: models.ActorAdmin, ID: &b.Evil.ID}
	for _, final := range []bool{false, true} {
		job, _ := ready(t, b, 10)
		storetest.Must[models.Job](t)(b.Jobs.Admin().RequestAct(ctx, by, job.ID, models.AdminAct{Action: models.ActionDelete, Final: final}))
		if restorable := b.Trash.RestoreTrashed(ctx, b.User.ID, job.ID) == nil; restorable == final {
			t.Errorf("final %t: restorable %t", final, restorable)
		}
	}
}

// A program of the release before, which knows no trash, can't purge what is in it.
func TestOlderProgramsCantPurgeTheTrash(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	job, _ := ready(t, b, 10)
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(t.Context(), b.User.ID, job.ID))
	if err := storetest.Try(t, "delete from jobs where id = $1", job.ID); err == nil {
		t.Error("the row is gone")
	}
}

// What can be restored counts for the number of files that a plan allows, so that
// restoring it never leads beyond that.
func TestTheTrashCountsForThePlansFiles(t *testing.T) {
	t.Parallel()
	b, _ := world(t)
	ctx := t.Context()
	b.Plan(t, models.Plan{MaxFiles: new(4)})
	whole, _ := ready(t, b, 10, 10)
	part, files := ready(t, b, 10, 10)
	storetest.Must[models.Deletion](t)(b.Jobs.RequestTrash(ctx, b.User.ID, whole.ID))
	storetest.Must[models.Deletion](t)(b.Jobs.DeleteFile(ctx, b.User.ID, part.ID, files[0].ID, false))
	submit := func() error {
		m := storetest.Manifest(10)
		_, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m})
		return err
	}
	storetest.WantProblem(t, submit(), models.ProblemQuotaExceeded)
	if u := storetest.Must[models.Usage](t)(b.Quota.Usage(ctx, b.User.ID)); u.Files != 4 || u.Jobs != 1 {
		t.Errorf("usage: %d files, %d jobs", u.Files, u.Jobs)
	}
	storetest.OK(t, b.Trash.DeleteTrashed(ctx, b.User.ID, files[0].ID))
	storetest.OK(t, submit())
}
