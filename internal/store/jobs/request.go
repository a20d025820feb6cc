package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// asker is who asks something of a job: its owner, for whom other people's jobs
// do not exist, or an administrator, for whom every job does. What the latter
// does is audited, and the owner is told.
type asker struct {
	owner uuid.UUID
	admin *models.Actor // instead of the owner
}

// act is what is asked for.
type act struct {
	name models.Action
	may  func(models.Job) error // refuses it; nil is what the job's state says
	do   func(context.Context, *models.Job) error
}

// request does the act on the job, which is locked until all of it is written.
func (js *Jobs) request(ctx context.Context, who asker, jobID uuid.UUID, a act) (models.Job, error) {
	var job models.Job
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = js.lockFor(ctx, who, jobID); err != nil {
			return err
		}
		if job.Asked.Act == a.name && a.name != models.ActionMove { // which may lead elsewhere now
			return nil
		}
		if a.may == nil {
			a.may = func(job models.Job) error { return allowed(job, a.name) }
		}
		if err := a.may(job); err != nil {
			return err
		}
		before := job
		if err := a.do(ctx, &job); err != nil {
			return err
		}
		return js.tell(ctx, who, a.name, before, job)
	})
	return job, err
}

// lockFor locks a job that is within the asker's reach.
func (js *Jobs) lockFor(ctx context.Context, who asker, jobID uuid.UUID) (models.Job, error) {
	if who.admin == nil {
		return js.lockJob(ctx, who.owner, jobID)
	}
	job, err := js.Lock(ctx, jobID)
	if err == nil && job.DeleteAt != nil {
		err = postgres.NotFound("job")
	}
	return job, err
}

// tell writes down what an administrator did: for the owner in the job's
// timeline, where a deletion or a move says so itself, and in the audit log.
func (js *Jobs) tell(ctx context.Context, who asker, name models.Action, before, after models.Job) error {
	if who.admin == nil {
		return nil
	}
	if name != models.ActionMove && name != models.ActionDelete {
		e := timeline.Of(after, models.EventState, byAdmin(name))
		if err := js.timeline.Add(ctx, e); err != nil {
			return err
		}
	}
	e := who.admin.Did(name.Audit(), "job", after.ID.String())
	e.Before, e.After = audited(before), audited(after)
	return js.records.RecordAudit(ctx, e)
}

func byAdmin(name models.Action) models.Reason {
	return models.Because(models.ReasonAdminActed, "act", name)
}

// audited returns what acts change of a job.
func audited(job models.Job) map[string]any {
	out := map[string]any{
		"owner": job.UserID.String(), "state": string(job.State), "reason": string(job.Reason.Code), "provider": string(job.Provider),
		"run": job.Run, "deleted": job.DeleteAt != nil,
	}
	if !job.Asked.None() {
		out["asked"] = string(job.Asked.Act)
	}
	if job.Asked.Provider != "" {
		out["askedProvider"] = string(job.Asked.Provider)
	}
	return out
}
