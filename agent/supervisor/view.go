package supervisor

import (
	"context"
	"slices"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// Status returns the state of a transfer.
func (s *Supervisor) Status(id string) (agentapi.Status, error) {
	t, err := s.find(id)
	if err != nil {
		return agentapi.Status{}, err
	}
	return t.Status(), nil
}

// Manifest returns what a resolve has found.
func (s *Supervisor) Manifest(id string) (models.Manifest, error) {
	t, err := s.find(id)
	if err != nil {
		return models.Manifest{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.manifest == nil {
		return models.Manifest{}, models.Errorf(models.CodeNotFound, "The transfer has no manifest yet.")
	}
	return *t.manifest, nil
}

// Changes waits for a change after the revision, for at most wait, and returns
// the transfers that changed and the revision that this holds for; see
// agentapi.Changes.
func (s *Supervisor) Changes(ctx context.Context, since int64, wait time.Duration) ([]agentapi.Status, int64) {
	s.env.changes.await(ctx, since, wait)
	ids, rev := s.env.changes.since(since)
	out := make([]agentapi.Status, 0, len(ids))
	for _, id := range ids {
		if t := s.get(id); t != nil {
			out = append(out, t.Status())
		}
	}
	return out, rev
}

// Load returns what the transfers use of the agent. What can be given back of the
// disk counts as free. Disk figures are 0 if the system doesn't provide them.
func (s *Supervisor) Load() agentapi.Heartbeat {
	var hb agentapi.Heartbeat
	for _, t := range s.running() {
		hb.Running++
		hb.DownRate += t.Status().DownRate
	}
	var err error
	if hb.DiskFree, hb.DiskTotal, err = s.budget.space(); err != nil {
		s.log.Warn("could not check the disk", "error", err)
	}
	hb.DiskFree = min(hb.DiskFree+s.kept(), hb.DiskTotal)
	return hb
}

func (s *Supervisor) get(id string) *transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transfers[id]
}

func (s *Supervisor) find(id string) (*transfer, error) {
	if t := s.get(id); t != nil {
		return t, nil
	}
	return nil, models.Errorf(models.CodeNotFound, "The agent has no such transfer.")
}

// running returns the transfers that take a place on the agent.
func (s *Supervisor) running() []*transfer {
	return slices.DeleteFunc(s.all(), func(t *transfer) bool { return !t.running() })
}
