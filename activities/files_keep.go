package activities

import (
	"context"
	"fmt"
	"slices"

	"longhaul/models"
)

// KeepComplete makes the files of a parked job available of which everything is
// in storage, after the same checks as at the job's end. The others stay as they
// are: a retry fetches only those.
func (a *Files) KeepComplete(ctx context.Context, in JobInput) (FinalizeResult, error) {
	res, err := a.keep(ctx, in)
	return res, border(ctx, err)
}

func (a *Files) keep(ctx context.Context, in JobInput) (res FinalizeResult, err error) {
	job, err := a.Store.Job(ctx, in.JobID)
	if err != nil || job.State != models.StateNeedsAttention {
		return res, ignoreGone(err)
	}
	files, err := a.Store.FilesToFinalize(ctx, in.JobID)
	if err != nil {
		return res, fmt.Errorf("list files: %w", err)
	}
	files = slices.DeleteFunc(files, func(f models.FileParts) bool { return !f.Whole() })
	stop := beat(ctx)
	defer stop()
	if err := a.settle(ctx, job, files); err != nil {
		return res, err
	}
	for _, f := range files {
		res.Files, res.Bytes = res.Files+1, res.Bytes+f.Size
	}
	return res, nil
}
