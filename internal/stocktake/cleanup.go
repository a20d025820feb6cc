package stocktake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"longhaul/models"
)

// cleanupBatch is how much of a cleanup is removed between two looks at the rows,
// at the pause and at whether an administrator stopped it.
const cleanupBatch = 100

// CleanUp carries a cleanup on until it waits for an administrator or is over: it
// lists what has no row or no object, or removes what an administrator confirmed.
// It may be killed at any point and called again. More reports whether to
// continue; it may be nil.
func (t *Taker) CleanUp(ctx context.Context, id uuid.UUID, more func(models.Cleanup) bool) (models.Cleanup, error) {
	c, err := t.Store.LoadCleanup(ctx, id)
	if err == nil && c.State == models.CleanupLooking {
		c, err = t.find(ctx, c)
	}
	for err == nil && c.State == models.CleanupRemoving && (more == nil || more(c)) {
		c, err = t.removeSome(ctx, c)
	}
	return c, err
}

// errNotLooking ends a look that an administrator stopped.
var errNotLooking = errors.New("the cleanup no longer looks")

// find lists what the cleanup is about. An attempt after a kill begins again, and
// what is listed stays.
func (t *Taker) find(ctx context.Context, c models.Cleanup) (models.Cleanup, error) {
	var scanned int64
	note := func(ctx context.Context, found []models.CleanupItem) error {
		now, err := t.Store.CleanupFinds(ctx, c.ID, found)
		if err == nil && now.State != models.CleanupLooking {
			return errNotLooking
		}
		return err
	}
	if c.Has(models.CleanupObject) || c.Has(models.CleanupUpload) {
		s := sweep{
			Taker: t, o: SweepOptions{Grace: c.Grace, Keep: models.OrphanRetention}, began: t.Now(),
			list: func(ctx context.Context, found []models.Orphan) error { return note(ctx, itemsOfOrphans(c, found)) },
		}
		if err := s.look(ctx); err != nil {
			return t.looked(ctx, c, err)
		}
		scanned += int64(s.res.Scanned)
	}
	if c.Has(models.CleanupRow) {
		rows := check{
			Taker: t, list: func(ctx context.Context, gone []models.File) error { return note(ctx, itemsOfFiles(gone)) },
		}
		if err := rows.look(ctx); err != nil {
			return t.looked(ctx, c, err)
		}
		scanned += rows.res.Checked
	}
	return t.Store.CleanupLooked(ctx, c.ID, scanned)
}

// looked returns how a look ended early: in an error, or because it was stopped.
func (t *Taker) looked(ctx context.Context, c models.Cleanup, err error) (models.Cleanup, error) {
	if errors.Is(err, errNotLooking) {
		return t.Store.LoadCleanup(ctx, c.ID)
	}
	return c, err
}

func itemsOfOrphans(c models.Cleanup, found []models.Orphan) []models.CleanupItem {
	out := make([]models.CleanupItem, 0, len(found))
	for _, o := range found {
		kind := models.CleanupObject
		if o.UploadID != "" {
			kind = models.CleanupUpload
		}
		if c.Has(kind) {
			out = append(out, models.CleanupItem{Kind: kind, Key: o.Key, UploadID: o.UploadID, Size: o.Size, ModifiedAt: o.ModifiedAt})
		}
	}
	return out
}

func itemsOfFiles(gone []models.File) []models.CleanupItem {
	out := make([]models.CleanupItem, 0, len(gone))
	for _, f := range gone {
		item := models.CleanupItem{Kind: models.CleanupRow, Key: f.Key(), Size: f.Size, ModifiedAt: f.CreatedAt}
		if f.StoredAt != nil {
			item.ModifiedAt = *f.StoredAt
		}
		out = append(out, item)
	}
	return out
}

// removeSome removes the next things of a confirmed cleanup. It looks for rows
// and objects again right before.
func (t *Taker) removeSome(ctx context.Context, c models.Cleanup) (models.Cleanup, error) {
	why, err := t.Pause(ctx) // also finds a storage that is away, which is no fault of the things
	if err != nil {
		return c, fmt.Errorf("compare generations: %w", err)
	}
	if why != "" {
		return t.Store.HaltCleanup(ctx, c.ID, why)
	}
	items, err := t.Store.CleanupNext(ctx, c.ID, cleanupBatch)
	if err != nil {
		return c, fmt.Errorf("list what to remove: %w", err)
	}
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	known, err := t.Store.KnownKeys(ctx, keys)
	if err != nil {
		return c, fmt.Errorf("look up keys: %w", err)
	}
	var uploads map[string]string
	if slices.ContainsFunc(items, func(i models.CleanupItem) bool { return i.Kind == models.CleanupUpload }) {
		if uploads, err = t.Store.OpenUploads(ctx); err != nil {
			return c, fmt.Errorf("look up uploads: %w", err)
		}
	}
	g := errgroup.Group{}
	g.SetLimit(width)
	for i := range items {
		g.Go(func() error {
			items[i] = t.removeOne(ctx, items[i], known, uploads)
			return nil
		})
	}
	_ = g.Wait() // each thing has its own outcome
	if err := ctx.Err(); err != nil {
		return c, err
	}
	return t.Store.CleanupDid(ctx, c.ID, items)
}

// mostTries is how often storage may refuse to remove something.
const mostTries = 3

func (t *Taker) removeOne(ctx context.Context, item models.CleanupItem, known map[string]bool, uploads map[string]string) models.CleanupItem {
	var err error
	var spare models.CleanupWhy
	switch item.Kind {
	case models.CleanupObject:
		spare, err = t.removeObject(ctx, item, known[item.Key])
	case models.CleanupUpload:
		if uploads[item.UploadID] == item.Key {
			spare = models.CleanupHasRow
			break
		}
		err = t.Bucket.AbortMultipart(ctx, item.Key, item.UploadID)
	case models.CleanupRow:
		spare, err = t.loseRow(ctx, item)
	}
	switch {
	case err != nil:
		t.Log.WarnContext(ctx, "could not remove what a cleanup found", "kind", item.Kind, "key", item.Key, "upload", item.UploadID, "error", err)
		if item.Tries++; item.Tries >= mostTries {
			item.State, item.Why = models.CleanupItemFailed, models.CleanupRefused
		}
	case spare != "":
		item.State, item.Why = models.CleanupItemSpared, spare
	default:
		item.State = models.CleanupItemRemoved
	}
	return item
}

// removeObject removes an object that is still the one that was found. One that
// is gone counts as removed: an attempt that was killed may have done it.
func (t *Taker) removeObject(ctx context.Context, item models.CleanupItem, known bool) (models.CleanupWhy, error) {
	if known {
		return models.CleanupHasRow, nil
	}
	o, err := t.Bucket.Head(ctx, item.Key)
	if models.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if o.Size != item.Size || o.ModifiedAt.Unix() > item.ModifiedAt.Unix() { // a listing may have fractions of a second
		return models.CleanupChanged, nil
	}
	return "", t.Bucket.Delete(ctx, item.Key)
}

// loseRow marks the file of a row as lost, or has an open job fetch it again,
// unless its object is there.
func (t *Taker) loseRow(ctx context.Context, item models.CleanupItem) (models.CleanupWhy, error) {
	f, err := t.Store.FileOfKey(ctx, item.Key)
	if models.IsNotFound(err) {
		return models.CleanupGone, nil
	}
	if err != nil {
		return "", err
	}
	o, err := t.Bucket.Head(ctx, item.Key)
	if err == nil && same(f, o) {
		return models.CleanupBack, nil
	}
	if err != nil && !models.IsNotFound(err) {
		return "", err
	}
	if f.State != models.FileStored {
		return "", nil // an attempt that was killed did it
	}
	_, err = t.Store.MarkLost(ctx, f.JobID, []uuid.UUID{f.ID})
	return "", err
}
