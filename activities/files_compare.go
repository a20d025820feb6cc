package activities

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"

	"longhaul/internal/objstore"
	"longhaul/internal/piececheck"
	"longhaul/internal/source"
	"longhaul/models"
)

// compare compares a sample of what an agent stored with the torrent's hashes,
// and with that the agent: its word is not proof. If a piece differs, everything
// that isn't noted yet is dropped, and the agent that stored last gets the blame,
// so that the next attempt runs elsewhere if there is an elsewhere.
func (a *Files) compare(ctx context.Context, job models.Job, pending []models.FileParts, objects []objstore.Object) error {
	if job.Provider != models.ProviderAgent || len(pending) == 0 {
		return nil
	}
	metainfo, err := a.Store.Metainfo(ctx, job.ID)
	if err != nil || metainfo == nil {
		return err // a URL comes without hashes
	}
	pieces, err := source.ReadPieces(metainfo)
	if err != nil { // metainfo was read once before it was saved; a job that is nearly done does not fail over it
		activity.GetLogger(ctx).Warn("stored pieces can't be compared", "job_id", job.ID, "error", err)
		return nil
	}
	noted, err := a.Store.StoredFiles(ctx, job.ID)
	if err != nil {
		return err
	}
	files := make([]piececheck.File, 0, len(noted)+len(pending))
	for _, f := range noted {
		files = append(files, piececheck.File{Index: f.Index, Key: f.Key(), ETag: f.ETag, Size: f.Size})
	}
	for i, f := range pending {
		files = append(files, piececheck.File{Index: f.Index, Key: f.Key(), ETag: objects[i].ETag, Size: objects[i].Size})
	}
	res, err := piececheck.Check(ctx, a.Objects, pieces, files)
	if models.ProblemOf(err) == models.ProblemWrongContent { // replaced since its size was checked
		res.Wrong, err = true, nil
	}
	if err != nil {
		return fmt.Errorf("compare stored pieces: %w", err)
	}
	if res.Wrong {
		return a.reject(ctx, job, pending)
	}
	return nil
}

// reject drops what is in storage of the files.
func (a *Files) reject(ctx context.Context, job models.Job, pending []models.FileParts) error {
	for _, f := range pending {
		if err := a.forget(ctx, f); err != nil {
			return err
		}
		if err := ignoreGone(a.Objects.Delete(ctx, f.Key())); err != nil {
			return fmt.Errorf("remove object: %w", err)
		}
	}
	agent, err := a.Store.Blame(ctx, job.ID, models.ProblemWrongContent)
	if models.IsNotFound(err) { // the agent was removed
		return models.Fault(models.ProblemWrongContent, "What an agent stored isn't the torrent's content; fetching it again.")
	}
	if err != nil {
		return fmt.Errorf("blame agent: %w", err)
	}
	return models.Fault(models.ProblemWrongContent, "What agent %s stored isn't the torrent's content; fetching it again elsewhere.", agent.Name).
		With("agent", agent.Name).
		Because(fmt.Errorf("a stored piece of job %s does not match its hash; agent %s", job.ID, agent.ID))
}
