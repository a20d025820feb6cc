package stocktake_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/app/plug"
	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/stocktake"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// house is a database and a bucket of its own.
type house struct {
	*testing.T
	store  *store.Store
	work   store.Worker
	clock  *storetest.Clock
	bucket *objstore.Client
	taker  *stocktake.Taker
	user   models.User
	notes  []string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s := storetest.New(t)
	h := &house{T: t, store: s, work: s.Worker(), bucket: objstoretest.Bucket(t), user: storetest.User(t, s)}
	storetest.Agent(t, s, 100)
	h.clock = storetest.FakeClock(s)
	h.taker = h.takes(h.bucket)
	return h
}

// takes returns what compares the database with the bucket.
func (h *house) takes(bucket stocktake.Bucket) *stocktake.Taker {
	return &stocktake.Taker{
		Store: plug.Stocktake(h.work), Bucket: bucket, Now: h.store.DB.Now, NewID: uuid.New, Log: slog.New(slog.DiscardHandler),
	}
}

// ready adds a job with a file of each size, all of them stored.
func (h *house) ready(sizes ...int64) (models.Job, []models.File) {
	h.Helper()
	job, files := h.stored(sizes...)
	storetest.OK(h, h.work.Jobs.FinishJob(h.Context(), job.ID))
	return h.job(job.ID), files
}

// stored adds a job whose files are all stored but which is not ready yet.
func (h *house) stored(sizes ...int64) (models.Job, []models.File) {
	h.Helper()
	job := storetest.Placed(h, h.store, h.user.ID, models.TransferDownload, sizes...)
	_, err := h.work.Jobs.Transition(h.Context(), job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCompleting)})
	storetest.OK(h, err)
	files := h.files(job.ID)
	for _, f := range files {
		h.put(f.Key(), f.Size)
		o, err := h.bucket.Head(h.Context(), f.Key())
		storetest.OK(h, err)
		storetest.OK(h, h.work.Files.FileStored(h.Context(), f.ID, f.Size, o.ETag))
	}
	return h.job(job.ID), h.files(job.ID)
}

func (h *house) files(jobID uuid.UUID) []models.File {
	h.Helper()
	return storetest.Must[[]models.File](h)(h.store.Files.Files(h.Context(), h.user.ID, jobID))
}

func (h *house) job(id uuid.UUID) models.Job {
	h.Helper()
	return storetest.Must[models.Job](h)(h.work.Jobs.Job(h.Context(), id))
}

func (h *house) put(key string, size int64) {
	h.Helper()
	storetest.OK(h, h.bucket.Put(h.Context(), key, bytes.Repeat([]byte("x"), int(size)), "text/plain"))
}

// orphan stores an object without a row and returns its key.
func (h *house) orphan() string {
	h.Helper()
	key := models.File{JobID: uuid.New(), ID: uuid.New()}.Key()
	h.put(key, 6)
	return key
}

func (h *house) there(key string) bool {
	h.Helper()
	_, err := h.bucket.Head(h.Context(), key)
	if err != nil && !models.IsNotFound(err) {
		h.Fatal(err)
	}
	return err == nil
}

// guarded is what the schedule asks for.
var guarded = stocktake.SweepOptions{Grace: -time.Minute, Keep: models.OrphanRetention, Percent: 10, Floor: 10, Cap: 10_000}

func (h *house) sweep() stocktake.SweepResult {
	h.Helper()
	return storetest.Must[stocktake.SweepResult](h)(h.taker.Sweep(h.Context(), guarded))
}

func (h *house) check() stocktake.CheckResult {
	h.Helper()
	return storetest.Must[stocktake.CheckResult](h)(h.taker.Check(h.Context(), stocktake.CheckOptions{Percent: 10, Floor: 10}))
}

func (h *house) report() models.StorageReport {
	h.Helper()
	return storetest.Must[models.StorageReport](h)(h.store.Stock.StorageReport(h.Context()))
}

// admin is who accepts and confirms.
var admin = models.Actor{Kind: models.ActorConsole}

// older makes the database forget what happened since, as a restore does.
func (h *house) older() (restore func(lost ...uuid.UUID)) {
	h.Helper()
	storetest.Exec(h.T, `create table dumped_state as table storage_state`)
	return func(lost ...uuid.UUID) {
		h.Helper()
		storetest.Exec(h.T, `delete from storage_state`)
		storetest.Exec(h.T, `insert into storage_state select * from dumped_state`)
		storetest.Exec(h.T, `delete from orphans`)
		for _, id := range lost {
			storetest.Exec(h.T, `delete from jobs where id = $1`, id)
		}
	}
}
