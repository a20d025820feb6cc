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
	look   func(context.Context) ([]models.Queue, error)
	served *prometheus.GaugeVec
	log    *slog.Logger

	mu       sync.Mutex
	unserved []models.Queue
}

func newQueueWatch(look func(context.Context) ([]models.Queue, error), r prometheus.Registerer, log *slog.Logger) *queueWatch {
	w := &queueWatch{look: look, log: log, served: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "longhaul_queue_served", Help: "Whether a worker serves the queue: 1 or 0.",
	}, []string{"queue"})}
	r.MustRegister(w.served)
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
	unserved, err := w.look(limited)
	if err != nil {
		w.log.DebugContext(ctx, "could not check the task queues", "error", err)
		return
	}
	w.mu.Lock()
	before := w.unserved
	w.unserved = unserved
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

var errUnserved = errors.New("no worker serves it")

// probes are one for each kind of work.
func (w *queueWatch) probes() kit.Probes {
	missing := map[models.Queue]string{
		models.QueueControl:   "No worker serves the control queue: jobs are accepted, but none starts or continues.",
		models.QueueTracking:  "No worker serves the tracking queue: running jobs show no progress and don't finish.",
		models.QueueTransfers: "No worker serves the transfers queue: nothing is copied from Seedr, and no job becomes ready.",
		models.QueueMail:      "No worker serves the mail queue: mails wait until one does.",
	}
	var out kit.Probes
	for _, q := range models.Queues() {
		out = append(out, kit.Probe{Name: "worker-" + string(q), Missing: missing[q], Check: func(context.Context) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if slices.Contains(w.unserved, q) {
				return errUnserved
			}
			return nil
		}})
	}
	return out
}
