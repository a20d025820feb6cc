package agent

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

const (
	maxCrashes  = 2 // restarts after a crash; one more fails the transfer
	childGrace  = 5 * time.Second
	resolveOver = time.Minute // an engine that has not given up so long after its own deadline hangs
	engineFiles = 8192        // open files of a child
)

// engine keeps an engine process running until ctx ends, and returns early
// only with what fails the transfer. A process that crashes or hangs is started
// again from the journal. opened is closed when the first one took up the
// directory.
func (t *transfer) engine(ctx context.Context, opened chan struct{}) error {
	crashes, isOpen := 0, false
	for {
		end := &childEnding{}
		err := t.runChild(ctx, agentapi.KindDownload, end, func(n news) {
			if !isOpen {
				isOpen = true
				close(opened)
			}
			if err := t.hear(n); err != nil {
				end.broken = err
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
		case err == nil && end.done:
			t.seeded()
			err = t.awaitDrops(ctx)
		default:
			crashes++
			err = t.afterCrash(ctx, crashes, end, err)
		}
		if err != nil {
			return err
		}
	}
}

// childEnding is what a child said at its end.
type childEnding struct {
	done     bool
	manifest *models.Manifest
	fault    *agentapi.Fault
	broken   error // the agent's own trouble with what was told
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
func (t *transfer) afterCrash(ctx context.Context, crashes int, end *childEnding, err error) error {
	switch {
	case end.broken != nil:
		return end.broken
	case end.fault != nil:
		return models.Fault(models.Problem(end.fault.Problem), "%s", end.fault.Message)
	case crashes <= maxCrashes:
		t.log.WarnContext(ctx, "engine process ended; it is started again", "crashes", crashes, "err", crashErr(err))
		return sleep(ctx, t.env.timing.crashPause<<(crashes-1))
	case errors.Is(err, errChildHung):
		return models.Fault(models.ProblemEngineHung, "The download engine stops answering on this source.").Because(err)
	default:
		return models.Fault(models.ProblemEngineCrashed, "The download engine breaks down on this source.").Because(crashErr(err))
	}
}

func crashErr(err error) error {
	if err == nil {
		return errors.New("it ended without a word")
	}
	if ee, ok := errors.AsType[*exec.ExitError](err); ok {
		if ws, ok := ee.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return fmt.Errorf("killed by signal %d", ws.Signal())
		}
	}
	return err
}

// runChild runs one engine process to its end.
func (t *transfer) runChild(ctx context.Context, kind agentapi.Kind, end *childEnding, hear func(news)) error {
	start := t.start0()
	t.mu.Lock()
	limit := t.limit
	t.mu.Unlock()
	c, out, err := startChild(childSpec{
		command: t.env.command, dir: t.dir, memory: t.env.memory, silence: t.env.timing.silence, log: t.log,
		run: runOrder{
			Kind: kind, Source: start.Source, Files: start.Files, MaxBytes: start.MaxBytes,
			Resolve: time.Duration(start.ResolveTimeoutSeconds) * time.Second,
			Stall:   time.Duration(start.StallTimeoutSeconds) * time.Second,
			Limit:   limit, Engine: t.env.engine,
			Bounds: childBounds{DataBytes: uint64(4 * t.env.memory), OpenFiles: engineFiles},
		},
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.child = c
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.child = nil
		t.mu.Unlock()
	}()
	return c.follow(ctx, out, func() time.Duration { return t.grace(ctx) }, func(n news) {
		switch n.Say {
		case newsDone:
			end.done = true
		case newsManifest:
			end.manifest = n.Manifest
		case newsFault:
			end.fault = n.Fault
		case newsAlive, newsReport, newsVerified, newsSize, newsValidator:
		}
		hear(n)
	})
}

// grace is how long a child may take to flush. What is to be removed or is
// wholly in storage needs no flushing.
func (t *transfer) grace(ctx context.Context) time.Duration {
	why := context.Cause(ctx)
	if errors.Is(why, errShutdown) || errors.Is(why, errHalted) || errors.Is(why, errReplaced) {
		return childGrace
	}
	return 0
}

func (t *transfer) killChild(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.child != nil {
		t.child.kill(why)
	}
}

// resolve runs an engine until it has told what the source holds.
func (t *transfer) resolve(ctx context.Context) error {
	t.setPhase(agentapi.PhaseResolving)
	deadline := time.Duration(t.start0().ResolveTimeoutSeconds)*time.Second + resolveOver
	for crashes := 1; ; crashes++ {
		end := &childEnding{}
		inner, cancel := context.WithTimeoutCause(ctx, deadline, errChildHung)
		err := t.runChild(inner, agentapi.KindResolve, end, func(news) {})
		hung := ctx.Err() == nil && inner.Err() != nil
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case end.manifest != nil:
			return t.keepManifest(end.manifest)
		case hung:
			return models.Fault(models.ProblemEngineHung, "The download engine stops answering on this source.")
		}
		if err := t.afterCrash(ctx, crashes, end, err); err != nil {
			return err
		}
	}
}

func (t *transfer) keepManifest(m *models.Manifest) error {
	t.mu.Lock()
	t.manifest = m
	t.mu.Unlock()
	return writeJSON(filepath.Join(t.dir, manifestName), m)
}
