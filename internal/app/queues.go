package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/api/kit"
	"longhaul/models"
)

const (
	queueEvery  = 15 * time.Second
	queueBudget = 5 * time.Second
)

// queueWatch checks which task queues no worker serves. It reports to the log
// and a metric, and to the health page through probes.
type queueWatch struct {
	look    func(context.Context) ([]models.QueueState, error)
	served  *prometheus.GaugeVec
	backlog *prometheus.GaugeVec
	oldest  *prometheus.GaugeVec
	log     *slog.Logger

	mu       sync.Mutex
	unserved []models.Queue
	blind    bool
}

func newQueueWatch(look func(context.Context) ([]models.QueueState, error), r prometheus.Registerer, log *slog.Logger) *queueWatch {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"queue"})
	}
	w := &queueWatch{
		look: look, log: log,
		served:  gauge("longhaul_queue_served", "Whether a worker serves the queue: 1 or 0."),
		backlog: gauge("longhaul_queue_backlog", "About how many tasks wait for a worker."),
		oldest:  gauge("longhaul_queue_oldest_seconds", "About how long the oldest task waits for a worker."),
	}
	r.MustRegister(w.served, w.backlog, w.oldest)
	return w
}

// run looks until ctx ends. The first look comes a moment after the start, when
// workers that start at the same time are there.
func (w *queueWatch) run(ctx context.Context) {
	tick := time.NewTicker(queueEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.check(ctx)
		}
	}
}

// check checks once. While the workflow engine is unavailable, which has its
// own probe, the last result stays.
func (w *queueWatch) check(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, queueBudget)
	defer cancel()
	states, err := w.look(limited)
	if err != nil {
		w.log.DebugContext(ctx, "could not check the task queues", "error", err)
		return
	}
	var unserved []models.Queue
	blind := false
	for _, s := range states {
		blind = blind || s.Blind
		if !s.Served {
			unserved = append(unserved, s.Queue)
		}
		w.backlog.WithLabelValues(string(s.Queue)).Set(float64(s.Backlog))
		w.oldest.WithLabelValues(string(s.Queue)).Set(s.Oldest.Seconds())
	}
	w.mu.Lock()
	before := w.unserved
	w.unserved, w.blind = unserved, blind
	w.mu.Unlock()
	for _, q := range models.Queues() {
		was, is := slices.Contains(before, q), slices.Contains(unserved, q)
		switch {
		case is && !was:
			w.log.WarnContext(ctx, "no worker serves a queue", "queue", q)
		case was && !is:
			w.log.InfoContext(ctx, "a worker serves the queue again", "queue", q)
		}
		value := 1.0
		if is {
			value = 0
		}
		w.served.WithLabelValues(string(q)).Set(value)
	}
}

var (
	errUnserved = errors.New("no worker serves it")
	errBlind    = errors.New("a worker has no ffprobe")
)

// sees fails if a worker that should look at films can't, as of the last look.
func (w *queueWatch) sees(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.blind {
		return errBlind
	}
	return nil
}

// probes are one for each kind of work.
func (w *queueWatch) probes() kit.Probes {
	missing := map[models.Queue]string{
		models.QueueControl:   "No worker serves the control queue: jobs are accepted, but none starts or continues.",
		models.QueueTracking:  "No worker serves the tracking queue: running jobs show no progress and don't finish.",
		models.QueueTransfers: "No worker serves the transfers queue: nothing is copied from Seedr, and no job becomes ready.",
		models.QueueMail:      "No worker serves the mail queue: mails wait until one does.",
		models.QueueWebhooks:  "No worker serves the webhooks queue: events for users' webhooks wait until one does.",
		models.QueueMedia:     "No worker serves the media queue: films play only as browsers can play them, until one does.",
	}
	var out kit.Probes
	for _, q := range models.Queues() {
		out = append(out, kit.Probe{Name: "worker-" + string(q), Missing: missing[q], Check: w.probe(q)})
	}
	return out
}

// probe returns the check whether a worker serves the queue, as of the last look.
func (w *queueWatch) probe(q models.Queue) func(context.Context) error {
	return func(context.Context) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if slices.Contains(w.unserved, q) {
			return errUnserved
		}
		return nil
	}
}
