package jobs

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// renderSource has what a job's row does not tell.
type renderSource interface {
	ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error)
	QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error)
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
	var note models.QueueNote
	if waiting {
		if note, err = src.QueueNote(ctx, userID); err != nil {
			return nil, err
		}
	}
	out := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		dto := jobOf(j, progress)
		if waits(j) {
			explainQueue(&dto, j, note)
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
func explainQueue(j *Job, row models.Job, n models.QueueNote) {
	if reason := lacksRoom(row, n.Room); reason != "" {
		j.Reason, j.NextAction = reason, models.WaitsForRoom
		return
	}
	if strings.HasPrefix(j.Reason, models.WaitingForStorage) { // no longer
		j.Reason, j.NextAction = "There is room for it now; waits for a free slot.", "Starts by itself within seconds."
	}
	if j.Provider == kit.Provider(models.ProviderSeedr) {
		explainSeedr(j, n)
		return
	}
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

// lacksRoom says that the owner's storage has no room for the job, empty if it
// has. One whose size will turn out while it runs needs any room at all.
func lacksRoom(row models.Job, room models.Room) string {
	free, limited := room.Free()
	switch need := row.QuotaWant - row.QuotaReserved; {
	case limited && need > free:
		return models.NeedsRoom(need, free)
	case limited && row.QuotaWant == 0 && row.FileCount == 0 && free == 0:
		return models.WaitingForStorage + " none is free."
	default:
		return ""
	}
}

// explainSeedr is explainQueue for a job that waits for the Seedr account.
func explainSeedr(j *Job, n models.QueueNote) {
	if n.Limit > 0 && n.Running >= n.Limit {
		j.Reason = "Waiting for a free slot: " + strconv.Itoa(n.Running) + " of " + strconv.Itoa(n.Limit) + " jobs running."
		j.NextAction = "Starts by itself when one of your jobs ends."
		return
	}
	s := n.Seedr
	if s == nil {
		return
	}
	need := s.Needs[j.ID]
	switch {
	case s.Down != "":
		j.Reason, j.NextAction = s.Down, "Starts by itself as soon as Seedr can be used again."
	case s.Slots > 0 && s.Taken >= s.Slots:
		j.Reason = strconv.Itoa(s.Slots) + " of " + strconv.Itoa(s.Slots) + " Seedr slots are taken."
		j.NextAction = "Starts by itself when one is free."
	case s.Known && (need > s.Free || s.Free == 0):
		j.Reason = "The Seedr account is full: " + bytesInWords(s.Free) + " free."
		if need > 0 {
			j.Reason = "The Seedr account is full: needs " + bytesInWords(need) + ", " + bytesInWords(s.Free) + " free."
		}
		j.NextAction = "Starts by itself when there is room."
	case s.Full:
		j.Reason = "The Seedr account is full at the moment."
		j.NextAction = "Is tried again within minutes."
	}
}
