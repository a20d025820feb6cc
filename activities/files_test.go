package activities_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/app/plug"
	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/stocktake"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func crc(body []byte) string {
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// part stores a part as an agent does and returns it.
func part(t *testing.T, c *objstore.Client, f models.File, upload string, n int, body []byte) models.Part {
	t.Helper()
	u, headers, err := c.PresignPart(t.Context(), f.Key(), upload, n, int64(len(body)), crc(body), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return models.Part{FileID: f.ID, Number: n, Size: int64(len(body)), CRC32C: crc(body), ETag: putTo(t, u, headers, body)}
}

// putTo sends the body to a presigned address and returns its ETag.
func putTo(t *testing.T, address string, headers map[string]string, body []byte) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("put part: %v, %v", resp, err)
	}
	_ = resp.Body.Close()
	return resp.Header.Get("ETag")
}

// downloaded is a job whose three files are in storage but not complete: one
// of two parts, one of one, and an empty one.
type downloaded struct {
	*bench
	objects *objstore.Client
	act     *activities.Files
	job     models.Job
	files   []models.File
	upload  string
	big     []byte
}

func newDownloaded(t *testing.T) *downloaded {
	t.Helper()
	return newDownloadedIn(t, objstoretest.New(t))
}

func newDownloadedIn(t *testing.T, bucket *objstore.Client) *downloaded {
	t.Helper()
	b := setup(t)
	d := &downloaded{bench: b, objects: bucket, big: bytes.Repeat([]byte("0123456789abcdef"), 9<<16)}
	d.act = &activities.Files{Store: plug.Storing(b.work), Objects: d.objects}
	row, _ := b.agent(4)
	job := storetest.Placed(t, b.store, b.user.ID, models.TransferDownload, int64(len(d.big)), 5, 0)
	var err error
	d.job = job
	if d.files, err = b.store.Files.Files(t.Context(), b.user.ID, job.ID); err != nil {
		t.Fatal(err)
	}
	if d.upload, err = d.objects.CreateMultipart(t.Context(), d.files[0].Key(), "video/mp4"); err != nil {
		t.Fatal(err)
	}
	if _, err = b.store.Files.SetUploadID(t.Context(), d.files[0].ID, d.upload); err != nil {
		t.Fatal(err)
	}
	cut := int(d.files[0].PartSize)
	for n, body := range [][]byte{d.big[:cut], d.big[cut:]} {
		stored := part(t, d.objects, d.files[0], d.upload, n+1, body)
		if err := b.store.Transfers.SaveParts(t.Context(), row.ID, job.ID, job.Epoch, []models.PartReport{{Index: 0, Part: stored}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.objects.Put(t.Context(), d.files[1].Key(), []byte("hello"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *downloaded) finalize() (activities.FinalizeResult, error) {
	d.Helper()
	var res activities.FinalizeResult
	v, err := env(d.act).ExecuteActivity(d.act.FinalizeFiles, activities.JobInput{JobID: d.job.ID})
	if err != nil {
		return res, err
	}
	return res, v.Get(&res)
}

func (d *downloaded) whole() {
	d.Helper()
	if got := d.bench.job(d.job.ID); got.State != models.StateReady || got.AdmittedAt != nil {
		d.Errorf("job is %s, slot %v", got.State, got.AdmittedAt)
	}
	for i, want := range [][]byte{d.big, []byte("hello"), nil} {
		r, err := d.objects.Get(d.Context(), d.files[i].Key(), "", 0, -1)
		if err != nil {
			d.Fatalf("file %d: %v", i, err)
		}
		var got bytes.Buffer
		if _, err := got.ReadFrom(r); err != nil || !bytes.Equal(got.Bytes(), want) {
			d.Errorf("file %d: %d bytes, %v", i, got.Len(), err)
		}
		_ = r.Close()
	}
}

func TestFinalizeFiles(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	for range 2 { // it may run twice
		res, err := d.finalize()
		if err != nil || res.Files != 3 || res.Bytes != int64(len(d.big))+5 {
			t.Fatalf("finalized %+v, %v", res, err)
		}
	}
	d.whole()
	uploads, err := d.work.Files.OpenUploads(t.Context())
	if err != nil || len(uploads) != 0 {
		t.Errorf("open uploads %v, %v", uploads, err)
	}
}

func TestFinalizeAfterACompletionThatWasNotNoted(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	pending, err := d.work.Files.FilesToFinalize(t.Context(), d.job.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.objects.CompleteMultipart(t.Context(), d.files[0].Key(), d.upload, pending[0].Parts); err != nil {
		t.Fatal(err)
	}
	if _, err := d.finalize(); err != nil {
		t.Fatal(err)
	}
	d.whole()
}

func TestFinalizeRefusesWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(d *downloaded) error{
		"object missing":   func(d *downloaded) error { return d.objects.Delete(d.Context(), d.files[1].Key()) },
		"object too short": func(d *downloaded) error { return d.objects.Put(d.Context(), d.files[1].Key(), []byte("hell"), "") },
		"upload gone":      func(d *downloaded) error { return d.objects.AbortMultipart(d.Context(), d.files[0].Key(), d.upload) },
		"part of other bytes": func(d *downloaded) error {
			part(d.T, d.objects, d.files[0], d.upload, 2, bytes.Repeat([]byte("x"), len(d.big)-int(d.files[0].PartSize)))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDownloaded(t)
			if err := harm(d); err != nil {
				t.Fatal(err)
			}
			_, err := d.finalize()
			if ae := failedWith(t, err); ae.Type() != string(models.ProblemLengthMismatch) {
				t.Errorf("failed with %s: %s", ae.Type(), ae.Message())
			}
			if got := d.bench.job(d.job.ID); got.State != models.StateStoring {
				t.Errorf("job is %s", got.State)
			}
		})
	}
}

// After the restore of an older dump, the rows of a job may know only some of the
// parts of an object that was completed since.
func TestFinalizeAdoptsACompleteObject(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]string{
		"rows know some parts":      `delete from file_parts where file_id = $1 and number = 2`,
		"rows know no part":         `delete from file_parts where file_id = $1`,
		"rows name an older upload": `update files set upload_id = 'older' where id = $1`,
		"rows know nothing of it":   `with p as (delete from file_parts where file_id = $1) update files set upload_id = null where id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDownloaded(t)
			pending, err := d.work.Files.FilesToFinalize(t.Context(), d.job.ID)
			storetest.OK(t, err)
			_, err = d.objects.CompleteMultipart(t.Context(), d.files[0].Key(), d.upload, pending[0].Parts)
			storetest.OK(t, err)
			storetest.Exec(t, forget, d.files[0].ID)
			if _, err := d.finalize(); err != nil {
				t.Fatal(err)
			}
			d.whole()
		})
	}
}

func TestDiscardPartsLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	for range 2 {
		if _, err := env(d.act).ExecuteActivity(d.act.DiscardParts, activities.JobInput{JobID: d.job.ID}); err != nil {
			t.Fatal(err)
		}
	}
	d.nothingLeft()
	pending, err := d.work.Files.FilesToFinalize(t.Context(), d.job.ID)
	if err != nil || len(pending) != 3 || pending[0].UploadID != nil || len(pending[0].Parts) != 0 {
		t.Errorf("rows still count on parts: %v", err)
	}
}

func (d *downloaded) nothingLeft() {
	d.Helper()
	prefix := "jobs/" + d.job.ID.String() + "/"
	if err := d.objects.List(d.Context(), prefix, func(o objstore.Object) error {
		d.Errorf("object %s is left", o.Key)
		return nil
	}); err != nil {
		d.Fatal(err)
	}
	if err := d.objects.ListMultiparts(d.Context(), prefix, func(u objstore.Upload) error {
		if u.ID == d.upload {
			d.Errorf("upload of %s is left", u.Key)
		}
		return nil
	}); err != nil {
		d.Fatal(err)
	}
}

// sweeps compares the bucket with the rows.
func (d *downloaded) sweeps() *activities.Sweeps {
	stock := &stocktake.Taker{
		Store: plug.Stocktake(d.work), Bucket: d.objects, Now: d.store.DB.Now, NewID: uuid.New, Log: slog.New(slog.DiscardHandler),
	}
	return &activities.Sweeps{Store: plug.Sweeps(d.work), Objects: d.objects, Stock: stock, Now: time.Now}
}

func TestSweepRemovesOrphansOnly(t *testing.T) {
	t.Parallel()
	d := newDownloadedIn(t, objstoretest.Bucket(t))
	orphan := models.File{ID: uuid.New(), JobID: uuid.New()}
	if err := d.objects.Put(t.Context(), orphan.Key(), []byte("orphan"), ""); err != nil {
		t.Fatal(err)
	}
	forgotten := models.File{ID: uuid.New(), JobID: uuid.New()}
	upload, err := d.objects.CreateMultipart(t.Context(), forgotten.Key(), "")
	if err != nil {
		t.Fatal(err)
	}
	act := d.sweeps()
	sweep := func(in activities.SweepInput) (res activities.SweepResult) {
		v, err := env(act).ExecuteActivity(act.SweepObjects, in)
		if err == nil {
			err = v.Get(&res)
		}
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if res := sweep(activities.SweepInput{Grace: time.Hour}); res.Objects != 0 || res.Uploads != 0 {
		t.Errorf("young orphans were swept: %+v", res)
	}
	if res := sweep(activities.SweepInput{Grace: -time.Minute, Preview: true}); res.Objects != 1 || res.Uploads != 1 || res.Bytes != 6 {
		t.Errorf("preview found %+v", res)
	}
	if _, err := d.objects.Head(t.Context(), orphan.Key()); err != nil {
		t.Errorf("the preview removed something: %v", err)
	}
	if res := sweep(activities.SweepInput{Grace: -time.Minute}); res.Objects != 1 || res.Uploads != 1 || res.Removed != 2 || res.Failures != 0 {
		t.Errorf("swept %+v", res)
	}
	if _, err := d.objects.Head(t.Context(), orphan.Key()); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("the orphan is left: %v", err)
	}
	if _, err := d.objects.ListParts(t.Context(), forgotten.Key(), upload); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("the forgotten upload is left: %v", err)
	}
	if res := sweep(activities.SweepInput{Grace: -time.Minute}); res.Objects != 0 || res.Uploads != 0 {
		t.Errorf("the second sweep found %+v", res)
	}
	if _, err := d.finalize(); err != nil {
		t.Fatalf("the sweep took what a job needs: %v", err)
	}
	d.whole()
}

func TestPurgeRemovesRowsThenObjects(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	act := &activities.Sweeps{Store: plug.Sweeps(d.work), Objects: d.objects, Now: time.Now}
	purge := func() error {
		_, err := env(act).ExecuteActivity(act.PurgeJob, activities.JobInput{JobID: d.job.ID})
		return err
	}
	storetest.OK(t, purge()) // it is not deleted, and stays
	if err := d.store.Jobs.RequestDelete(t.Context(), d.user.ID, d.job.ID); err != nil {
		t.Fatal(err)
	}
	if ae := failedWith(t, purge()); ae.NonRetryable() || ae.NextRetryDelay() <= 0 {
		t.Errorf("purge of an open job: %v", ae)
	}
	if _, err := d.work.Jobs.Transition(t.Context(), d.job.ID, changeTo(models.StateCancelled)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := purge(); err != nil {
			t.Fatal(err)
		}
	}
	d.nothingLeft()
	if _, err := d.work.Jobs.Job(t.Context(), d.job.ID); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("row: %v", err)
	}
}

// runner stands for the workflows of jobs.
type runner struct {
	mu                          sync.Mutex
	running                     map[uuid.UUID]bool
	runs                        map[uuid.UUID]int // that Temporal knows of
	restarted, admitted, purged []uuid.UUID
	ended, cancelled, bulk      []uuid.UUID
	terminated                  []uuid.UUID // by an operator
	cleanups                    []models.Cleanup
	checks                      []models.ContentCheck
	counters                    []uuid.UUID
}

func (r *runner) Stopped(_ context.Context, jobs []models.Job) (out []models.Job, err error) {
	for _, job := range jobs {
		if !r.running[job.ID] {
			out = append(out, job)
		}
	}
	return out, nil
}

func (r *runner) Terminated(_ context.Context, _ time.Time, fn func([]uuid.UUID) error) error {
	return fn(r.terminated)
}

func (r *runner) HowEnded(_ context.Context, job models.Job) (activities.Ending, error) {
	if slices.Contains(r.terminated, job.ID) {
		return activities.EndedByOperator, nil
	}
	return activities.EndedOtherwise, nil
}

func (r *runner) Cancel(_ context.Context, id uuid.UUID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancelled = append(r.cancelled, id)
	return nil
}

func (r *runner) Restart(_ context.Context, job models.Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.restarted = append(r.restarted, job.ID)
	return nil
}

func (r *runner) Running(_ context.Context, _ time.Time, fn func(map[uuid.UUID]int) error) error {
	return fn(r.runs)
}

func (r *runner) End(_ context.Context, id uuid.UUID, _ string) error {
	r.ended = append(r.ended, id)
	return nil
}

func (r *runner) Purge(_ context.Context, id uuid.UUID) error {
	r.purged = append(r.purged, id)
	return nil
}

func (r *runner) Bulk(_ context.Context, id uuid.UUID) error {
	r.bulk = append(r.bulk, id)
	return nil
}

func (r *runner) KeepCounter(_ context.Context, id uuid.UUID) error {
	r.counters = append(r.counters, id)
	return nil
}

func (r *runner) CleanUp(_ context.Context, c models.Cleanup) error {
	r.cleanups = append(r.cleanups, c)
	return nil
}

func (r *runner) ReadContents(_ context.Context, c models.ContentCheck) error {
	r.checks = append(r.checks, c)
	return nil
}

func (r *runner) Admit(_ context.Context, job models.Job) error {
	id := job.ID
	r.admitted = append(r.admitted, id)
	return nil
}

func TestRepairJobs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.agent(8)
	unsent, fine, without := b.admitted(5), b.admitted(5), b.admitted(5)
	if _, err := b.work.Jobs.Transition(t.Context(), fine.ID, changeTo(models.StateDownloading)); err != nil {
		t.Fatal(err)
	}
	deleted := b.admitted(5)
	if err := b.store.Jobs.RequestDelete(t.Context(), b.user.ID, deleted.ID); err != nil {
		t.Fatal(err)
	}
	act, err := b.store.Bulk.Admin().StartBulk(t.Context(), models.Actor{Kind: models.ActorAdmin}, models.BulkRequest{
		Act: models.AdminAct{Action: models.ActionPause}, Jobs: []uuid.UUID{fine.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	cleanup, err := b.store.Stock.StartCleanup(t.Context(), models.Actor{Kind: models.ActorConsole}, models.CleanupRequest{})
	if err != nil {
		t.Fatal(err)
	}
	check, err := b.store.Stock.StartContentCheck(t.Context(), models.Actor{Kind: models.ActorConsole}, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{running: map[uuid.UUID]bool{unsent.ID: true, fine.ID: true, deleted.ID: true}}
	sweeps := &activities.Sweeps{Store: plug.Sweeps(b.work), Runner: r, Now: func() time.Time { return time.Now().Add(time.Minute) }}
	v, err := env(sweeps).ExecuteActivity(sweeps.RepairJobs, activities.RepairInput{Quiet: time.Second})
	var res activities.RepairResult
	if err != nil || v.Get(&res) != nil {
		t.Fatal(err)
	}
	if len(r.restarted) != 1 || r.restarted[0] != without.ID {
		t.Errorf("restarted %v, want %s", r.restarted, without.ID)
	}
	if len(r.purged) != 1 || r.purged[0] != deleted.ID {
		t.Errorf("purged %v", r.purged)
	}
	if len(r.bulk) != 1 || r.bulk[0] != act.ID || res.Bulk != 1 {
		t.Errorf("acts on many jobs that were started again: %v", r.bulk)
	}
	if len(r.cleanups) != 1 || r.cleanups[0].ID != cleanup.ID || res.Cleanups != 1 {
		t.Errorf("cleanups that were started again: %v", r.cleanups)
	}
	if len(r.checks) != 1 || r.checks[0].ID != check.ID || res.Contents != 1 {
		t.Errorf("checks of contents that were started again: %v", r.checks)
	}
	if res.Checked != 4 || res.Restarted != 1 || res.Purged != 1 || res.Admitted < 1 {
		t.Errorf("result %+v", res)
	}
}

// After the restore of a dump, Temporal runs what the database does not know.
func TestRepairEndsWhatTheDatabaseDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	known, later, unknown := b.admitted(5), b.admitted(5), uuid.New()
	r := &runner{running: map[uuid.UUID]bool{}, runs: map[uuid.UUID]int{known.ID: known.Run, later.ID: later.Run + 1, unknown: 1}}
	act := &activities.Sweeps{Store: plug.Sweeps(b.work), Runner: r, Now: time.Now}
	v, err := env(act).ExecuteActivity(act.RepairJobs, activities.RepairInput{Quiet: time.Second})
	var res activities.RepairResult
	if err != nil || v.Get(&res) != nil {
		t.Fatal(err)
	}
	if len(r.ended) != 2 || slices.Contains(r.ended, known.ID) || res.Ended != 2 {
		t.Errorf("ended %v, %+v", r.ended, res)
	}
}

// With more jobs than fit in a batch, a sweep that begins with the same ones each
// time never comes to the last.
func TestRepairReachesEveryJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := &runner{running: map[uuid.UUID]bool{}}
	var lost, deleted uuid.UUID
	for range 450 {
		lost = storetest.Submit(t, b.store, b.user.ID, nil).ID
		r.running[lost] = true
	}
	r.running[lost] = false
	for range 210 {
		deleted = storetest.Submit(t, b.store, b.user.ID, nil).ID
		r.running[deleted] = true
		storetest.OK(t, b.store.Jobs.RequestDelete(t.Context(), b.user.ID, deleted))
	}
	act := &activities.Sweeps{Store: plug.Sweeps(b.work), Runner: r, Now: func() time.Time { return time.Now().Add(time.Minute) }}
	_, err := env(act).ExecuteActivity(act.RepairJobs, activities.RepairInput{Quiet: time.Second})
	storetest.OK(t, err)
	if len(r.restarted) != 1 || r.restarted[0] != lost {
		t.Errorf("restarted %v, want the last job, %s", r.restarted, lost)
	}
	if len(r.purged) != 210 || !slices.Contains(r.purged, deleted) {
		t.Errorf("%d were purged, want 210", len(r.purged))
	}
}

func TestPruneRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row, _ := b.agent(8)
	if _, err := b.store.Agents.AgentHeartbeat(t.Context(), row.ID, 1, models.AgentHeartbeat{}, 8, 0); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		later time.Duration
		want  int64
	}{{6 * 24 * time.Hour, 0}, {8 * 24 * time.Hour, 1}} {
		act := &activities.Sweeps{Store: plug.Sweeps(b.work), Now: func() time.Time { return time.Now().Add(tc.later) }}
		v, err := env(act).ExecuteActivity(act.PruneRows)
		var res activities.PruneResult
		if err != nil || v.Get(&res) != nil || res.Heartbeats != tc.want {
			t.Errorf("after %s: %+v, %v", tc.later, res, err)
		}
	}
}
