// Package stocktake compares the bucket with the database, both ways: it marks
// what has no row and removes it later, and it marks files whose object is gone.
//
// A database that was restored from an older dump lacks the rows of what is
// newer, and a bucket may be another one than it was. So both carry a
// generation, and while they differ nothing is removed. What would remove or mark
// a large share at once is refused until an administrator confirms it. It knows
// no Temporal; what an owner deletes is not its affair.
package stocktake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// Store keeps what is found.
type Store interface {
	StorageState(ctx context.Context) (models.StorageState, error)
	StorageFits(ctx context.Context, s models.StorageState, g models.Generation) (bool, error)
	PauseDeletion(ctx context.Context, s models.StorageState, why models.StoragePause, g models.Generation) (bool, error)
	NextGeneration(ctx context.Context, s models.StorageState, next models.Generation, hold time.Duration) (bool, error)
	AdoptStorage(ctx context.Context, s models.StorageState, g models.Generation, keep time.Duration) (bool, error)

	KnownKeys(ctx context.Context, keys []string) (map[string]bool, error)
	OpenUploads(ctx context.Context) (map[string]string, error)
	MarkOrphans(ctx context.Context, found []models.Orphan) error
	ForgetOrphans(ctx context.Context, began time.Time) error
	DueOrphans(ctx context.Context) (models.Amount, error)
	OrphansToPurge(ctx context.Context, after models.Orphan, limit int) ([]models.Orphan, error)
	OrphanGone(ctx context.Context, o models.Orphan) error
	Swept(ctx context.Context, saw models.Amount, refused int64) error

	CountStoredFiles(ctx context.Context) (int64, error)
	FilesToCheck(ctx context.Context, after models.File, limit int) ([]models.File, error)
	MarkLost(ctx context.Context, jobID uuid.UUID, fileIDs []uuid.UUID) (int64, error)
	MarkFound(ctx context.Context, jobID uuid.UUID, fileIDs []uuid.UUID) (int64, error)
	Checked(ctx context.Context, refused int64) error

	LoadCleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error)
	CleanupFinds(ctx context.Context, id uuid.UUID, found []models.CleanupItem) (models.Cleanup, error)
	CleanupLooked(ctx context.Context, id uuid.UUID, scanned int64) (models.Cleanup, error)
	CleanupNext(ctx context.Context, id uuid.UUID, limit int) ([]models.CleanupItem, error)
	CleanupDid(ctx context.Context, id uuid.UUID, results []models.CleanupItem) (models.Cleanup, error)
	HaltCleanup(ctx context.Context, id uuid.UUID, why models.StoragePause) (models.Cleanup, error)
	FileOfKey(ctx context.Context, key string) (models.File, error)

	LoadContentCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error)
	ContentsNext(ctx context.Context, c models.ContentCheck) ([]models.File, *uuid.UUID, error)
	ContentsRead(ctx context.Context, id uuid.UUID, results []models.ContentResult, last *uuid.UUID) (models.ContentCheck, error)
}

// Bucket is where the objects are.
type Bucket interface {
	Generation(ctx context.Context) (models.Generation, error)
	PutGeneration(ctx context.Context, g models.Generation) error
	List(ctx context.Context, prefix string, fn func(objstore.Object) error) error
	ListMultiparts(ctx context.Context, prefix string, fn func(objstore.Upload) error) error
	Head(ctx context.Context, key string) (objstore.Object, error)
	Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error)
	Delete(ctx context.Context, key string) error
	AbortMultipart(ctx context.Context, key, uploadID string) error
}

// Taker takes stock. Each of its methods may run at any time, and repeatedly.
type Taker struct {
	Store  Store
	Bucket Bucket
	Now    func() time.Time
	NewID  func() uuid.UUID
	Log    *slog.Logger

	// Note tells whoever operates the schedules that deletion is paused, or with
	// an empty text that it is not. It may be nil.
	Note func(ctx context.Context, text string) error
}

const (
	jobsPrefix   = "jobs/"          // of all keys of jobs
	batch        = 500              // objects or rows compared in one statement
	width        = 16               // calls to the bucket at once
	writeTime    = 20 * time.Second // for the generation
	generationOf = 2 * time.Minute  // how long nobody else writes one
	tries        = 5
)

// Pause returns why nothing may be removed without an owner's request now, empty
// if it may. It is the question before every automatic removal.
func (t *Taker) Pause(ctx context.Context) (models.StoragePause, error) {
	for range tries { // again if another process noted something in between
		s, err := t.Store.StorageState(ctx)
		if err != nil {
			return "", err
		}
		g, err := t.Bucket.Generation(ctx)
		if err != nil {
			return "", err
		}
		why, done, err := t.judge(ctx, s, g)
		if err != nil || done {
			return why, err
		}
	}
	return "", errors.New("the generation of the storage keeps changing")
}

func (t *Taker) judge(ctx context.Context, s models.StorageState, g models.Generation) (why models.StoragePause, done bool, err error) {
	why = s.Against(g)
	switch {
	case why == "":
		if done, err = t.Store.StorageFits(ctx, s, g); done && s.Paused != "" {
			t.Log.InfoContext(ctx, "storage and database belong together again; deletion goes on")
			t.note(ctx, "")
		}
		return "", done, err
	case s.Accepts(g):
		adopted, err := t.Store.AdoptStorage(ctx, s, g, models.OrphanRetention)
		if adopted {
			t.Log.WarnContext(ctx, "an administrator accepted the storage as it is; deletion goes on", "was", why)
			t.note(ctx, "")
		}
		return "", false, err // it has to fit now
	}
	done, err = t.Store.PauseDeletion(ctx, s, why, g)
	if done {
		t.Log.ErrorContext(ctx, "storage and database do not belong together; nothing is removed until an administrator accepts it",
			"why", why, "generation", g.Value, "expected", s.Generation, "bucket", g.BucketID, "expected_bucket", s.BucketID)
		t.note(ctx, pauseNotes[why])
	}
	return why, done, err
}

// pauseNotes are for the operators of schedules.
var pauseNotes = map[models.StoragePause]string{
	models.PauseRestored:    "Deletion is paused: the database is older than the storage, as after the restore of a dump. Check, then accept it: longhaul storage accept",
	models.PauseOtherBucket: "Deletion is paused: this is not the bucket that the database knows. Check S3_BUCKET, or accept it: longhaul storage accept",
}

func (t *Taker) note(ctx context.Context, text string) {
	if t.Note == nil {
		return
	}
	if err := t.Note(ctx, text); err != nil {
		t.Log.WarnContext(ctx, "the note of the schedules could not be changed", "error", err)
	}
}

// advance gives bucket and database a new generation: from then on an older dump
// is noticed. First the database announces it, then the bucket says it, then the
// database takes it for the current one; a crash in between is no difference.
func (t *Taker) advance(ctx context.Context) error {
	s, err := t.Store.StorageState(ctx)
	if err != nil {
		return err
	}
	next := models.Generation{BucketID: t.NewID(), Value: t.NewID()}
	if s.BucketID != nil {
		next.BucketID = *s.BucketID
	}
	ours, err := t.Store.NextGeneration(ctx, s, next, generationOf)
	if err != nil || !ours {
		return err // another process writes one
	}
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if err := t.Bucket.PutGeneration(limited, next); err != nil {
		return err
	}
	if s, err = t.Store.StorageState(ctx); err != nil {
		return err
	}
	_, err = t.Store.StorageFits(ctx, s, next)
	return err
}

// share is how much may happen at once without a person: at least the floor.
func share(total, percent, floor int64) int64 { return max(floor, total*percent/100) }
