package providers

import (
	"time"

	"longhaul/models"
)

// seedrOutage is how long Seedr may fail before no transfer is given to it.
const seedrOutage = 30 * time.Second

// Down says why Seedr cannot be used at all at now, nil if it can.
func (r SeedrRoom) Down(now time.Time) error {
	switch {
	case !r.Configured:
		return models.Fault(models.ProblemSeedrAuth, "No Seedr account is set up here.")
	case r.FailedSince == nil:
		return nil
	case r.Problem == models.ProblemSeedrAuth || r.Problem == models.ProblemSeedrPlan:
		return models.Fault(models.ProblemSeedrAuth, "%s An administrator has to look at it.", r.Message)
	case now.Sub(*r.FailedSince) >= seedrOutage:
		return models.Fault(models.ProblemSeedrFailing, "Seedr is not answering.").With("since", *r.FailedSince)
	default:
		return nil
	}
}

// Full says why the account has no place at now for a job that holds a slot of
// it and needs so many bytes, nil if it has.
func (r SeedrRoom) Full(need int64, now time.Time) error {
	switch {
	case r.SpaceMax > 0 && need > r.SpaceMax:
		return models.SeedrTooSmall(need, r.SpaceMax)
	case r.FullUntil != nil && now.Before(*r.FullUntil):
		return models.Fault(models.ProblemSeedrFull, "The Seedr account is full at the moment.")
	case r.Slots > 0 && r.Taken > r.Slots:
		return models.Fault(models.ProblemSeedrSlots, "%d of %d Seedr slots are taken.", min(r.Taken-1, r.Slots), r.Slots).
			With("taken", min(r.Taken-1, r.Slots)).With("slots", r.Slots)
	case r.SpaceMax > 0 && r.Free() < 0:
		return models.Fault(models.ProblemSeedrFull, "The Seedr account is full: it needs %s, %s are free.",
			models.BytesInWords(need), models.BytesInWords(max(r.Free()+need, 0))).
			With("need", need).With("free", max(r.Free()+need, 0))
	default:
		return nil
	}
}
