package transfers

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/agents"
	"longhaul/models"
)

// UploadTargets returns the files that the agent may upload parts of, by
// index. It refuses an attempt that is not the newest as superseded, and an
// index that is none of the files to fetch as invalid.
func (tr *Transfers) UploadTargets(
	ctx context.Context, agentID, jobID uuid.UUID, epoch int64, indexes []int,
) (map[int]models.File, error) {
	var out map[int]models.File
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		if err := tr.fence(ctx, agentID, jobID, epoch); err != nil {
			return err
		}
		var err error
		out, err = tr.files.Targets(ctx, jobID, indexes)
		return err
	})
	return out, err
}

// SaveParts records parts that are in storage. The same report twice is
// harmless. A part that does not have the size that it must have is refused.
func (tr *Transfers) SaveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, parts []models.PartReport) error {
	if len(parts) == 0 {
		return nil
	}
	return tr.db.Tx(ctx, func(ctx context.Context) error {
		if err := tr.fence(ctx, agentID, jobID, epoch); err != nil {
			return err
		}
		return tr.files.RecordParts(ctx, jobID, parts)
	})
}

// SetFileSizes records sizes that were unknown before. A size that is known
// already may only be repeated. The job holds exactly its size from then on;
// see ReserveParts for how that is refused.
func (tr *Transfers) SetFileSizes(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, sizes map[int]int64) error {
	if len(sizes) == 0 {
		return nil
	}
	var full error
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		full = nil
		job, err := tr.lockFenced(ctx, agentID, jobID, epoch)
		if err != nil {
			return err
		}
		if err := tr.files.SetSizes(ctx, &job, sizes); err != nil {
			return err
		}
		held, err := tr.quota.Claim(ctx, &job)
		if err != nil || held {
			return err
		}
		full, err = tr.quota.StorageFull(ctx, job)
		return err
	})
	if err != nil {
		return err
	}
	return full
}

// ReserveParts makes the job hold storage for bytes of files of unknown length
// that are about to be stored, in growing blocks. It refuses an attempt that
// is not the newest as superseded, more than the plan could ever keep as
// quota_exceeded, and what does not fit now as storage_full: then the job
// waits until it does.
func (tr *Transfers) ReserveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch, bytes int64) error {
	var full error
	err := tr.db.Tx(ctx, func(ctx context.Context) error {
		full = nil
		job, err := tr.lockFenced(ctx, agentID, jobID, epoch)
		if err != nil {
			return err
		}
		stored, err := tr.files.PartBytes(ctx, jobID)
		if err != nil {
			return err
		}
		full, err = tr.quota.Grow(ctx, &job, stored+bytes)
		return err
	})
	if err != nil {
		return err
	}
	return full
}

// fence refuses an attempt that is not the newest: as superseded while the job may
// come back to the agent, as not_found if the job is over and what the agent has
// of it is of no use any more.
func (tr *Transfers) fence(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) error {
	err := tr.attempts.Fence(ctx, agentID, jobID, epoch)
	if models.ProblemOf(err) != models.ProblemSuperseded {
		return err
	}
	var job models.Job
	lost := tr.db.Row(ctx, &job, "look at the job of a refused attempt", `
		select j.* from jobs j where j.id = ? and exists (select from job_attempts t where t.job_id = j.id and t.agent_id = ?)`, jobID, agentID)
	if lost == nil && (job.State.Terminal() || job.DeleteAt != nil) {
		return over()
	}
	return err
}

func over() error { return models.Errorf(models.CodeNotFound, "The job has ended.") }

// lockFenced locks the job and checks the attempt, in the order in which
// everything locks them.
func (tr *Transfers) lockFenced(ctx context.Context, agentID, jobID uuid.UUID, epoch int64) (models.Job, error) {
	job, err := tr.jobs.Lock(ctx, jobID)
	if models.IsNotFound(err) {
		return models.Job{}, agents.Superseded("the job is gone")
	}
	if err != nil {
		return models.Job{}, err
	}
	if job.State.Terminal() { // its attempt is about to be ended
		return models.Job{}, over()
	}
	return job, tr.fence(ctx, agentID, jobID, epoch)
}
