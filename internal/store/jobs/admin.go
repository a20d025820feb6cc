package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// Admin returns the methods that only administrators may use. They reach the
// jobs of all users, and what they do is audited.
func (js *Jobs) Admin() *Admin { return &Admin{js} }

// Admin reads the jobs of all users and acts on them.
type Admin struct{ js *Jobs }

// RequestAct does to any job what its owner could do, by the same rules: cancel,
// pause, resume, retry or delete it, to the owner's trash unless that is to be
// final. Or it has an open job continue at another
// provider, or, if that is the agents and one of them runs it, on another agent.
// This is refused as wrong_state when the job has ended, is being stored or is at
// that provider, and as seedr_rejected when the provider cannot fetch such a
// source.
func (ad *Admin) RequestAct(ctx context.Context, by models.Actor, jobID uuid.UUID, what models.AdminAct) (models.Job, error) {
	js := ad.js
	var a act
	switch what.Action {
	case models.ActionCancel:
		a = act{do: js.cancel}
	case models.ActionRetry:
		a = act{do: js.retry}
	case models.ActionDelete:
		if a.do = js.discard(byAdmin(what)); what.Final {
			a.do = js.remove(byAdmin(what))
		}
	case models.ActionPause, models.ActionResume:
		a = js.asks(what.Action)
	case models.ActionMove:
		a = js.moves(what.Provider)
	default:
		return models.Job{}, models.Errorf(models.CodeInvalid, "Administrators can't do that to a job.").In("act")
	}
	a.name = what.Action
	return js.request(ctx, asker{admin: &by, act: what}, jobID, a)
}

// AllJobs returns a page of the jobs of all users. The first page of a list is
// audited with what it looked for, once an hour.
func (ad *Admin) AllJobs(ctx context.Context, by models.Actor, f models.AllJobsFilter) (models.AllJobsPage, error) {
	f.Limit = page.Size(f.Limit)
	out, err := ad.find(ctx, f)
	if err == nil && f.Cursor == "" {
		err = ad.looked(ctx, by, f.JobMatch)
	}
	return out, err
}

// exportPage is how many jobs are read at once where all of them are wanted.
const exportPage = 1000

// EachJob gives do all jobs that match, in portions and oldest first, with an
// entry in the audit log.
func (ad *Admin) EachJob(ctx context.Context, by models.Actor, m models.JobMatch, do func([]models.OwnedJob) error) error {
	facts, err := m.Facts()
	if err != nil {
		return err
	}
	e := by.Did(models.AuditJobsExported, "job", "")
	e.After = facts
	if err := ad.js.records.RecordAudit(ctx, e); err != nil {
		return err
	}
	f := models.AllJobsFilter{JobMatch: m, Limit: exportPage}
	for {
		found, err := ad.find(ctx, f)
		if err != nil {
			return err
		}
		if err := do(found.Jobs); err != nil {
			return err
		}
		if f.Cursor = found.NextCursor; f.Cursor == "" {
			return nil
		}
	}
}

func (ad *Admin) looked(ctx context.Context, by models.Actor, m models.JobMatch) error {
	facts, err := m.Facts()
	if err != nil {
		return err
	}
	e := by.Did(models.AuditJobsListed, "job", "")
	e.After = facts
	return ad.js.records.RecordLook(ctx, e)
}

// Matching returns some of the jobs that match, oldest first and at most limit,
// and the cursor of the next ones, empty if there are none.
func (ad *Admin) Matching(ctx context.Context, m models.JobMatch, cursor string, limit int) (ids []uuid.UUID, next string, err error) {
	found, err := ad.find(ctx, models.AllJobsFilter{JobMatch: m, Cursor: cursor, Limit: limit})
	for _, j := range found.Jobs {
		ids = append(ids, j.ID)
	}
	return ids, found.NextCursor, err
}

// JobDetail returns everything there is to know about a job, with at most limit
// events after an event id. It is audited, once an hour.
func (ad *Admin) JobDetail(ctx context.Context, by models.Actor, jobID uuid.UUID, after int64, limit int) (models.JobDetail, error) {
	js := ad.js
	var job models.Job
	err := js.db.Row(ctx, &job, "load job", `select * from jobs where id = ? and delete_at is null`, jobID)
	if err != nil {
		return models.JobDetail{}, err
	}
	owned, err := ad.owned(ctx, []models.Job{job})
	if err != nil {
		return models.JobDetail{}, err
	}
	out := models.JobDetail{OwnedJob: owned[0]}
	progress, err := js.progress.ProgressOf(ctx, job.UserID, []uuid.UUID{jobID})
	if err != nil {
		return out, err
	}
	if p, ok := progress[jobID]; ok {
		out.Progress = &p
	}
	if out.Files, err = js.files.CountFiles(ctx, jobID); err != nil {
		return out, err
	}
	if out.Events, err = js.timeline.JobEvents(ctx, job.UserID, jobID, after, limit); err != nil {
		return out, err
	}
	if out.Attempts, err = js.attempts.Placed(ctx, jobID); err != nil {
		return out, err
	}
	return out, js.records.RecordLook(ctx, by.Did(models.AuditJobRead, "job", jobID.String()))
}
