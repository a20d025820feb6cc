package activities

import (
	"context"
	"fmt"

	"longhaul/models"
)

// VerifySeedr calls Seedr for real and tells what came of it: whether the
// credentials and the plan are good, and how much room there is. A Seedr that
// refuses is an answer, not a fault of the activity.
func (a *SeedrTracker) VerifySeedr(ctx context.Context) (models.ProviderCheck, error) {
	check := models.ProviderCheck{Provider: models.ProviderSeedr, At: a.Now()}
	if a.Seedr == nil {
		check.Problem, check.Message = models.ProblemSeedrAuth, "The worker has no credentials of a Seedr account."
		return check, nil
	}
	account, root, err := a.Seedr.Verify(ctx)
	if err != nil {
		e := models.AsError(err)
		check.Problem, check.Message = e.Problem, e.Message
		return check, nil
	}
	if err := a.Store.SaveSeedrPlan(ctx, account.Plan, account.Slots); err != nil {
		return check, border(ctx, err)
	}
	known, err := a.Store.SeedrAccount(ctx)
	if err != nil {
		return check, border(ctx, err)
	}
	// What the administrator is shown is what jobs are admitted by from now on.
	seen := models.SeedrSeen{SpaceMax: account.SpaceMax, SpaceUsed: account.SpaceUsed, Others: known.Others}
	if err := a.Store.SaveSeedrSeen(ctx, seen); err != nil {
		return check, border(ctx, err)
	}
	check.OK, check.Plan, check.Slots, check.Taken = true, account.Plan, known.Slots, len(root.Transfers)
	check.SpaceMax, check.SpaceUsed = account.SpaceMax, account.SpaceUsed
	check.Message = fmt.Sprintf("Seedr answers: %s of %s used, %d transfers running.",
		models.BytesInWords(account.SpaceUsed), models.BytesInWords(account.SpaceMax), len(root.Transfers))
	return check, nil
}
