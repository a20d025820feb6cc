package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/models"
)

const (
	maxInspections = 8
	inspectionsOf  = 4               // of one owner
	inspectOver    = 2 * time.Second // left to the engine to give up in
)

// Inspect asks an engine what a source holds, without keeping anything. It runs
// a resolve in a short-lived engine process. The limit includes the wait for a
// free place; no owner has all of them.
func (s *Supervisor) Inspect(ctx context.Context, in agentapi.Inspect, limit time.Duration) (models.Manifest, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := s.inspections.Acquire(ctx, in.Owner); err != nil {
		return models.Manifest{}, inspectFault(err)
	}
	defer s.inspections.Release(in.Owner)
	deadline, _ := ctx.Deadline()
	dir, err := os.MkdirTemp(s.env.inspectDir(), "")
	if err != nil {
		return models.Manifest{}, fmt.Errorf("create a directory for an inspection: %w", err)
	}
	kept := false
	defer func() {
		if !kept {
			_ = os.RemoveAll(dir)
		}
	}()
	m, kept, err := s.inspectOnce(ctx, dir, in.Source, deadline)
	if err == nil && leadsOn(in.Source, &m) {
		link := m.Magnet
		m, kept, err = s.inspectOnce(ctx, dir, agentapi.Source{Magnet: link}, deadline)
		m.Magnet = link
	}
	return m, err
}

// inspectOnce runs one engine process in the directory, and reports whether that
// keeps an answer there for a download.
func (s *Supervisor) inspectOnce(
	ctx context.Context, dir string, src agentapi.Source, deadline time.Time,
) (m models.Manifest, kept bool, err error) {
	left := max(time.Until(deadline)-inspectOver, time.Second)
	c, err := s.env.Program.Start(dir, childapi.Run{
		Kind: agentapi.KindResolve, Source: src, Resolve: left, Stall: left, Engine: holding(s.env.Engine, src),
	}, s.env.Log)
	if err != nil {
		return m, false, err
	}
	r := follow(ctx, c, func() time.Duration { return 0 }, func(childapi.News) {})
	end, kept, err := r.attend(ctx)
	if kept {
		s.env.held.keep(r, heldKey(src), dir, true)
	}
	switch {
	case end.Manifest != nil:
		return *end.Manifest, kept, nil
	case end.Fault == nil && ctx.Err() != nil:
		return m, kept, inspectFault(ctx.Err())
	default:
		return m, kept, faultOfEngine(end, err)
	}
}

func inspectFault(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return models.Fault(models.ProblemMetadataTimeout, "The source didn't respond in time.")
	}
	return err
}
