package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
	"longhaul/models/wording"
)

// Job returns the user's job. One that the user deleted is not_found.
func (s *Store) Job(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := s.conn(ctx).Where("user_id = ? and id = ? and delete_at is null", userID, jobID).Take(&job).Error
	return job, translate(err, "load job")
}

// AnyJob returns a job of any user, for administrators. One that its user
// deleted is not_found.
func (s *Store) AnyJob(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := s.conn(ctx).Where("id = ? and delete_at is null", jobID).Take(&job).Error
	return job, translate(err, "load job")
}

// lockJob is Job with the row locked until the transaction ends.
func (s *Store) lockJob(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := s.row(ctx, &job, "lock job",
		`select * from jobs where user_id = ? and id = ? and delete_at is null for update`, userID, jobID)
	return job, err
}

// JobCounts returns how many jobs the user has in each state; states without
// jobs are left out.
func (s *Store) JobCounts(ctx context.Context, userID uuid.UUID) (map[models.State]int64, error) {
	var rows []struct {
		State models.State
		N     int64
	}
	err := s.rows(ctx, &rows, "count jobs",
		`select state, count(*) as n from jobs where user_id = ? and delete_at is null group by state`, userID)
	out := make(map[models.State]int64, len(rows))
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, err
}

// ProgressOf returns the last known progress of those of the jobs that are the
// user's and have any.
func (s *Store) ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error) {
	var rows []models.Progress
	err := s.rows(ctx, &rows, "load progress", `
		select p.* from job_progress p join jobs j on j.id = p.job_id
		where j.user_id = ? and p.job_id = any(?)`, userID, array{jobIDs})
	out := make(map[uuid.UUID]models.Progress, len(rows))
	for _, p := range rows {
		p.UserID = userID
		out[p.JobID] = p
	}
	return out, err
}

// QueueNote tells what the user's queued jobs wait for.
func (s *Store) QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error) {
	var row struct {
		Running        int
		MaxRunningJobs *int
		RetentionDays  int
		StorageBytes   *int64
		Used, Reserved int64
	}
	err := s.row(ctx, &row, "load limits and running jobs", `
		select (select count(*) from jobs where user_id = p.user_id and admitted_at is not null) as running,
			p.max_running_jobs, coalesce(p.retention_days, 0) as retention_days, p.storage_bytes,
			coalesce(q.used, 0) as used, coalesce(q.reserved, 0) as reserved
		from user_plans p left join quota_usage q on q.user_id = p.user_id where p.user_id = ?`, userID)
	if err != nil {
		return models.QueueNote{}, err
	}
	note := models.QueueNote{
		Running: row.Running, Limit: s.RunningLimitOf(row.MaxRunningJobs), Retention: row.RetentionDays,
		Room: models.Room{Used: row.Used, Reserved: row.Reserved, Limit: row.StorageBytes},
	}
	if note.AgentsAlive, note.FreeSlots, err = s.freeSlots(ctx); err != nil {
		return models.QueueNote{}, err
	}
	note.Seedr, err = s.seedrNote(ctx, userID)
	return note, err
}

// seedrNote tells what the user's jobs in the queue for Seedr wait for.
func (s *Store) seedrNote(ctx context.Context, userID uuid.UUID) (*models.SeedrNote, error) {
	var rows []struct {
		ID   uuid.UUID
		Need int64
	}
	err := s.rows(ctx, &rows, "measure jobs waiting for Seedr", `
		select j.id, `+seedrNeed+` as need from jobs j where j.user_id = ? and j.provider = ? and j.state = 'queued'
			and j.admitted_at is null and j.delete_at is null limit 1000`, userID, models.ProviderSeedr)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	room, err := s.seedrRoom(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	n := &models.SeedrNote{
		Slots: room.Slots, Taken: room.Taken, Known: room.SpaceMax > 0, Free: max(room.Free(), 0),
		Full: room.FullUntil != nil && now.Before(*room.FullUntil), Needs: make(map[uuid.UUID]int64, len(rows)),
	}
	if f := seedrDown(room.SeedrAccount, now); f != nil {
		n.Down = models.AsError(f).Reason()
	}
	for _, r := range rows {
		n.Needs[r.ID] = r.Need
	}
	return n, nil
}

// RequestCancel asks the job's workflow to stop. The state changes when it has.
func (s *Store) RequestCancel(ctx context.Context, userID, jobID uuid.UUID) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAllowed(ctx, userID, jobID, models.ActionCancel)
		if err != nil {
			return err
		}
		if err := s.EnqueueOnce(ctx, models.OutboxCancel, jobID); err != nil {
			return err
		}
		job.Reason = models.Because(models.ReasonCancelRequested)
		return s.note(ctx, job)
	})
}

// RequestRetry tries a job again: one that needs attention goes on, one that
// failed or was cancelled is queued for a new run and keeps what it has stored.
func (s *Store) RequestRetry(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := s.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = s.lockAllowed(ctx, userID, jobID, models.ActionRetry); err != nil {
			return err
		}
		if err := s.EnqueueOnce(ctx, models.OutboxRetry, jobID); err != nil {
			return err
		}
		if !job.State.Terminal() {
			job.Reason, job.Deadline = models.Because(models.ReasonRetried), nil
			return s.note(ctx, job)
		}
		return s.restart(ctx, &job)
	})
	return job, err
}

// restart queues a job that has ended for a new run.
func (s *Store) restart(ctx context.Context, job *models.Job) error {
	if err := s.checkBlocked(ctx, *job); err != nil {
		return err
	}
	now := s.Now()
	err := s.row(ctx, job, "queue job again", `
		update jobs j set state = ?, state_since = ?, updated_at = ?, run = run + 1, finished_at = null, admitted_at = null,
			problem = '', deadline = null, reason_code = ?, reason_params = null, attempt = ?, max_attempts = ?
		where id = ? and not exists (
			select from jobs o where o.user_id = j.user_id and o.id <> j.id and o.delete_at is null and o.state not in ?
				and (o.info_hash_v1 = j.info_hash_v1 or o.info_hash_v2 = j.info_hash_v2))
		returning *`,
		models.StateQueued, now, now, models.ReasonRetried, min(1, s.MaxAttempts), s.MaxAttempts, job.ID, terminalStates())
	if models.IsNotFound(err) || isConflict(err) { // the latter when another one was submitted this very moment
		return s.duplicateAfterConflict(ctx, *job, err)
	}
	if err != nil {
		return err
	}
	held, err := s.claim(ctx, job)
	if err != nil {
		return err
	}
	if !held {
		if err := s.waitForRoom(ctx, job); err != nil {
			return err
		}
	}
	return s.addEvents(ctx, eventOf(*job, models.EventState, models.Because(models.ReasonRetried)))
}

// duplicateAfterConflict names the open job that is in the way. After a
// violated index the transaction is void and cannot tell which one it is.
func (s *Store) duplicateAfterConflict(ctx context.Context, job models.Job, err error) error {
	if isConflict(err) {
		return models.Fault(models.ProblemDuplicateJob, "You have a job for the same content already.").Because(err)
	}
	return s.duplicate(ctx, job)
}

// RequestDelete hides the job at once and has its workflow, rows and objects
// removed. From then on the job is not_found for its user.
func (s *Store) RequestDelete(ctx context.Context, userID, jobID uuid.UUID) error {
	return s.Tx(ctx, func(ctx context.Context) error {
		job, err := s.lockAllowed(ctx, userID, jobID, models.ActionDelete)
		if err != nil {
			return err
		}
		now := s.Now()
		if _, err := s.exec(ctx, "mark job deleted",
			`update jobs set delete_at = ?, updated_at = ? where id = ?`, now, now, jobID); err != nil {
			return err
		}
		if !job.State.Terminal() {
			if err := s.EnqueueOnce(ctx, models.OutboxCancel, jobID); err != nil {
				return err
			}
		}
		if err := s.EnqueueOnce(ctx, models.OutboxPurge, jobID); err != nil {
			return err
		}
		return s.addEvents(ctx, eventOf(job, models.EventDeleted, models.Because(models.ReasonDeleted)))
	})
}

// lockAllowed locks the user's job and refuses an act that its state does not
// allow.
func (s *Store) lockAllowed(ctx context.Context, userID, jobID uuid.UUID, a models.Action) (models.Job, error) {
	job, err := s.lockJob(ctx, userID, jobID)
	if err != nil {
		return models.Job{}, err
	}
	if !job.State.Allows(a) {
		return models.Job{}, models.Fault(models.ProblemWrongState, "A job in the state “%s” cannot be %s.",
			wording.State(job.State), wording.Action(a))
	}
	return job, nil
}

// note writes the job's reason and deadline without a change of its state, with
// an event.
func (s *Store) note(ctx context.Context, job models.Job) error {
	_, err := s.exec(ctx, "note on job", `
		update jobs set reason_code = ?, reason_params = ?, problem = ?, deadline = ?, updated_at = ? where id = ?`,
		job.Reason.Code, paramsJSON(job.Reason), job.Problem, job.Deadline, s.Now(), job.ID)
	if err != nil {
		return err
	}
	return s.addEvents(ctx, eventOf(job, models.EventState, job.Reason))
}
