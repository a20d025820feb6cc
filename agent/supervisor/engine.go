package supervisor

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/spawn"
	"longhaul/agent/upload"
	"longhaul/internal/jsonfile"
	"longhaul/internal/wait"
	"longhaul/models"
)

const (
	maxCrashes  = 2 // restarts after crashes without progress in between; one more fails the transfer
	childGrace  = 5 * time.Second
	resolveOver = time.Minute // an engine that has not given up so long after its own deadline hangs
)

// runEngine keeps an engine process running until ctx ends, and returns early
// only with what fails the transfer. A process that crashes or hangs is started
// again from the journal, and those that came before it count no more if it got
// further. opened is closed when the first one took up the directory.
func (t *transfer) runEngine(ctx context.Context, opened chan struct{}) error {
	crashes := 0
	open := sync.OnceFunc(func() { close(opened) })
	best := t.ledger.Tally().Verified
	for {
		if t.whole() {
			open()
			if err := t.awaitDrops(ctx); err != nil {
				return err
			}
			continue
		}
		var broken error // the agent's own trouble with what was told
		end, err := t.runChild(ctx, agentapi.KindDownload, t.spec().Source, func(n childapi.News) {
			open()
			if err := t.hear(n); err != nil {
				broken = err
				t.killChild(err)
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if lerr := t.catchUp(); lerr != nil {
			return lerr
		}
		switch {
		case errors.Is(err, errBadBytes):
			err = t.drop(ctx)
		case err == nil && end.Flushed:
			t.hasFlushed()
			err = t.awaitDrops(ctx)
		case err == nil && end.Done:
			t.seeded()
			err = t.awaitDrops(ctx)
		case broken != nil:
			err = broken
		case errors.Is(err, spawn.ErrRenew):
			err = wait.For(ctx, t.env.CrashPause)
		default:
			// What was void and is verified again is no progress: a source that
			// changes and crashes the engine must come to an end.
			if y := t.ledger.Tally(); y.Verified-best >= t.progress() {
				crashes, best = 0, y.Verified
			}
			crashes++
			t.env.Metrics.crashed()
			err = t.afterCrash(ctx, crashes, end, err)
		}
		if err != nil {
			return err
		}
	}
}

// whole reports whether there is nothing to fetch and nothing to give to peers, as
// when storage lost what is still here. The source may be gone by now.
func (t *transfer) whole() bool {
	t.allVerified()
	y := t.ledger.Tally()
	return !t.seeds() && y.Total >= 0 && y.Verified == y.Total
}

// progress is how many bytes an engine has to have verified for its crash to be
// the first again: a part, or a twentieth of a small job.
func (t *transfer) progress() int64 {
	files := t.spec().Files
	least := int64(1)
	for _, f := range files {
		least = max(least, f.PartSize)
	}
	if total := selectedBytes(files); total > 0 {
		least = max(1, min(least, total/20))
	}
	return least
}

// awaitDrops waits, after the engine has done its work, for bytes that turn
// out to be bad, and for the end of the transfer.
func (t *transfer) awaitDrops(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.dropped:
		return t.drop(ctx)
	}
}

// afterCrash waits before the next start, or says why there is none.
func (t *transfer) afterCrash(ctx context.Context, crashes int, end spawn.Ending, err error) error {
	if end.Fault == nil && crashes <= maxCrashes {
		t.log.WarnContext(ctx, "engine process ended; restarting it", "crashes", crashes, "error", err)
		return wait.For(ctx, t.env.CrashPause<<(crashes-1))
	}
	return faultOfEngine(end, err)
}

// faultOfEngine is why an engine did not do its work: what it said itself, or
// how its process ended.
func faultOfEngine(end spawn.Ending, err error) error {
	switch {
	case end.Fault != nil:
		fault := models.Fault(models.Problem(end.Fault.Problem), "%s", end.Fault.Message)
		fault.Params = models.ParamsOf(end.Fault.Params)
		return fault
	case errors.Is(err, spawn.ErrHung):
		return models.Fault(models.ProblemEngineHung, "The download engine stops responding on this source.").Because(err)
	default:
		return models.Fault(models.ProblemEngineCrashed, "The download engine crashes on this source.").Because(err)
	}
}

// runChild runs one engine process to its end.
func (t *transfer) runChild(ctx context.Context, kind agentapi.Kind, src agentapi.Source, hear func(childapi.News)) (spawn.Ending, error) {
	spec := t.spec()
	t.mu.Lock()
	limit, pace := t.limit, t.pace
	t.mu.Unlock()
	r, err := t.engineFor(ctx, childapi.Run{
		Kind: kind, Source: src, Files: t.diskSpecs(), MaxBytes: spec.MaxBytes,
		Resolve: time.Duration(spec.ResolveTimeoutSeconds) * time.Second,
		Stall:   time.Duration(spec.StallTimeoutSeconds) * time.Second,
		Limit:   limit, Pace: pace, Engine: t.env.Engine,
	}, func() time.Duration { return t.grace(ctx) }, hear)
	if err != nil {
		return spawn.Ending{}, err
	}
	c := r.child
	t.mu.Lock()
	t.child = c
	if t.pace != pace { // it changed while the process started
		c.Tell(childapi.Order{Do: childapi.OrderPace, Pace: t.pace})
	}
	if t.leaving {
		c.Tell(childapi.Order{Do: childapi.OrderFlush})
	}
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.child = nil
		t.mu.Unlock()
	}()
	end, kept, err := r.attend(ctx)
	if kept {
		t.env.held.keep(r, heldKey(spec.Source), t.dir, false)
	}
	return end, err
}

// engineFor has an engine process run: the one that keeps an answer of the
// download's source, or a new one.
func (t *transfer) engineFor(ctx context.Context, run childapi.Run, grace func() time.Duration, hear func(childapi.News)) (*engineRun, error) {
	if run.Kind == agentapi.KindResolve {
		run.Engine = holding(run.Engine, run.Source)
	} else if r := t.env.held.take(heldKey(run.Source), t.dir); r != nil {
		r.pass(grace, hear)
		if err := r.child.Again(t.dir, run); err != nil {
			r.cancel()
			return nil, err
		}
		return r, nil
	}
	c, err := t.env.Program.Start(t.dir, run, t.log)
	if err != nil {
		return nil, err
	}
	return follow(ctx, c, grace, hear), nil
}

// grace is how long a child may take to flush. What will be removed or is
// entirely in storage needs no flushing.
func (t *transfer) grace(ctx context.Context) time.Duration {
	why := context.Cause(ctx)
	if errors.Is(why, errShutdown) || errors.Is(why, errFlushed) || errors.Is(why, errHalted) || errors.Is(why, errReplaced) ||
		errors.Is(why, upload.ErrSuperseded) {
		return childGrace
	}
	return 0
}

func (t *transfer) killChild(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.child != nil {
		t.child.Kill(why)
	}
}

// resolve runs an engine until it has told what the source holds, and another one
// if that is a magnet link.
func (t *transfer) resolve(ctx context.Context) error {
	t.setPhase(agentapi.PhaseResolving)
	deadline := time.Duration(t.spec().ResolveTimeoutSeconds)*time.Second + resolveOver
	src := t.spec().Source
	for crashes := 1; ; crashes++ {
		inner, cancel := context.WithTimeoutCause(ctx, deadline, spawn.ErrHung)
		end, err := t.runChild(inner, agentapi.KindResolve, src, func(childapi.News) {})
		hung := ctx.Err() == nil && inner.Err() != nil
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case leadsOn(src, end.Manifest):
			src, crashes = agentapi.Source{Magnet: end.Manifest.Magnet}, 0
			continue
		case end.Manifest != nil:
			end.Manifest.Magnet = magnetOf(t.spec().Source, src)
			return t.keepManifest(end.Manifest)
		case hung:
			return faultOfEngine(end, spawn.ErrHung)
		}
		if errors.Is(err, spawn.ErrRenew) {
			crashes--
		}
		if err := t.afterCrash(ctx, max(crashes, 1), end, err); err != nil {
			return err
		}
	}
}

func (t *transfer) keepManifest(m *models.Manifest) error {
	t.mu.Lock()
	t.manifest = m
	t.mu.Unlock()
	return jsonfile.Write(filepath.Join(t.dir, manifestName), m)
}
