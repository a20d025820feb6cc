package live

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// hubWorker serves the users of one share of the hub, so that the news of one
// user stays in order.
type hubWorker struct {
	hub  *Hub
	wake chan struct{}

	mu       sync.Mutex
	jobs     map[uuid.UUID]change // by job: the newest change not sent yet
	progress map[uuid.UUID]models.Progress
	sent     map[uuid.UUID]time.Time // by job: when progress went out last
}

type change struct {
	userID  uuid.UUID
	eventID int64
}

func newHubWorker(h *Hub) *hubWorker {
	return &hubWorker{
		hub: h, wake: make(chan struct{}, 1), jobs: map[uuid.UUID]change{},
		progress: map[uuid.UUID]models.Progress{}, sent: map[uuid.UUID]time.Time{},
	}
}

func (w *hubWorker) changed(userID, jobID uuid.UUID, eventID int64) {
	w.mu.Lock()
	if w.jobs[jobID].eventID < eventID {
		w.jobs[jobID] = change{userID, eventID}
	}
	w.mu.Unlock()
	w.poke()
}

func (w *hubWorker) progressed(userID uuid.UUID, p models.Progress) {
	p.UserID = userID
	w.mu.Lock()
	w.progress[p.JobID] = p
	w.mu.Unlock()
	w.poke()
}

func (w *hubWorker) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run sends what is pending: changes at once, progress of a job at most once
// a second.
func (w *hubWorker) run(ctx context.Context) {
	tick := time.NewTimer(progressTick)
	defer tick.Stop()
	for {
		w.sendChanges(ctx)
		if w.sendProgress(w.hub.now()) {
			tick.Reset(progressTick)
		} else {
			tick.Stop()
		}
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		case <-tick.C:
		}
	}
}

func (w *hubWorker) sendChanges(ctx context.Context) {
	w.mu.Lock()
	pending := w.jobs
	w.jobs = map[uuid.UUID]change{}
	w.mu.Unlock()
	// in the order of the events: a client resumes after the last id it saw
	for _, jobID := range slices.SortedFunc(maps.Keys(pending), func(a, b uuid.UUID) int {
		return cmp.Compare(pending[a].eventID, pending[b].eventID)
	}) {
		c := pending[jobID]
		text, err := w.hub.view.frame(ctx, c.userID, jobID, c.eventID)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			// what cannot be read now is read when the clients come back
			w.hub.log.WarnContext(ctx, "could not read a job's change; closed its streams", "error", err)
			w.hub.EndUser(c.userID)
			continue
		}
		w.hub.send(c.userID, frame{c.eventID, text}, true)
	}
}

// sendProgress sends the progress that is due, one frame per user. It reports
// whether some is left for later.
func (w *hubWorker) sendProgress(now time.Time) bool {
	due := map[uuid.UUID][]any{}
	w.mu.Lock()
	for jobID, p := range w.progress {
		if now.Sub(w.sent[jobID]) < progressInterval {
			continue
		}
		w.sent[jobID] = now
		due[p.UserID] = append(due[p.UserID], w.hub.view.Progress(p))
		delete(w.progress, jobID)
	}
	left := len(w.progress) > 0
	if !left {
		for jobID, at := range w.sent {
			if now.Sub(at) >= progressInterval {
				delete(w.sent, jobID)
			}
		}
	}
	w.mu.Unlock()
	for userID, list := range due {
		if text, err := sseFrame(sseProgress, 0, list); err == nil {
			w.hub.send(userID, frame{0, text}, false)
		}
	}
	return left
}

// frame reads a job and writes the frame that tells of it: the job as it is,
// or that it is gone.
func (v View) frame(ctx context.Context, userID, jobID uuid.UUID, eventID int64) ([]byte, error) {
	job, err := v.Job(ctx, userID, jobID)
	if err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return sseFrame(sseRemoved, eventID, Removed{ID: jobID})
		}
		return nil, err
	}
	return sseFrame(sseJob, eventID, job)
}
