package providers

import (
	"context"
	"time"

	"longhaul/models"
)

// SeedrAccount returns what is known of the deployment's Seedr account.
func (pr *Providers) SeedrAccount(ctx context.Context) (models.SeedrAccount, error) {
	var a models.SeedrAccount
	err := pr.db.Row(ctx, &a, "load Seedr account", `select * from seedr_account where one`)
	return a, err
}

// SeedrAccount returns what is known of the deployment's Seedr account.
func (w *Worker) SeedrAccount(ctx context.Context) (models.SeedrAccount, error) {
	return w.pr.SeedrAccount(ctx)
}

// SaveSeedrSetup records whether this deployment has credentials, where they
// come from, and how many slots are configured; 0 uses the number that Seedr
// reports.
func (w *Worker) SaveSeedrSetup(ctx context.Context, configured bool, from string, slots int) error {
	slotsFrom := ""
	if slots > 0 {
		slotsFrom = slotsConfigured
	}
	_, err := w.pr.db.Exec(ctx, "save Seedr set-up", `
		update seedr_account set configured = ?, credentials_from = ?, updated_at = ?,
			slots = case when ? > 0 then ? when slots_from = ? then 0 else slots end,
			slots_from = case when ? > 0 then ? when slots_from = ? then '' else slots_from end
		where one`,
		configured, from, w.pr.db.Now(), slots, slots, slotsConfigured, slots, slotsFrom, slotsConfigured)
	return err
}

// Where a number of slots comes from, most reliable first.
const (
	slotsConfigured = "configuration"
	slotsRefused    = "refusal"
	slotsOfPlan     = "plan"
)

// SaveSeedrSeen records a good answer of Seedr. Space that became free since the
// last one ends the pause after a refusal.
func (w *Worker) SaveSeedrSeen(ctx context.Context, seen models.SeedrSeen) error {
	now := w.pr.db.Now()
	_, err := w.pr.db.Exec(ctx, "save Seedr listing", `
		update seedr_account set space_max = ?, space_used = ?, others = ?, ok_at = ?, failed_since = null, problem = '',
			message = '', updated_at = ?, full_until = case when space_used > ? then null else full_until end where one`,
		seen.SpaceMax, seen.SpaceUsed, seen.Others, now, now, seen.SpaceUsed)
	return err
}

// SaveSeedrPlan records the plan of the account and the slots that come with
// it, unless their number is configured; 0 slots is unknown.
func (w *Worker) SaveSeedrPlan(ctx context.Context, plan string, slots int) error {
	_, err := w.pr.db.Exec(ctx, "save Seedr plan", `
		update seedr_account set plan = ?, updated_at = ?,
			slots = case when ? > 0 and slots_from <> ? and (slots_from <> ? or plan <> ?) then ? else slots end,
			slots_from = case when ? > 0 and slots_from <> ? and (slots_from <> ? or plan <> ?) then ? else slots_from end
		where one`,
		plan, w.pr.db.Now(), slots, slotsConfigured, slotsRefused, plan, slots, slots, slotsConfigured, slotsRefused, plan, slotsOfPlan)
	return err
}

// SaveSeedrFailure records that Seedr gave no good answer.
func (w *Worker) SaveSeedrFailure(ctx context.Context, problem models.Problem, message string) error {
	now := w.pr.db.Now()
	_, err := w.pr.db.Exec(ctx, "save Seedr failure", `
		update seedr_account set failed_since = coalesce(failed_since, ?), problem = ?, message = ?, updated_at = ? where one`,
		now, problem, message, now)
	return err
}

// SaveSeedrFull records that Seedr refused a transfer for lack of room or
// slots: it gets nothing for the time. The slots in use at that moment become
// the number of slots, unless it is configured; 0 leaves it unchanged.
func (w *Worker) SaveSeedrFull(ctx context.Context, pause time.Duration, slots int) error {
	now := w.pr.db.Now()
	_, err := w.pr.db.Exec(ctx, "save Seedr refusal", `
		update seedr_account set full_until = ?, updated_at = ?,
			slots = case when ? > 0 and slots_from <> ? then ? else slots end,
			slots_from = case when ? > 0 and slots_from <> ? then ? else slots_from end
		where one`,
		now.Add(pause), now, slots, slotsConfigured, slots, slots, slotsConfigured, slotsRefused)
	return err
}
