package stocktake_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/stocktake"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

var unlimited = stocktake.CheckOptions{}

func (h *house) used() int64 {
	h.Helper()
	return int64(storetest.Count(h.T, `select used from quota_usage where user_id = $1`, h.user.ID))
}

func TestLostFilesAreMarkedAndFreed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fine, _ := h.ready(3)
	job, files := h.ready(100, 20, 7, 1)
	if h.used() != 131 {
		t.Fatalf("%d bytes used", h.used())
	}
	storetest.OK(t, h.bucket.Delete(t.Context(), files[0].Key())) // gone
	h.put(files[1].Key(), 19)                                     // short
	storetest.OK(t, h.bucket.Put(t.Context(), files[2].Key(), []byte("another"), ""))
	if res := h.check(); res.Checked != 5 || res.Lost != 3 || res.Refused != 0 {
		t.Fatalf("checked %+v", res)
	}
	for i, want := range []models.FileState{models.FileLost, models.FileLost, models.FileLost, models.FileStored} {
		if got := h.files(job.ID)[i].State; got != want {
			t.Errorf("file %d is %s, want %s", i, got, want)
		}
	}
	got := h.job(job.ID)
	if got.State != models.StateReady || got.Problem != models.ProblemFileLost || !got.Reason.Equal(models.ProblemFileLost.Because("lost", 3, "files", 4)) {
		t.Errorf("job is %s, %s, %+v", got.State, got.Problem, got.Reason)
	}
	if h.used() != 4 || got.QuotaUsed != 1 {
		t.Errorf("%d bytes used, %d by the job", h.used(), got.QuotaUsed)
	}
	if n := storetest.Count(t, `select count(*) from job_events where job_id = $1 and reason_code = 'file_lost'`, job.ID); n != 1 {
		t.Errorf("%d events", n)
	}
	if h.job(fine.ID).Problem != "" {
		t.Error("another job is blamed")
	}
	if r := h.report(); r.Lost != (models.Amount{Count: 3, Bytes: 127}) || r.LostJobs != 1 || r.CheckedAt == nil {
		t.Errorf("report %+v", r)
	}
	if d := storetest.Must[models.QuotaDrift](t)(h.work.Quota.ReconcileQuota(t.Context())); d != (models.QuotaDrift{}) {
		t.Errorf("the quota drifted: %+v", d)
	}
	h.cameBack(job.ID, files[0])
}

// cameBack puts the object of a lost file back.
func (h *house) cameBack(jobID uuid.UUID, f models.File) {
	h.Helper()
	h.put(f.Key(), f.Size)
	if res := h.check(); res.Found != 1 || res.Lost != 0 {
		h.Errorf("checked %+v", res)
	}
	if got := h.job(jobID); got.QuotaUsed != 101 || h.used() != 104 || !got.Reason.Equal(models.ProblemFileLost.Because("lost", 2, "files", 4)) {
		h.Errorf("afterwards: %+v, %d used", got.Reason, got.QuotaUsed)
	}
	if res := h.check(); res.Found != 0 || res.Lost != 0 {
		h.Errorf("checked again: %+v", res)
	}
	if n := storetest.Count(h.T, `select count(*) from job_events where job_id = $1 and reason_code = 'file_lost'`, jobID); n != 2 {
		h.Errorf("%d events", n)
	}
}

func TestAnOpenJobGetsLostFilesAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	job, files := h.stored(10, 5)
	storetest.OK(t, h.bucket.Delete(t.Context(), files[1].Key()))
	if res := h.check(); res.Lost != 1 {
		t.Errorf("checked %+v", res)
	}
	if got := h.files(job.ID); got[0].State != models.FileStored || got[1].State != models.FilePending {
		t.Errorf("files are %s and %s", got[0].State, got[1].State)
	}
	if err := h.work.Jobs.FinishJob(t.Context(), job.ID); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("the job became ready without its file: %v", err)
	}
}

func TestTooManyLostFilesAreRefusedUntilAccepted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	job, files := h.ready(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)
	for _, f := range files[:11] {
		storetest.OK(t, h.bucket.Delete(t.Context(), f.Key()))
	}
	if res := h.check(); res.Refused != 11 || res.Lost != 0 || h.report().RefusedLost != 11 || h.job(job.ID).QuotaUsed != 60 {
		t.Fatalf("checked %+v", res)
	}
	storetest.OK(t, h.store.Stock.AcceptStorage(t.Context(), admin))
	if res := h.check(); res.Lost != 11 || h.report().RefusedLost != 0 || h.job(job.ID).QuotaUsed != 5 {
		t.Errorf("checked %+v", res)
	}
	if h.report().CheckAll {
		t.Error("the next check may mark any number again")
	}
}

// More files than one page has, with gaps at both ends and in between.
func TestACheckReachesEveryFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sizes := make([]int64, 400)
	for i := range sizes {
		sizes[i] = 1
	}
	_, a := h.ready(sizes...)
	_, b := h.ready(sizes...)
	h.orphan()
	for _, f := range []models.File{a[0], a[399], b[0], b[200], b[399]} {
		storetest.OK(t, h.bucket.Delete(t.Context(), f.Key()))
	}
	if res := h.check(); res.Checked != 800 || res.Lost != 5 {
		t.Errorf("checked %+v", res)
	}
}

func TestAStorageThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	job, _ := h.ready(5)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.taker.Check(ctx, unlimited); err == nil || h.job(job.ID).Problem != "" {
		t.Errorf("%v", err)
	}
	gone := storetest.Must[*objstore.Client](t)(objstore.New(objstore.Config{
		Endpoint: "http://127.0.0.1:1", Region: "us-east-1", Bucket: "gone", AccessKeyID: "a", SecretAccessKey: "b", PathStyle: true,
	}))
	if _, err := h.takes(gone).Check(t.Context(), unlimited); err == nil || h.job(job.ID).Problem != "" {
		t.Errorf("%v", err)
	}
}
