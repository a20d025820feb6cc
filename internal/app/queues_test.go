package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/models"
)

func TestQueueThatNoWorkerServes(t *testing.T) {
	t.Parallel()
	var unserved []models.Queue
	var away error
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	w := newQueueWatch(func(context.Context) ([]models.QueueState, error) { return states(unserved), away }, registry, slog.New(slog.NewTextHandler(&log, nil)))
	probes := func() (bad []string) {
		for _, p := range w.probes() {
			if p.Missing == "" || p.Critical || p.Off {
				t.Errorf("probe %+v", p)
			}
			if p.Check(t.Context()) != nil {
				bad = append(bad, p.Name)
			}
		}
		return bad
	}
	if n := len(w.probes()); n != len(models.Queues()) {
		t.Errorf("%d probes", n)
	}
	for _, step := range []struct {
		name     string
		unserved []models.Queue
		away     error
		bad      string
		mail     float64
		logged   string
	}{
		{"all are served", nil, nil, "", 1, ""},
		{"mail is not", []models.Queue{models.QueueMail}, nil, "worker-mail", 0, "no worker serves a queue"},
		{"still not", []models.Queue{models.QueueMail}, nil, "worker-mail", 0, ""},
		{"the engine is down", nil, errors.New("away"), "worker-mail", 0, ""},
		{"it is again", nil, nil, "", 1, "a worker serves the queue again"},
	} {
		log.Reset()
		unserved, away = step.unserved, step.away
		w.check(t.Context())
		if bad := strings.Join(probes(), " "); bad != step.bad {
			t.Errorf("%s: probes say %q, want %q", step.name, bad, step.bad)
		}
		families, err := registry.Gather()
		if err != nil || len(families) != 3 {
			t.Fatalf("%d metrics, %v", len(families), err)
		}
		want := map[string]float64{"longhaul_queue_served": step.mail, "longhaul_queue_backlog": 7, "longhaul_queue_oldest_seconds": 90}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				if got := m.GetGauge().GetValue(); m.GetLabel()[0].GetValue() == "mail" && got != want[f.GetName()] {
					t.Errorf("%s: %s is %v", step.name, f.GetName(), got)
				}
			}
		}
		if got := log.String(); (got == "") != (step.logged == "") || !strings.Contains(got, step.logged) {
			t.Errorf("%s: logged %q", step.name, got)
		}
	}
}

// A worker that serves media without ffprobe is told of until the last one is gone.
func TestAWorkerThatCannotLookAtFilmsIsTold(t *testing.T) {
	t.Parallel()
	blind := false
	w := newQueueWatch(func(context.Context) ([]models.QueueState, error) {
		out := states(nil)
		for i := range out {
			out[i].Blind = blind && out[i].Queue == models.QueueMedia
		}
		return out, nil
	}, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	for _, blind = range []bool{false, true, false} {
		w.check(t.Context())
		if err := w.sees(t.Context()); (err != nil) != blind {
			t.Errorf("without ffprobe %t: %v", blind, err)
		}
	}
}

// states are those of all queues, each with a backlog.
func states(unserved []models.Queue) (out []models.QueueState) {
	for _, q := range models.Queues() {
		out = append(out, models.QueueState{Queue: q, Served: !slices.Contains(unserved, q), Backlog: 7, Oldest: 90 * time.Second})
	}
	return out
}
