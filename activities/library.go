package activities

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
)

// placePage is how many jobs are looked at between two heartbeats at most.
const placePage = 200

// pruneFolders is how many empty folders one prune removes.
const pruneFolders = 10_000

// LibrarySweeps is what the library's repairs need from the database.
type LibrarySweeps interface {
	JobsToPlace(ctx context.Context, after uuid.UUID, limit int) ([]uuid.UUID, error)
	PlaceFiles(ctx context.Context, jobID uuid.UUID) (int, error)
	PruneFolders(ctx context.Context, limit int) (int64, error)
	PruneSelections(ctx context.Context, before time.Time) (int64, error)
}

// PlaceResult is what a sweep put into libraries.
type PlaceResult struct {
	Jobs  int `json:"jobs"`
	Files int `json:"files"`
}

// PlaceFiles puts stored files of ended jobs that have no place yet into their
// owners' libraries: those that were stored before there was a library, and those
// of jobs that an older worker finished. Each job is its own transaction, so that
// a run may be broken off anywhere.
func (a *Sweeps) PlaceFiles(ctx context.Context) (PlaceResult, error) {
	res, err := a.place(ctx)
	return res, border(ctx, err)
}

func (a *Sweeps) place(ctx context.Context) (res PlaceResult, err error) {
	after := uuid.Nil
	for {
		ids, err := a.Store.JobsToPlace(ctx, after, placePage)
		if err != nil || len(ids) == 0 {
			return res, err
		}
		for _, id := range ids {
			if activity.IsActivity(ctx) {
				activity.RecordHeartbeat(ctx, id)
			}
			n, err := a.Store.PlaceFiles(ctx, id)
			if err != nil {
				return res, err
			}
			if n > 0 {
				res.Jobs, res.Files = res.Jobs+1, res.Files+n
			}
		}
		after = ids[len(ids)-1]
	}
}
