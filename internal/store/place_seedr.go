package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/providers"
	"longhaul/models"
)

// seedrOutage is how long Seedr may fail before no transfer is given to it.
const seedrOutage = 30 * time.Second

// checkSeedr refuses a transfer that the Seedr account cannot take now, in a
// sentence that says why. The job itself counts among those that hold a slot.
func (s *Store) checkSeedr(ctx context.Context, job models.Job) error {
	if err := s.lock(ctx, lockPlacement, ""); err != nil {
		return err
	}
	room, err := s.seedrRoomBefore(ctx, job.ID)
	if err != nil {
		return err
	}
	var row struct {
		Need int64
		Done bool
	}
	err = s.row(ctx, &row, "measure job for Seedr",
		`select `+seedrNeed+` as need, `+seedrDone+` as done from jobs j where j.id = ?`, job.ID)
	if err != nil {
		return err
	}
	if f := seedrDown(room.SeedrAccount, s.Now()); f != nil {
		return f
	}
	if row.Done {
		return nil
	}
	if !models.ProviderSeedr.Fits(job.SourceKind, value(job.InfoHashV1)) {
		return models.Fault(models.ProblemSeedrRejected, "Seedr takes torrents with a v1 info hash only.")
	}
	return seedrFull(room, row.Need, s.Now())
}

// seedrDown says why Seedr cannot be used at all, nil if it can.
func seedrDown(a models.SeedrAccount, now time.Time) error {
	switch {
	case !a.Configured:
		return models.Fault(models.ProblemSeedrAuth, "No Seedr account is set up here.")
	case a.FailedSince == nil:
		return nil
	case a.Problem == models.ProblemSeedrAuth || a.Problem == models.ProblemSeedrPlan:
		return models.Fault(models.ProblemSeedrAuth, "%s An administrator has to look at it.", a.Message)
	case now.Sub(*a.FailedSince) >= seedrOutage:
		return models.Fault(models.ProblemSeedrFailing, "Seedr is not answering.").With("since", *a.FailedSince)
	default:
		return nil
	}
}

// seedrFull says why the account has no place for a job that holds a slot of
// it, nil if it has.
func seedrFull(room providers.SeedrRoom, need int64, now time.Time) error {
	switch {
	case room.SpaceMax > 0 && need > room.SpaceMax:
		return models.Fault(models.ProblemSeedrTooSmall, "It is larger than the whole Seedr account: it needs %s, the account has %s.",
			models.BytesInWords(need), models.BytesInWords(room.SpaceMax)).With("need", need).With("size", room.SpaceMax)
	case room.FullUntil != nil && now.Before(*room.FullUntil):
		return models.Fault(models.ProblemSeedrFull, "The Seedr account is full at the moment.")
	case room.Slots > 0 && room.Taken > room.Slots:
		return models.Fault(models.ProblemSeedrSlots, "%d of %d Seedr slots are taken.", min(room.Taken-1, room.Slots), room.Slots).
			With("taken", min(room.Taken-1, room.Slots)).With("slots", room.Slots)
	case room.SpaceMax > 0 && room.Free() < 0:
		return models.Fault(models.ProblemSeedrFull, "The Seedr account is full: it needs %s, %s are free.",
			models.BytesInWords(need), models.BytesInWords(max(room.Free()+need, 0))).
			With("need", need).With("free", max(room.Free()+need, 0))
	default:
		return nil
	}
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

// OpenSeedrAttempts returns the attempts that are open on Seedr, oldest first.
func (w *Work) OpenSeedrAttempts(ctx context.Context) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	err := w.s.rows(ctx, &out, "list open Seedr attempts", `
		select a.*, j.user_id from job_attempts a join jobs j on j.id = a.job_id
		where a.provider = ? and a.state = ? order by a.started_at, a.job_id`, models.ProviderSeedr, models.AttemptOpen)
	return out, err
}

// SetAttemptRef records the provider's own id of an attempt's transfer.
func (w *Work) SetAttemptRef(ctx context.Context, jobID uuid.UUID, epoch int64, ref string) error {
	_, err := w.s.exec(ctx, "note transfer id",
		`update job_attempts set provider_ref = ? where job_id = ? and epoch = ?`, ref, jobID, epoch)
	return err
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
