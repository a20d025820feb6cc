package seedrtrack

import (
	"context"
	"fmt"

	"longhaul/models"
)

// Verify makes a real call to Seedr and returns the outcome: whether the
// credentials and the plan are good, and how much room there is. A refusal is a
// result, not a fault.
func (t *Tracker) Verify(ctx context.Context) (models.ProviderCheck, error) {
	check := models.ProviderCheck{Provider: models.ProviderSeedr, At: t.Now()}
	if t.Account == nil {
		check.Problem, check.Message = models.ProblemSeedrAuth, "The worker has no Seedr credentials."
		return check, nil
	}
	account, root, err := t.Account.Verify(ctx)
	if err != nil {
		e := models.AsError(err)
		check.Problem, check.Message = e.Problem, e.Message
		return check, nil
	}
	if err := t.Store.SaveSeedrPlan(ctx, account.Plan, account.Slots); err != nil {
		return check, err
	}
	known, err := t.Store.SeedrAccount(ctx)
	if err != nil {
		return check, err
	}
	// What the administrator is shown is what jobs are admitted by from now on.
	seen := models.SeedrSeen{SpaceMax: account.SpaceMax, SpaceUsed: account.SpaceUsed, Others: known.Others}
	if err := t.Store.SaveSeedrSeen(ctx, seen); err != nil {
		return check, err
	}
	check.OK, check.Plan, check.Slots, check.Taken = true, account.Plan, known.Slots, len(root.Transfers)
	check.SpaceMax, check.SpaceUsed = account.SpaceMax, account.SpaceUsed
	check.Message = fmt.Sprintf("Seedr responds: %s of %s used, %d transfers running.",
		models.BytesInWords(account.SpaceUsed), models.BytesInWords(account.SpaceMax), len(root.Transfers))
	return check, nil
}
