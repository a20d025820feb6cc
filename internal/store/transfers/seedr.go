package transfers

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/models"
)

// checkSeedr refuses a transfer that the Seedr account cannot take now, in a
// sentence that says why. The job itself counts among those that hold a slot.
func (tr *Transfers) checkSeedr(ctx context.Context, job models.Job) error {
	if err := tr.db.Lock(ctx, postgres.LockPlacement, ""); err != nil {
		return err
	}
	room, err := tr.providers.SeedrRoomBefore(ctx, job.ID)
	if err != nil {
		return err
	}
	var row struct {
		Need int64
		Done bool
	}
	err = tr.db.Row(ctx, &row, "measure job for Seedr",
		`select `+providers.SeedrNeed+` as need, `+providers.SeedrDone+` as done from jobs j where j.id = ?`, job.ID)
	if err != nil {
		return err
	}
	if f := room.Down(tr.db.Now()); f != nil {
		return f
	}
	if row.Done {
		return nil
	}
	if !job.Fits(models.ProviderSeedr) {
		return models.Fault(models.ProblemSeedrRejected, "Seedr takes torrents with a v1 info hash only.")
	}
	return room.Full(row.Need, tr.db.Now())
}

func seedrChange(kind models.TransferKind, to models.State) models.JobChange {
	c := models.JobChange{
		To: to, Reason: models.Because(models.ReasonSeedrDownloading),
	}
	if kind == models.TransferResolve {
		c.Reason = models.Because(models.ReasonSeedrLooksUp)
	}
	return c
}

// NeededOnSeedr returns the info hashes that open jobs need on the Seedr
// account: those of open attempts, and those that are complete and wait for a
// choice of files, for a slot or for being stored.
func (w *Worker) NeededOnSeedr(ctx context.Context) (map[string]bool, error) {
	var rows []struct{ Hash string }
	err := w.tr.db.Rows(ctx, &rows, "list content needed on Seedr", `
		select distinct j.info_hash_v1 as hash from jobs j
		join job_attempts a on a.job_id = j.id and a.epoch = j.epoch and a.provider = 'seedr'
		where j.provider = 'seedr' and j.delete_at is null and j.info_hash_v1 is not null and (a.state in ('wanted', 'open') or
			a.state = 'done' and j.state in ('queued', 'resolving', 'awaiting_selection', 'downloading', 'storing'))`)
	out := make(map[string]bool, len(rows))
	for _, r := range rows {
		out[r.Hash] = true
	}
	return out, err
}

// FilesOnSeedr returns what to copy from Seedr to storage for the job. It is
// seedr_gone if the account does not have it (anymore).
func (w *Worker) FilesOnSeedr(ctx context.Context, jobID uuid.UUID) (models.SeedrCopy, error) {
	tr := w.tr
	job, err := tr.jobs.Worker().Job(ctx, jobID)
	if err != nil {
		return models.SeedrCopy{}, err
	}
	out := models.SeedrCopy{Job: job, Epoch: job.Epoch}
	if job.InfoHashV1 != nil {
		out.Item, err = tr.providers.SeedrItem(ctx, *job.InfoHashV1)
	}
	if models.IsNotFound(err) || err == nil && out.Item.DoneAt == nil {
		return models.SeedrCopy{}, models.Fault(models.ProblemSeedrGone, "It is not in the Seedr account any more; it is fetched again.")
	}
	if err != nil {
		return models.SeedrCopy{}, err
	}
	out.Files, err = tr.files.ForCopying(ctx, jobID)
	return out, err
}

// SaveStreamedParts records parts that the worker copied to storage for the
// job. An epoch that is not the newest, or a job that is not being stored any
// more, is refused as superseded.
func (w *Worker) SaveStreamedParts(ctx context.Context, jobID uuid.UUID, epoch int64, parts []models.PartReport) error {
	if len(parts) == 0 {
		return nil
	}
	tr := w.tr
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		if err := tr.fenceStoring(ctx, jobID, epoch); err != nil {
			return err
		}
		return tr.files.RecordParts(ctx, jobID, parts)
	})
}

// fenceStoring checks that the job is being stored from Seedr under the epoch,
// and keeps it so until the transaction ends.
func (tr *Transfers) fenceStoring(ctx context.Context, jobID uuid.UUID, epoch int64) error {
	var one int
	err := tr.db.Row(ctx, &one, "check storing", `
		select 1 from jobs where id = ? and epoch = ? and provider = ? and state = ? and delete_at is null for share`,
		jobID, epoch, models.ProviderSeedr, models.StateStoring)
	if models.IsNotFound(err) {
		return agents.Superseded("the job is not stored from Seedr any more")
	}
	return err
}
