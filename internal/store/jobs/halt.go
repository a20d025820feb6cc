package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// DisableUser takes an account's access away, at once and everywhere, and has its
// open jobs pause. A job that can't be paused, as it is being stored, ends; nobody
// can fetch its files.
func (ad *Admin) DisableUser(ctx context.Context, by models.Actor, id uuid.UUID) error {
	if err := ad.js.accounts.SetUserDisabled(ctx, by, id, true); err != nil {
		return err
	}
	return ad.HaltUser(ctx, id)
}

// HaltUser has the open jobs of an account pause if it is disabled. Whoever
// disables one does this afterwards; what it does not come to, EnforceDisabled
// makes up for.
func (ad *Admin) HaltUser(ctx context.Context, id uuid.UUID) error {
	_, err := ad.js.halt(ctx, &id)
	return err
}

// EnableUser gives an account its access back, and has the jobs continue that
// paused because it was disabled, and only those.
func (ad *Admin) EnableUser(ctx context.Context, by models.Actor, id uuid.UUID) error {
	if err := ad.js.accounts.SetUserDisabled(ctx, by, id, false); err != nil {
		return err
	}
	_, err := ad.js.release(ctx, &id)
	return err
}

// DeleteUser ends an account for good, as its owner can; see DeleteAccount. An
// administrator's own account is theirs to delete in the settings.
func (ad *Admin) DeleteUser(ctx context.Context, by models.Actor, id uuid.UUID) error {
	if by.ID != nil && *by.ID == id {
		return models.Errorf(models.CodeConflict, "This is your own account. Delete it in the settings.")
	}
	return ad.js.DeleteAccount(ctx, by, id)
}

// EnforceDisabled completes what whoever disabled or enabled an account did not
// come to do: jobs of disabled accounts pause, those of enabled ones continue. It
// returns how many jobs it asked to.
func (w *Worker) EnforceDisabled(ctx context.Context) (int, error) {
	halted, err := w.js.halt(ctx, nil)
	if err != nil {
		return halted, err
	}
	released, err := w.js.release(ctx, nil)
	return halted + released, err
}

// haltPage is how many jobs are looked up at once.
const haltPage = 500

// found is a job by its id.
type found struct{ ID uuid.UUID }

// halt asks the open jobs of the disabled account to pause, or of all disabled
// accounts if user is nil.
func (js *Jobs) halt(ctx context.Context, user *uuid.UUID) (int, error) {
	return js.each(ctx, js.haltOne, func(after uuid.UUID) (out []found, err error) {
		err = js.db.Rows(ctx, &out, "find jobs of disabled accounts", `
			select j.id from users u join jobs j on j.user_id = u.id
			where u.disabled_at is not null and u.delete_at is null and (cast(@user as uuid) is null or u.id = @user)
				and not j.halted and j.delete_at is null and j.asked_act not in ('pause', 'stop') and j.state = any(@states) and j.id > @after
			order by j.id limit @limit`,
			map[string]any{"user": user, "states": postgres.Array[models.State](pausable()), "after": after, "limit": haltPage})
		return out, err
	})
}

// release has the jobs of the account continue, or of all accounts if user is nil,
// that paused because it was disabled.
func (js *Jobs) release(ctx context.Context, user *uuid.UUID) (int, error) {
	return js.each(ctx, js.releaseOne, func(after uuid.UUID) (out []found, err error) {
		err = js.db.Rows(ctx, &out, "find jobs of enabled accounts", `
			select j.id from jobs j join users u on u.id = j.user_id
			where j.halted and u.disabled_at is null and (cast(@user as uuid) is null or j.user_id = @user) and j.id > @after
			order by j.id limit @limit`, map[string]any{"user": user, "after": after, "limit": haltPage})
		return out, err
	})
}

// each acts on the jobs that next finds after an id, each in a transaction of its
// own, and returns on how many act did something.
func (js *Jobs) each(ctx context.Context, act func(context.Context, uuid.UUID) (bool, error), next func(after uuid.UUID) ([]found, error)) (int, error) {
	done, after := 0, uuid.Nil
	for {
		page, err := next(after)
		if err != nil || len(page) == 0 {
			return done, err
		}
		for _, j := range page {
			acted := false
			err := js.db.Tx(ctx, func(ctx context.Context) (err error) {
				acted, err = act(ctx, j.ID)
				return err
			})
			if err != nil {
				return done, err
			}
			if acted {
				done++
			}
		}
		after = page[len(page)-1].ID
	}
}

func (js *Jobs) haltOne(ctx context.Context, jobID uuid.UUID) (bool, error) {
	job, err := js.Lock(ctx, jobID)
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	disabled, err := js.ownerDisabled(ctx, job.UserID)
	if err != nil || !disabled || job.Halted || job.DeleteAt != nil || job.Asked.Act == models.ActionPause || !job.Allows(models.ActionPause) {
		return false, err
	}
	job.Halted = true
	if err := js.save(ctx, "halt job", &job, "halted"); err != nil {
		return false, err
	}
	if err := js.ask(ctx, &job, models.Ask{Act: models.ActionPause}); err != nil {
		return false, err
	}
	return true, js.tellHalted(ctx, job, models.ActionPause, "The account was disabled.")
}

func (js *Jobs) releaseOne(ctx context.Context, jobID uuid.UUID) (bool, error) {
	job, err := js.Lock(ctx, jobID)
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	disabled, err := js.ownerDisabled(ctx, job.UserID)
	if err != nil || disabled || !job.Halted {
		return false, err
	}
	job.Halted = false
	if err := js.save(ctx, "release job", &job, "halted"); err != nil {
		return false, err
	}
	if job.DeleteAt != nil || job.Asked.Act == models.ActionResume || !job.Allows(models.ActionResume) {
		return false, nil
	}
	if err := js.ask(ctx, &job, models.Ask{Act: models.ActionResume}); err != nil {
		return false, err
	}
	return true, js.tellHalted(ctx, job, models.ActionResume, "The account was enabled again.")
}

// ownerDisabled reports whether the account is disabled, and keeps that from
// changing until the transaction ends.
func (js *Jobs) ownerDisabled(ctx context.Context, userID uuid.UUID) (bool, error) {
	var disabled bool
	err := js.db.Row(ctx, &disabled, "look whether owner is disabled", `
		select disabled_at is not null and delete_at is null from users where id = ? for share`, userID)
	return disabled, err
}

func (js *Jobs) tellHalted(ctx context.Context, job models.Job, act models.Action, why string) error {
	return js.timeline.Add(ctx, timeline.Of(job, models.EventState, byAdmin(models.AdminAct{Action: act, Note: why})))
}

// pausable returns the states in which a job can be paused.
func pausable() []models.State {
	var out []models.State
	for _, s := range models.States() {
		if s.Allows(models.ActionPause) {
			out = append(out, s)
		}
	}
	return out
}
