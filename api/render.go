package api

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"longhaul/models"
)

// QueueNote is what a user's queued jobs wait for.
type QueueNote struct {
	Running     int // jobs of the user that hold a slot
	Limit       int // how many may; 0 when it is not known
	AgentsAlive int // agents that take work
	FreeSlots   int // on those agents, for anybody
}

// renderSource has what a job's row does not tell.
type renderSource interface {
	ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error)
	QueueNote(ctx context.Context, userID uuid.UUID) (QueueNote, error)
}

// render returns jobs of one user as the user sees them: with their progress,
// and the queued ones with what they wait for at this moment.
func render(ctx context.Context, src renderSource, userID uuid.UUID, jobs ...models.Job) ([]Job, error) {
	ids := make([]uuid.UUID, 0, len(jobs))
	waiting := false
	for _, j := range jobs {
		waiting = waiting || waits(j)
		if j.State != models.StateQueued && !j.State.Terminal() {
			ids = append(ids, j.ID)
		}
	}
	var progress map[uuid.UUID]models.Progress
	var err error
	if len(ids) > 0 {
		if progress, err = src.ProgressOf(ctx, userID, ids); err != nil {
			return nil, err
		}
	}
	var note QueueNote
	if waiting {
		if note, err = src.QueueNote(ctx, userID); err != nil {
			return nil, err
		}
	}
	out := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		dto := jobOf(j, progress)
		if waits(j) {
			explainQueue(&dto, note)
		}
		out = append(out, dto)
	}
	return out, nil
}

// waits reports whether a job stands in the queue for its first slot or a new
// one, with no fault to tell of.
func waits(j models.Job) bool {
	return j.State == models.StateQueued && j.AdmittedAt == nil && j.Problem == ""
}

// explainQueue says in plain words what keeps a job in the queue.
func explainQueue(j *Job, n QueueNote) {
	switch {
	case n.AgentsAlive == 0:
		j.Reason = "No compute agent is online."
		j.NextAction = "Starts by itself as soon as an agent is back."
	case n.Limit > 0 && n.Running >= n.Limit:
		j.Reason = "Waiting for a free slot: " + strconv.Itoa(n.Running) + " of " + strconv.Itoa(n.Limit) + " jobs running."
		j.NextAction = "Starts by itself when one of your jobs ends."
	case n.FreeSlots == 0:
		j.Reason = "Waiting for a free slot: all compute agents are busy."
		j.NextAction = "Starts by itself when another job ends."
	}
}
