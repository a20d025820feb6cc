package jobs

import (
	"context"
	"time"

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
	act   models.AdminAct
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
		return js.tell(ctx, who, before, job)
	})
	return job, err
}

// lockFor locks a job that is within the asker's reach.
func (js *Jobs) lockFor(ctx context.Context, who asker, jobID uuid.UUID) (models.Job, error) {
	job, err := js.Lock(ctx, jobID)
	switch {
	case err != nil:
		return job, err
	case who.admin == nil && job.UserID != who.owner:
		return models.Job{}, postgres.NotFound("job")
	case job.InTrash() && job.TrashUntil.After(js.db.Now()):
		return job, models.Fault(models.ProblemWrongState, "This job is in the trash. Restore it first.")
	case job.DeleteAt != nil:
		return job, postgres.NotFound("job")
	default:
		return job, nil
	}
}

// tell writes down what an administrator did: for the owner in the job's
// timeline or, because a deleted job has none, in a mail; and in the audit log. A
// move says in the timeline itself that it was one.
func (js *Jobs) tell(ctx context.Context, who asker, before, after models.Job) error {
	if who.admin == nil {
		return nil
	}
	if err := js.tellOwner(ctx, who, after); err != nil {
		return err
	}
	e := who.admin.Did(who.act.Action.Audit(), "job", after.ID.String())
	e.Before, e.After = audited(before), audited(after)
	if who.act.Note != "" {
		e.After["note"] = who.act.Note
	}
	return js.records.RecordAudit(ctx, e)
}

func (js *Jobs) tellOwner(ctx context.Context, who asker, job models.Job) error {
	switch {
	case who.act.Action == models.ActionDelete && who.admin.ID != nil && *who.admin.ID == job.UserID:
		return nil // their own
	case who.act.Action == models.ActionDelete:
		return js.mailDeleted(ctx, who.act, job)
	case who.act.Action == models.ActionMove && who.act.Note == "":
		return nil
	default:
		return js.timeline.Add(ctx, timeline.Of(job, models.EventState, byAdmin(who.act)))
	}
}

// mailDeleted tells the owner by mail that an administrator deleted the job.
func (js *Jobs) mailDeleted(ctx context.Context, a models.AdminAct, job models.Job) error {
	var email string
	err := js.db.Row(ctx, &email, "look up owner", `select email from users where id = ? and delete_at is null`, job.UserID)
	if models.IsNotFound(err) {
		return nil // leaving, with all jobs
	}
	if err != nil {
		return err
	}
	m := models.Mail{UserID: &job.UserID, To: email, Kind: models.MailJobsDeleted, Params: map[string]string{}}
	if a.Note != "" {
		m.Params[models.MailParamNote] = a.Note
	}
	if job.TrashUntil != nil {
		m.Params[models.MailParamTrash] = "yes"
	}
	return js.mails.GatherMail(ctx, m, job.Title())
}

func byAdmin(a models.AdminAct) models.Reason {
	why := models.Because(models.ReasonAdminActed, "act", a.Action)
	if a.Note != "" {
		why = why.With("note", a.Note)
	}
	return why
}

// audited returns what acts change of a job.
func audited(job models.Job) map[string]any {
	out := map[string]any{
		"owner": job.UserID.String(), "state": string(job.State), "reason": string(job.Reason.Code), "provider": string(job.Provider),
		"run": job.Run, "deleted": job.DeleteAt != nil,
	}
	if job.TrashUntil != nil {
		out["trashUntil"] = job.TrashUntil.UTC().Format(time.RFC3339)
	}
	if !job.Asked.None() {
		out["asked"] = string(job.Asked.Act)
	}
	if job.Asked.Provider != "" {
		out["askedProvider"] = string(job.Asked.Provider)
	}
	return out
}
