package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/models"
)

// thumbnailGrace is how old a thumbnail without a row is before it is removed.
const thumbnailGrace = 10 * time.Minute

// ThumbnailSweeps is what the sweep of thumbnails needs from the database.
type ThumbnailSweeps interface {
	DropThumbnails(ctx context.Context) (int64, error)
	KnownThumbnails(ctx context.Context, fileIDs []uuid.UUID) ([]uuid.UUID, error)
}

// ThumbnailsResult is what a sweep of thumbnails did.
type ThumbnailsResult struct {
	Dropped int64 `json:"dropped"` // rows, of files that are no longer delivered
	Removed int   `json:"removed"` // objects

	Paused models.StoragePause `json:"paused,omitempty"` // why nothing was removed
}

// SweepThumbnails removes the thumbnails of files that were deleted or blocked:
// the rows first, then every object without a row.
func (a *Sweeps) SweepThumbnails(ctx context.Context) (ThumbnailsResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.sweepThumbnails(ctx)
	return res, border(ctx, err)
}

func (a *Sweeps) sweepThumbnails(ctx context.Context) (res ThumbnailsResult, err error) {
	if res.Paused, err = a.Stock.Pause(ctx); err != nil || res.Paused != "" {
		return res, err
	}
	if res.Dropped, err = a.Store.DropThumbnails(ctx); err != nil {
		return res, err
	}
	before := a.Now().Add(-thumbnailGrace)
	found := map[uuid.UUID]string{}
	compare := func() error {
		n, err := a.removeThumbnails(ctx, found)
		res.Removed += n
		clear(found)
		return err
	}
	err = a.Objects.List(ctx, models.ThumbnailsPrefix, func(o objstore.Object) error {
		id, err := uuid.Parse(strings.TrimPrefix(o.Key, models.ThumbnailsPrefix))
		if err != nil || o.ModifiedAt.After(before) {
			return nil
		}
		if found[id] = o.Key; len(found) < repairBatch {
			return nil
		}
		return compare()
	})
	if err != nil {
		return res, fmt.Errorf("list thumbnails: %w", err)
	}
	return res, compare()
}

// removeThumbnails removes those of the objects that no row accounts for.
func (a *Sweeps) removeThumbnails(ctx context.Context, found map[uuid.UUID]string) (removed int, err error) {
	if len(found) == 0 {
		return 0, nil
	}
	ids := make([]uuid.UUID, 0, len(found))
	for id := range found {
		ids = append(ids, id)
	}
	known, err := a.Store.KnownThumbnails(ctx, ids)
	if err != nil {
		return 0, err
	}
	for _, id := range known {
		delete(found, id)
	}
	for _, key := range found {
		if err := ignoreGone(a.Objects.Delete(ctx, key)); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
