package activities

import (
	"context"

	"longhaul/internal/seedrcopy"
)

// Streams copies completed content from Seedr to storage.
type Streams struct{ Copier *seedrcopy.Copier }

// StoreFiles copies every selected file of the job from Seedr to storage. It
// continues where an earlier attempt stopped.
func (a *Streams) StoreFiles(ctx context.Context, in JobInput) (StoreResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.Copier.Copy(ctx, in.JobID)
	return StoreResult(res), border(ctx, err)
}
