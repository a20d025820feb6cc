package live

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"longhaul/api/kit"
	"longhaul/internal/event"
	"longhaul/models"
)

// Bounds of the live streams.
const (
	streamBuffer     = 128  // messages that a slow client may be behind
	maxStreams       = 5000 // of the process
	progressInterval = time.Second
	progressTick     = 100 * time.Millisecond
	hubWorkers       = 4
	fullTime         = 30 * time.Second // after which to try again
)

// View gives what streams carry the form that the API answers with. Its
// schemas in the document are Job and Progress.
type View struct {
	// Job returns a job of the user as it is now, and not_found once it is gone.
	Job func(ctx context.Context, userID, jobID uuid.UUID) (any, error)
	// Progress returns the progress of a transfer.
	Progress func(models.Progress) any
}

// Hub fans news of jobs out to the streams of their owners. A stream that
// cannot keep up is dropped: its client comes back with the id of what it saw
// last and is told the rest from the database.
type Hub struct {
	view    View
	log     *slog.Logger
	now     func() time.Time
	perUser int // streams of one account at most
	ended   *prometheus.CounterVec
	workers [hubWorkers]*hubWorker
	news    *adminNews

	mu     sync.RWMutex
	users  map[uuid.UUID]map[*stream]struct{}
	count  int
	closed bool
}

// frame is one message in the form of the stream. Its id is that of the event
// that it tells of, 0 for progress.
type frame struct {
	id   int64
	text []byte
}

// stream is one connected client.
type stream struct {
	userID uuid.UUID
	admin  bool // hears that something changed anywhere
	frames chan frame
	check  chan struct{} // asks whether the stream's credential is still good
	gone   chan struct{} // closed when the hub drops the stream
	once   sync.Once
	why    ending // why it ended; set before gone is closed
}

// ending is why a stream ended, for the metrics.
type ending string

const (
	endedClient ending = "client" // it went away
	endedSlow   ending = "slow"   // it did not keep up
	endedAccess ending = "access" // its session or token ended
	endedServer ending = "server" // the server stops, or may have missed news
)

// drop ends the stream; the first reason counts.
func (s *stream) drop(why ending) {
	s.once.Do(func() {
		s.why = why
		close(s.gone)
	})
}

// NewHub returns a hub that serves one account at most so many streams; Run
// moves it.
func NewHub(view View, perUser int, log *slog.Logger, now func() time.Time) *Hub {
	h := &Hub{view: view, perUser: perUser, log: log, now: now, news: newAdminNews(), users: map[uuid.UUID]map[*stream]struct{}{}}
	h.ended = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "longhaul_event_streams_ended_total", Help: "Event streams that ended, by why.",
	}, []string{"why"})
	for _, why := range []ending{endedClient, endedSlow, endedAccess, endedServer} {
		h.ended.WithLabelValues(string(why))
	}
	for i := range h.workers {
		h.workers[i] = newHubWorker(h)
	}
	return h
}

// Run passes the bus's news to the streams until ctx ends.
func (h *Hub) Run(ctx context.Context, bus event.Bus) {
	var wg sync.WaitGroup
	for _, w := range h.workers {
		wg.Go(func() { w.run(ctx) })
	}
	wg.Go(func() { h.tellAdmins(ctx) })
	for m := range bus.Subscribe(ctx) {
		h.Take(m)
	}
	wg.Wait()
}

// Take accepts one piece of news. It never waits.
func (h *Hub) Take(m event.Message) {
	switch m.Kind {
	case event.KindJob:
		h.news.moved()
		if h.listens(m.UserID) {
			h.worker(m.UserID).changed(m.UserID, m.JobID, m.EventID)
		}
	case event.KindProgress:
		if m.Progress != nil && h.listens(m.UserID) {
			h.worker(m.UserID).progressed(m.UserID, *m.Progress)
		}
	case event.KindAccess:
		h.recheck(m.UserID)
	case event.KindFeatures:
		h.sendFeatures(m.UserID)
	case event.KindAnnounced:
		h.announce()
	case event.KindChanged:
		h.sendChanged(m.UserID, m.Part)
	case event.KindLost:
		h.EndAll()
	case event.KindHealth:
		h.news.moved()
	case event.KindOutbox, event.KindPlacement: // not for users
	}
}

func (h *Hub) worker(userID uuid.UUID) *hubWorker { return h.workers[int(userID[15])%hubWorkers] }

func (h *Hub) listens(userID uuid.UUID) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.users[userID]) > 0
}

// Streams returns how many clients are connected.
func (h *Hub) Streams() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.count
}

// join connects a client. One of an administrator also hears that something
// changed in the deployment.
func (h *Hub) join(userID uuid.UUID, admin bool) (*stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, models.Errorf(models.CodeUnavailable, "The server is stopping.")
	}
	if open := len(h.users[userID]); open >= h.perUser {
		return nil, kit.RateLimitedBecause(fullTime, "The account has %d event streams open, as many as it may have. Close one first.", open)
	}
	if h.count >= maxStreams {
		return nil, kit.RateLimited(fullTime)
	}
	s := &stream{
		userID: userID, admin: admin, frames: make(chan frame, streamBuffer), check: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	if h.users[userID] == nil {
		h.users[userID] = map[*stream]struct{}{}
	}
	h.users[userID][s] = struct{}{}
	h.count++
	return s, nil
}

func (h *Hub) leave(s *stream) {
	s.drop(endedClient)
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.users[s.userID][s]; !ok {
		return
	}
	delete(h.users[s.userID], s)
	h.count--
	h.ended.WithLabelValues(string(s.why)).Inc()
	if len(h.users[s.userID]) == 0 {
		delete(h.users, s.userID)
	}
}

// send puts a frame into the buffer of every stream of the user. One that is
// full is dropped when the message must arrive, else it misses it: the next
// progress says more anyway.
func (h *Hub) send(userID uuid.UUID, f frame, must bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.users[userID] {
		select {
		case s.frames <- f:
		default:
			if must {
				s.drop(endedSlow)
			}
		}
	}
}

// sendFeatures says that features were switched, to the streams of the user or,
// without one, to all.
func (h *Hub) sendFeatures(userID uuid.UUID) {
	text, err := sseFrame(sseFeatures, 0, Features{})
	if err != nil {
		h.log.Error("could not tell of features", "error", err)
		return
	}
	told := []uuid.UUID{userID}
	if userID == uuid.Nil {
		told = h.listening()
	}
	for _, id := range told {
		h.send(id, frame{0, text}, true)
		h.recheck(id) // API tokens may be off now
	}
}

// sendChanged has the clients of the user read a part of the account again. One
// whose buffer is full is dropped: it reads it when it comes back.
func (h *Hub) sendChanged(userID uuid.UUID, part event.Part) {
	if !h.listens(userID) {
		return
	}
	text, err := sseFrame(sseChanged, 0, Changed{Part: changedPart(part)})
	if err != nil {
		h.log.Error("could not tell of a change", "error", err)
		return
	}
	h.send(userID, frame{0, text}, true)
}

// announce has the clients of all streams read the announcement again. One whose
// buffer is full is dropped: it reads it when it comes back.
func (h *Hub) announce() {
	text, err := sseFrame(sseAnnouncement, 0, Announced{})
	if err != nil {
		h.log.Error("could not tell of the announcement", "error", err)
		return
	}
	for _, id := range h.listening() {
		h.send(id, frame{0, text}, true)
	}
}

// listening returns the users who have a stream open.
func (h *Hub) listening() []uuid.UUID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Keys(h.users))
}

// recheck has each stream of a user look whether its credential is still good.
func (h *Hub) recheck(userID uuid.UUID) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for s := range h.users[userID] {
		select {
		case s.check <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// EndUser closes all streams of a user; the clients reconnect and reload.
func (h *Hub) EndUser(userID uuid.UUID) {
	h.endWhere(func(s *stream) bool { return s.userID == userID })
}

// EndAll closes all streams; the clients reconnect and reload.
func (h *Hub) EndAll() { h.endWhere(func(*stream) bool { return true }) }

// Close closes all streams and takes no more.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.EndAll()
}

func (h *Hub) endWhere(match func(*stream) bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, streams := range h.users {
		for s := range streams {
			if match(s) {
				s.drop(endedServer)
			}
		}
	}
}

// Collectors count the connected clients when they are scraped, and those that
// went.
func (h *Hub) Collectors() []prometheus.Collector {
	return []prometheus.Collector{prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "longhaul_event_streams", Help: "Clients listening for changes.",
	}, func() float64 { return float64(h.Streams()) }), h.ended}
}
