package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

const (
	maxInspections = 4
	inspectOver    = 2 * time.Second // for the engine to give up by itself
)

// inspector asks engines what sources hold, without keeping anything.
type inspector struct {
	env   *environment
	slots *slots
}

func newInspector(env *environment) *inspector {
	return &inspector{env: env, slots: newSlots(maxInspections)}
}

// inspect runs a resolve in a short-lived engine process. The limit includes
// the wait for a free place.
func (i *inspector) inspect(ctx context.Context, src agentapi.Source, limit time.Duration) (models.Manifest, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := i.slots.acquire(ctx, ""); err != nil {
		return models.Manifest{}, inspectFault(err)
	}
	defer i.slots.release("")
	deadline, _ := ctx.Deadline()
	dir, err := os.MkdirTemp(i.env.inspectDir(), "")
	if err != nil {
		return models.Manifest{}, fmt.Errorf("make a directory for an inspection: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	left := max(time.Until(deadline)-inspectOver, time.Second)
	c, out, err := startChild(childSpec{
		command: i.env.command, dir: filepath.Clean(dir), memory: i.env.memory, silence: i.env.timing.silence, log: i.env.log,
		run: runOrder{
			Kind: agentapi.KindResolve, Source: src, Resolve: left, Stall: left, Engine: i.env.engine,
			Bounds: childBounds{DataBytes: uint64(4 * i.env.memory), OpenFiles: engineFiles},
		},
	})
	if err != nil {
		return models.Manifest{}, err
	}
	var end childEnding
	err = c.follow(ctx, out, func() time.Duration { return 0 }, func(n news) {
		switch n.Say {
		case newsManifest:
			end.manifest = n.Manifest
		case newsFault:
			end.fault = n.Fault
		default:
		}
	})
	switch {
	case end.manifest != nil:
		return *end.manifest, nil
	case end.fault != nil:
		return models.Manifest{}, models.Fault(models.Problem(end.fault.Problem), "%s", end.fault.Message)
	case ctx.Err() != nil:
		return models.Manifest{}, inspectFault(ctx.Err())
	case errors.Is(err, errChildHung):
		return models.Manifest{}, models.Fault(models.ProblemEngineHung, "The download engine stops answering on this source.")
	default:
		return models.Manifest{}, models.Fault(models.ProblemEngineCrashed, "The download engine breaks down on this source.").
			Because(crashErr(err))
	}
}

func inspectFault(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return models.Fault(models.ProblemMetadataTimeout, "Nobody told in time what the source holds.")
	}
	return err
}
