package activities

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"longhaul/internal/objstore"
	"longhaul/models"
)

const (
	finalizeWidth = 16              // files completed at once
	beatEvery     = 4 * time.Second // heartbeat of long storage work
)

// FileStore is what completing files needs from the database.
type FileStore interface {
	Job(ctx context.Context, jobID uuid.UUID) (models.Job, error)
	Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error)
	FilesToFinalize(ctx context.Context, jobID uuid.UUID) ([]models.FileParts, error)
	FileStored(ctx context.Context, fileID uuid.UUID, size int64, etag string) error
	ForgetUpload(ctx context.Context, fileID uuid.UUID) (oldUploadID string, err error)
	FinishJob(ctx context.Context, jobID uuid.UUID) error
	StoredFiles(ctx context.Context, jobID uuid.UUID) ([]models.File, error)
	Metainfo(ctx context.Context, jobID uuid.UUID) ([]byte, error)
	// Blame records the problem of the last agent that had the job.
	Blame(ctx context.Context, jobID uuid.UUID, p models.Problem) (models.Agent, error)
}

// Objects is what completing and removing files needs from object storage.
type Objects interface {
	Put(ctx context.Context, key string, body []byte, contentType string) error
	Head(ctx context.Context, key string) (objstore.Object, error)
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
	Delete(ctx context.Context, key string) error
	ListParts(ctx context.Context, key, uploadID string) ([]models.Part, error)
	CompleteMultipart(ctx context.Context, key, uploadID string, parts []models.Part) (etag string, err error)
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// Files completes the objects of a job.
type Files struct {
	Store   FileStore
	Objects Objects
}

// FinalizeFiles completes every selected file of a job, checks each object's
// size and a sample of a torrent's pieces, and makes all of them visible in one
// transaction.
func (a *Files) FinalizeFiles(ctx context.Context, in JobInput) (FinalizeResult, error) {
	res, err := a.finalize(ctx, in.JobID)
	return res, border(ctx, err)
}

func (a *Files) finalize(ctx context.Context, jobID uuid.UUID) (FinalizeResult, error) {
	job, err := a.Store.Job(ctx, jobID)
	if err != nil {
		return FinalizeResult{}, err
	}
	if job.State == models.StateReady { // an earlier attempt got that far but could not report it
		return FinalizeResult{Files: job.FileCount, Bytes: job.Bytes()}, nil
	}
	_, err = a.Store.Transition(ctx, jobID, models.JobChange{
		To: models.StateStoring, Reason: models.Because(models.ReasonCompleting),
	})
	if err != nil {
		return FinalizeResult{}, err
	}
	pending, err := a.Store.FilesToFinalize(ctx, jobID)
	if err != nil {
		return FinalizeResult{}, err
	}
	stop := beat(ctx)
	defer stop()
	if err := a.settle(ctx, job, pending); err != nil {
		return FinalizeResult{}, err
	}
	if err := a.Store.FinishJob(ctx, jobID); err != nil {
		return FinalizeResult{}, err
	}
	job, err = a.Store.Job(ctx, jobID)
	if err != nil {
		return FinalizeResult{}, err
	}
	return FinalizeResult{Files: job.FileCount, Bytes: job.Bytes()}, nil
}

// settle completes the files' objects, checks them, and then writes their rows.
func (a *Files) settle(ctx context.Context, job models.Job, files []models.FileParts) error {
	objects := make([]objstore.Object, len(files))
	err := each(ctx, len(files), func(ctx context.Context, i int) (err error) {
		objects[i], err = a.complete(ctx, files[i])
		return err
	})
	if err == nil {
		err = a.compare(ctx, job, files, objects)
	}
	if err != nil {
		return err
	}
	return each(ctx, len(files), func(ctx context.Context, i int) error { return a.note(ctx, files[i], objects[i]) })
}

// each runs the work for every index, a few at once.
func each(ctx context.Context, n int, work func(ctx context.Context, i int) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(finalizeWidth)
	for i := range n {
		g.Go(func() error { return work(gctx, i) })
	}
	return g.Wait()
}

// note writes the row of a file whose object is complete and was checked. It
// pins the ETag: what is delivered later has to be this very object.
func (a *Files) note(ctx context.Context, f models.FileParts, obj objstore.Object) error {
	if err := a.Store.FileStored(ctx, f.ID, obj.Size, obj.ETag); err != nil {
		return fmt.Errorf("save stored file: %w", err)
	}
	return nil
}

// complete completes one file's object and checks it.
func (a *Files) complete(ctx context.Context, f models.FileParts) (objstore.Object, error) {
	key, want := f.Key(), f.Size
	switch {
	case f.Size == 0:
		if err := a.Objects.Put(ctx, key, nil, f.ContentType); err != nil {
			return objstore.Object{}, fmt.Errorf("put empty object: %w", err)
		}
	case f.UploadID != nil:
		var err error
		if want, err = a.join(ctx, f); err != nil {
			return objstore.Object{}, err
		}
	}
	obj, err := a.Objects.Head(ctx, key)
	switch {
	case models.IsNotFound(err):
		err = a.missing(ctx, f, err)
	case err != nil:
		err = fmt.Errorf("check object: %w", err)
	case want >= 0 && obj.Size != want:
		err = a.missing(ctx, f, fmt.Errorf("object has %d of %d bytes", obj.Size, want))
	case replaced(f, obj):
		err = a.missing(ctx, f, errors.New("object is not the one that the agent reported"))
	}
	return obj, err
}

// replaced reports whether an object that was stored in one piece is another
// one than its agent reported: two agents may hold addresses of it for a while.
func replaced(f models.FileParts, obj objstore.Object) bool {
	return f.UploadID == nil && len(f.Parts) == 1 && f.Parts[0].ETag != "" && f.Parts[0].ETag != obj.ETag
}

// join completes a multipart upload from the parts that the rows and storage
// agree on, and returns how many bytes the object must have. If the upload is
// gone, it may have been completed, by an earlier attempt or before an older dump
// was restored, whose rows know only some of its parts: the check of the object
// that follows decides.
func (a *Files) join(ctx context.Context, f models.FileParts) (int64, error) {
	var sum int64
	for _, p := range f.Parts {
		sum += p.Size
	}
	stored, err := a.Objects.ListParts(ctx, f.Key(), *f.UploadID)
	if models.IsNotFound(err) && f.Size >= 0 {
		return f.Size, nil
	}
	if models.IsNotFound(err) && sum > 0 {
		return sum, nil
	}
	if ignoreGone(err) != nil {
		return 0, fmt.Errorf("list parts: %w", err)
	}
	if err != nil || f.Size >= 0 && sum != f.Size {
		return 0, a.missing(ctx, f, fmt.Errorf("parts have %d of %d bytes", sum, f.Size))
	}
	have := make(map[int]models.Part, len(stored))
	for _, p := range stored {
		have[p.Number] = p
	}
	for i, p := range f.Parts {
		s, ok := have[p.Number]
		if p.Number != i+1 || !ok || s.ETag != p.ETag || s.Size != p.Size {
			return 0, a.missing(ctx, f, fmt.Errorf("part %d is not in storage as reported", p.Number))
		}
	}
	_, err = a.Objects.CompleteMultipart(ctx, f.Key(), *f.UploadID, f.Parts)
	if ignoreGone(err) != nil {
		return 0, fmt.Errorf("complete upload: %w", err)
	}
	return sum, nil
}

// missing starts a file over if its bytes in storage are incomplete. The
// transfer that follows fetches only this file again.
func (a *Files) missing(ctx context.Context, f models.FileParts, cause error) error {
	if err := a.forget(ctx, f); err != nil {
		return err
	}
	return models.Fault(models.ProblemLengthMismatch, "A file in storage is incomplete; fetching its bytes again.").Because(cause)
}

// DiscardParts drops the stored parts of a cancelled job's incomplete files:
// rows first, so that no later attempt counts on bytes that are gone.
func (a *Files) DiscardParts(ctx context.Context, in JobInput) error {
	return border(ctx, a.discard(ctx, in.JobID))
}

func (a *Files) discard(ctx context.Context, jobID uuid.UUID) error {
	pending, err := a.Store.FilesToFinalize(ctx, jobID)
	if err != nil {
		return err
	}
	stop := beat(ctx)
	defer stop()
	for _, f := range pending {
		if err := a.forget(ctx, f); err != nil {
			return err
		}
		if err := ignoreGone(a.Objects.Delete(ctx, f.Key())); err != nil {
			return fmt.Errorf("remove object: %w", err)
		}
	}
	return nil
}

// forget drops the rows of a file's parts, then its upload. If the abort is
// lost, the upload has no row, and the sweep finds it.
func (a *Files) forget(ctx context.Context, f models.FileParts) error {
	if _, err := a.Store.ForgetUpload(ctx, f.ID); err != nil {
		return fmt.Errorf("forget upload: %w", err)
	}
	if f.UploadID == nil {
		return nil
	}
	if err := ignoreGone(a.Objects.AbortMultipart(ctx, f.Key(), *f.UploadID)); err != nil {
		return fmt.Errorf("abort upload: %w", err)
	}
	return nil
}

func jobPrefix(jobID uuid.UUID) string { return jobsPrefix + jobID.String() + "/" }

// beat heartbeats the activity until the returned function is called.
func beat(ctx context.Context) func() {
	if !activity.IsActivity(ctx) {
		return func() {}
	}
	activity.RecordHeartbeat(ctx)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		t := time.NewTicker(beatEvery)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return cancel
}
