package placement

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// searchBatch is how many jobs without an attempt are looked at in one search.
const searchBatch = 100

// Request is what a workflow waits for: a transfer that it asked some worker for.
type Request struct {
	JobID     uuid.UUID
	ID        string // of the request in its workflow
	RunID     string // of the workflow
	Try       int32  // how often a worker was asked
	StartedAt time.Time
}

// Requests are the transfers that workflows wait for.
type Requests interface {
	// Open returns the request of the job that a worker was given; false if there
	// is none.
	Open(ctx context.Context, jobID uuid.UUID) (Request, bool, error)
	// Repeat has a worker asked again at once, unless one was meanwhile.
	Repeat(ctx context.Context, r Request) error
}

// findLost finds requests whose worker died before writing them down, and has
// them repeated. Without a row they would never be answered, and no heartbeat
// would make the workflow engine notice.
func (p *Placer) findLost(ctx context.Context) {
	jobs, err := p.Store.UnaskedJobs(ctx, p.Now().Add(-p.Pace.Lost), searchBatch)
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "could not read jobs without an attempt", "error", err)
	}
	for _, job := range jobs {
		if err := p.repeatLost(ctx, job.ID); err != nil {
			if ctx.Err() == nil {
				p.Log.WarnContext(ctx, "could not look for a lost request", "job_id", job.ID, "error", err)
			}
			return // who does not answer for one does not for the others
		}
	}
}

func (p *Placer) repeatLost(ctx context.Context, jobID uuid.UUID) error {
	r, open, err := p.Requests.Open(ctx, jobID)
	if err != nil || !open || p.Now().Sub(r.StartedAt) < p.Pace.Lost {
		return err
	}
	attempts, err := p.Store.Attempts(ctx, jobID)
	if err != nil || len(attempts) > 0 && attempts[len(attempts)-1].State.Live() {
		return err // it was written meanwhile
	}
	if err := p.Requests.Repeat(ctx, r); err != nil {
		return err
	}
	p.count(OutcomeRecovered)
	p.Log.WarnContext(ctx, "a worker died with a request; repeating it", "job_id", jobID, "started_at", r.StartedAt, "try", r.Try)
	return nil
}
