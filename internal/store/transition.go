package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
	"longhaul/models/wording"
)

// Job returns the job, also one that its user deleted.
func (w *Work) Job(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := w.s.conn(ctx).Where("id = ?", jobID).Take(&job).Error
	return job, translate(err, "load job")
}

// Source returns what the job fetches. Its Metainfo is set for a torrent, and
// for a magnet once its metadata was resolved.
func (w *Work) Source(ctx context.Context, jobID uuid.UUID) (models.Source, error) {
	job, err := w.Job(ctx, jobID)
	if err != nil {
		return models.Source{}, err
	}
	src := models.Source{
		Kind: job.SourceKind, URI: job.SourceURI, Name: job.Name, Private: job.Private, Select: job.Selection,
	}
	if job.InfoHashV1 != nil {
		src.InfoHashV1 = *job.InfoHashV1
	}
	if job.InfoHashV2 != nil {
		src.InfoHashV2 = *job.InfoHashV2
	}
	var row struct{ Metainfo []byte }
	err = w.s.row(ctx, &row, "load metainfo", `select metainfo from job_metainfo where job_id = ?`, jobID)
	if err != nil && !models.IsNotFound(err) {
		return models.Source{}, err
	}
	src.Metainfo = row.Metainfo
	return src, nil
}

// Transition moves the job to another state and returns it. The move has to be
// one that models allows, else it is refused as wrong_state. A job that is in
// the state already only gets the new reason and deadline. A state that is not
// running gives the slot back, queued keeps it unless told otherwise.
func (w *Work) Transition(ctx context.Context, jobID uuid.UUID, c models.JobChange) (models.Job, error) {
	var job models.Job
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		var err error
		if job, err = s.lockAnyJob(ctx, jobID); err != nil {
			return err
		}
		return s.move(ctx, &job, c, models.EventState)
	})
	return job, err
}

func (s *Store) lockAnyJob(ctx context.Context, jobID uuid.UUID) (models.Job, error) {
	var job models.Job
	err := s.row(ctx, &job, "lock job", `select * from jobs where id = ? for update`, jobID)
	return job, err
}

// move applies the change to the locked job and writes the event.
func (s *Store) move(ctx context.Context, job *models.Job, c models.JobChange, kind models.EventKind) error {
	if err := mayBecome(job.State, c.To); err != nil {
		return err
	}
	same := job.State == c.To
	if same && kind == models.EventState && unchanged(*job, c) {
		return nil
	}
	was := job.State
	told := !same || !job.Reason.Equal(c.Reason) || job.Problem != c.Problem || kind != models.EventState
	now := s.Now()
	if !same {
		job.State, job.StateSince = c.To, now
	}
	job.Reason, job.Problem, job.Deadline, job.UpdatedAt = c.Reason, c.Problem, c.Deadline, now
	if c.MaxAttempts > 0 {
		job.Attempt, job.MaxAttempts = c.Attempt, c.MaxAttempts
	}
	job.AdmittedAt = slotAfter(job.AdmittedAt, c, now)
	switch {
	case !c.To.Terminal():
		job.FinishedAt = nil
	case job.FinishedAt == nil:
		job.FinishedAt = &now
	}
	if !same {
		if err := s.bookMove(ctx, job, was); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, "move job", `
		update jobs set state = ?, state_since = ?, reason_code = ?, reason_params = ?, problem = ?, deadline = ?, attempt = ?,
			max_attempts = ?, updated_at = ?, admitted_at = ?, finished_at = ?, epoch = ? where id = ?`,
		job.State, job.StateSince, job.Reason.Code, paramsJSON(job.Reason), job.Problem, job.Deadline, job.Attempt,
		job.MaxAttempts, job.UpdatedAt, job.AdmittedAt, job.FinishedAt, job.Epoch, job.ID)
	if err == nil && job.AdmittedAt == nil {
		err = s.unwant(ctx, job.ID)
	}
	if err != nil || !told {
		return err
	}
	why := c.Reason
	if !c.Told.None() {
		why = c.Told
	}
	return s.addEvents(ctx, eventOf(*job, kind, why))
}

// mayBecome refuses a move that models does not allow, as wrong_state.
func mayBecome(from, to models.State) error {
	if from != to && !from.CanBecome(to) {
		return models.Fault(models.ProblemWrongState, "A job in the state “%s” cannot become “%s”.", wording.State(from), wording.State(to))
	}
	return nil
}

// unwant ends the wanted attempt of a job without a slot: only a job that holds
// one may be placed.
func (s *Store) unwant(ctx context.Context, jobID uuid.UUID) error {
	_, err := s.exec(ctx, "end wanted attempt", `
		update job_attempts set state = ?, ended_at = ? where job_id = ? and state = ?`,
		models.AttemptSuperseded, s.Now(), jobID, models.AttemptWanted)
	return err
}

// bookMove settles what the locked job holds when it ends. One that goes on
// after its end wants again what it needs, so that it does not run without.
func (s *Store) bookMove(ctx context.Context, job *models.Job, was models.State) error {
	switch {
	case job.State.Terminal():
		return s.settle(ctx, job, ledgerKind(job.State))
	case was.Terminal():
		bytes, err := s.wantOf(ctx, *job)
		if err != nil {
			return err
		}
		return s.want(ctx, job, bytes)
	default:
		return nil
	}
}

func unchanged(job models.Job, c models.JobChange) bool {
	sameDeadline := job.Deadline == nil && c.Deadline == nil ||
		job.Deadline != nil && c.Deadline != nil && job.Deadline.Equal(*c.Deadline)
	releases := c.ReleaseSlot && job.AdmittedAt != nil
	sameCount := c.MaxAttempts == 0 || job.Attempt == c.Attempt && job.MaxAttempts == c.MaxAttempts
	return job.Reason.Equal(c.Reason) && job.Problem == c.Problem && sameDeadline && sameCount && !releases
}

// slotAfter returns since when the job holds a slot after the change. A
// running job always holds one: when a late signal lets a job start that gave
// its slot back, it takes one again rather than running uncounted.
func slotAfter(since *time.Time, c models.JobChange, now time.Time) *time.Time {
	switch {
	case c.To.Running() && since == nil:
		return &now
	case c.To.Running(), c.To == models.StateQueued && !c.ReleaseSlot:
		return since
	default:
		return nil
	}
}
