package stocktake

import (
	"context"
	"fmt"
	"time"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// SweepOptions bound a sweep.
type SweepOptions struct {
	Preview bool
	Grace   time.Duration
	Keep    time.Duration
	Percent int64
	Floor   int64
	Cap     int
}

// SweepResult is what a sweep found and did.
type SweepResult struct {
	Preview  bool
	Objects  int
	Bytes    int64
	Uploads  int
	Scanned  int
	Removed  int
	Refused  int64
	Paused   models.StoragePause
	Capped   bool
	Failures int
}

// Sweep marks what is in the bucket without a row and older than the grace
// period, because objects are written before rows, and removes what was marked
// long enough ago.
func (t *Taker) Sweep(ctx context.Context, o SweepOptions) (SweepResult, error) {
	return t.sweep(ctx, o, false)
}

// Mark is a sweep that removes nothing, whatever is due, and leaves the
// generation as it is.
func (t *Taker) Mark(ctx context.Context, o SweepOptions) (SweepResult, error) {
	return t.sweep(ctx, o, true)
}

func (t *Taker) sweep(ctx context.Context, o SweepOptions, markOnly bool) (SweepResult, error) {
	s := sweep{Taker: t, o: o, began: t.Now(), res: SweepResult{Preview: o.Preview}}
	if !o.Preview {
		var err error
		if s.res.Paused, err = t.Pause(ctx); err != nil {
			return s.res, fmt.Errorf("compare generations: %w", err)
		}
	}
	err := s.look(ctx)
	if err != nil || o.Preview {
		return s.res, err
	}
	if err := t.Store.ForgetOrphans(ctx, s.began); err != nil {
		return s.res, fmt.Errorf("forget orphans: %w", err)
	}
	if s.res.Paused != "" || markOnly {
		return s.res, t.Store.Swept(ctx, s.saw(), 0)
	}
	return s.res, s.finish(ctx)
}

// sweep is one run.
type sweep struct {
	*Taker
	o       SweepOptions
	began   time.Time
	objects []objstore.Object // to be compared
	there   int64             // objects in the bucket
	bytes   int64             // in the bucket
	res     SweepResult

	// list takes what was found and marked; it may be nil.
	list func(ctx context.Context, found []models.Orphan) error
}

// saw returns what is in the bucket.
func (s *sweep) saw() models.Amount { return models.Amount{Count: s.there, Bytes: s.bytes} }

func (s *sweep) finish(ctx context.Context) error {
	due, err := s.Store.DueOrphans(ctx)
	if err != nil {
		return fmt.Errorf("sum up due orphans: %w", err)
	}
	if s.tooMuch(due) {
		s.res.Refused = due.Count
		s.Log.ErrorContext(ctx, "a sweep would remove too much at once; nothing is removed until an administrator cleans up",
			"due", due.Count, "bytes", due.Bytes, "scanned", s.res.Scanned)
	}
	if err := s.purge(ctx); err != nil {
		return err
	}
	if err := s.Store.Swept(ctx, s.saw(), s.res.Refused); err != nil {
		return fmt.Errorf("note the sweep: %w", err)
	}
	if err := s.advance(ctx); err != nil {
		return fmt.Errorf("write generation: %w", err)
	}
	return nil
}

// tooMuch reports whether removing so much needs a person.
func (s *sweep) tooMuch(due models.Amount) bool {
	if s.o.Percent <= 0 || due.Count <= s.o.Floor {
		return false
	}
	return due.Count > share(int64(s.res.Scanned), s.o.Percent, 0) || due.Bytes > share(s.bytes, s.o.Percent, 0)
}

// look goes through the whole bucket. It reads the rows of uploads before it
// lists them: one that is opened meanwhile is younger than the grace period.
func (s *sweep) look(ctx context.Context) error {
	before := s.began.Add(-s.o.Grace)
	err := s.Bucket.List(ctx, jobsPrefix, func(o objstore.Object) error {
		s.res.Scanned++
		s.there++
		s.bytes += o.Size
		if o.ModifiedAt.After(before) {
			return nil
		}
		if s.objects = append(s.objects, o); len(s.objects) < batch {
			return nil
		}
		return s.compare(ctx)
	})
	if err == nil {
		err = s.compare(ctx)
	}
	if err != nil {
		return fmt.Errorf("list objects: %w", err)
	}
	return s.uploads(ctx, before)
}

func (s *sweep) compare(ctx context.Context) error {
	if len(s.objects) == 0 {
		return nil
	}
	keys := make([]string, len(s.objects))
	for i, o := range s.objects {
		keys[i] = o.Key
	}
	known, err := s.Store.KnownKeys(ctx, keys)
	if err != nil {
		return fmt.Errorf("look up keys: %w", err)
	}
	var found []models.Orphan
	for _, o := range s.objects {
		if !known[o.Key] {
			s.res.Objects++
			s.res.Bytes += o.Size
			found = append(found, s.orphan(models.Orphan{Key: o.Key, Size: o.Size, ModifiedAt: o.ModifiedAt}))
		}
	}
	s.objects = s.objects[:0]
	return s.mark(ctx, found)
}

func (s *sweep) uploads(ctx context.Context, before time.Time) error {
	known, err := s.Store.OpenUploads(ctx)
	if err != nil {
		return fmt.Errorf("look up uploads: %w", err)
	}
	var found []models.Orphan
	err = s.Bucket.ListMultiparts(ctx, jobsPrefix, func(u objstore.Upload) error {
		s.res.Scanned++
		if u.InitiatedAt.After(before) || known[u.ID] == u.Key {
			return nil
		}
		s.res.Uploads++
		if found = append(found, s.orphan(models.Orphan{Key: u.Key, UploadID: u.ID, ModifiedAt: u.InitiatedAt})); len(found) < batch {
			return nil
		}
		full := found
		found = nil
		return s.mark(ctx, full)
	})
	if err != nil {
		return fmt.Errorf("list uploads: %w", err)
	}
	return s.mark(ctx, found)
}

// orphan dates what was found. Postgres keeps microseconds.
func (s *sweep) orphan(o models.Orphan) models.Orphan {
	o.ModifiedAt = o.ModifiedAt.Truncate(time.Microsecond)
	o.FirstSeen, o.LastSeen, o.PurgeAfter = s.began, s.began, s.began.Add(s.o.Keep)
	return o
}

func (s *sweep) mark(ctx context.Context, found []models.Orphan) error {
	if s.o.Preview {
		return nil
	}
	if err := s.Store.MarkOrphans(ctx, found); err != nil {
		return fmt.Errorf("mark orphans: %w", err)
	}
	if s.list == nil || len(found) == 0 {
		return nil
	}
	return s.list(ctx, found)
}

// purge removes what is due, unless that is too much.
func (s *sweep) purge(ctx context.Context) error {
	if s.res.Refused > 0 {
		return nil
	}
	var last models.Orphan
	for {
		due, err := s.Store.OrphansToPurge(ctx, last, batch)
		if err != nil || len(due) == 0 {
			return err
		}
		last = due[len(due)-1]
		if err := s.purgeBatch(ctx, due); err != nil || s.res.Capped {
			return err
		}
	}
}

// purgeBatch looks for rows again right before it removes anything.
func (s *sweep) purgeBatch(ctx context.Context, due []models.Orphan) error {
	keys := make([]string, len(due))
	for i, o := range due {
		keys[i] = o.Key
	}
	known, err := s.Store.KnownKeys(ctx, keys)
	if err != nil {
		return fmt.Errorf("look up keys: %w", err)
	}
	uploads, err := s.Store.OpenUploads(ctx)
	if err != nil {
		return fmt.Errorf("look up uploads: %w", err)
	}
	for _, o := range due {
		if s.o.Cap > 0 && s.res.Removed >= s.o.Cap {
			s.res.Capped = true
			return nil
		}
		if o.UploadID == "" && known[o.Key] || o.UploadID != "" && uploads[o.UploadID] == o.Key {
			continue // the next sweep takes the mark off
		}
		if err := s.remove(ctx, o); err != nil {
			s.res.Failures++
			s.Log.WarnContext(ctx, "could not remove an orphan", "key", o.Key, "upload", o.UploadID, "error", err)
			continue
		}
		s.res.Removed++
		if err := s.Store.OrphanGone(ctx, o); err != nil {
			return fmt.Errorf("take off a mark: %w", err)
		}
	}
	return nil
}

func (s *sweep) remove(ctx context.Context, o models.Orphan) error {
	if o.UploadID != "" {
		return s.Bucket.AbortMultipart(ctx, o.Key, o.UploadID)
	}
	return s.Bucket.Delete(ctx, o.Key)
}
