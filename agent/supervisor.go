package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// slack is how many transfers more than its capacity an agent takes: the
// control plane decides by figures that are seconds old.
const slack = 2

// supervisor keeps the transfers of the agent.
type supervisor struct {
	env      *environment
	capacity int
	budget   *diskBudget
	log      *slog.Logger

	mu        sync.Mutex
	ctx       context.Context //nolint:containedctx // the life of all transfers; calls that start one end earlier
	cancel    context.CancelCauseFunc
	transfers map[string]*transfer
	busy      map[string]bool // ids that a call is working on
	freed     *sync.Cond      // signalled when an id is not busy any more
	ending    sync.WaitGroup
}

func newSupervisor(env *environment, capacity int, budget *diskBudget) *supervisor {
	s := &supervisor{
		env: env, capacity: capacity, budget: budget, log: env.log, transfers: map[string]*transfer{},
		busy: map[string]bool{},
	}
	s.freed = sync.NewCond(&s.mu)
	env.forget = s.purgeSuperseded
	return s
}

// load takes up the transfers that an earlier process left and goes on with
// those that had not ended.
func (s *supervisor) load(ctx context.Context) error {
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if err := os.MkdirAll(s.env.transfersDir(), 0o700); err != nil {
		return fmt.Errorf("make the transfers' directory: %w", err)
	}
	entries, err := os.ReadDir(s.env.transfersDir())
	if err != nil {
		return fmt.Errorf("list the transfers: %w", err)
	}
	for _, e := range entries {
		if err := s.loadOne(ctx, e.Name()); err != nil {
			s.log.WarnContext(ctx, "a transfer's directory cannot be used and is removed", "job_id", e.Name(), "err", err)
			if err := os.RemoveAll(s.env.transferDir(e.Name())); err != nil {
				s.log.ErrorContext(ctx, "remove a directory", "err", err)
			}
		}
	}
	s.divide()
	return nil
}

func (s *supervisor) loadOne(ctx context.Context, id string) error {
	if _, err := uuid.Parse(id); err != nil {
		return errors.New("not the name of a job")
	}
	var sv saved
	if err := readJSON(filepath.Join(s.env.transferDir(id), specName), &sv); err != nil {
		return err
	}
	if sv.JobID != id {
		return errors.New("the spec is another job's")
	}
	t, err := newTransfer(s.env, id, sv)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.transfers[id] = t
	s.mu.Unlock()
	s.env.changes.touch(id, true)
	if sv.Ended == nil {
		s.log.InfoContext(ctx, "transfer is taken up again", "job_id", id, "epoch", sv.Start.Epoch)
		s.launch(t)
	} else if sv.Start.Kind == agentapi.KindResolve {
		var m models.Manifest
		if err := readJSON(filepath.Join(t.dir, manifestName), &m); err == nil {
			t.manifest = &m
		}
	}
	return nil
}

func (s *supervisor) launch(t *transfer) {
	s.ending.Add(1)
	t.start(s.ctx)
	go func() {
		defer s.ending.Done()
		<-t.gone
	}()
}

// claim makes the caller the only one to change the transfer; the returned
// function ends that.
func (s *supervisor) claim(id string) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy[id] {
		s.freed.Wait()
	}
	s.busy[id] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, id)
		s.freed.Broadcast()
	}
}

func (s *supervisor) get(id string) *transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transfers[id]
}

func superseded() error {
	return models.Fault(models.ProblemSuperseded, "A newer attempt of the job is known here.")
}

// start runs a transfer or takes it over; see agentapi.StartTransfer.
func (s *supervisor) start(ctx context.Context, id string, spec agentapi.StartTransfer) (agentapi.Status, error) {
	defer s.claim(id)()
	old := s.get(id)
	if old != nil {
		switch known := old.start0().Epoch; {
		case spec.Epoch < known:
			return agentapi.Status{}, superseded()
		case spec.Epoch == known:
			return old.Status(), nil
		}
	}
	if old == nil || !old.running() {
		if err := s.room(); err != nil {
			return agentapi.Status{}, err
		}
	}
	if old != nil {
		if err := old.halt(ctx, errReplaced); err != nil {
			return agentapi.Status{}, err
		}
	}
	if s.ctx.Err() != nil {
		return agentapi.Status{}, models.Fault(models.ProblemNoAgent, "The agent is ending.")
	}
	t, err := newTransfer(s.env, id, saved{JobID: id, Start: spec})
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return agentapi.Status{}, diskFull().Because(err)
	}
	if err != nil {
		return agentapi.Status{}, err
	}
	s.mu.Lock()
	s.transfers[id] = t
	s.mu.Unlock()
	s.divide()
	s.log.InfoContext(ctx, "transfer starts", "job_id", id, "epoch", spec.Epoch, "kind", spec.Kind, "files", len(spec.Files))
	s.launch(t)
	s.env.changes.touch(id, true)
	return t.Status(), nil
}

// room refuses a transfer that the agent has no place for.
func (s *supervisor) room() error {
	if s.running() >= s.capacity+slack {
		return models.Fault(models.ProblemNoAgent, "The agent runs as many transfers as it can.")
	}
	if s.budget.full() {
		return diskFull()
	}
	return nil
}

func diskFull() *models.Error {
	return models.Fault(models.ProblemDiskFull, "The agent has no disk space for another transfer.")
}

func (s *supervisor) running() int {
	n := 0
	for _, t := range s.all() {
		if t.running() {
			n++
		}
	}
	return n
}

func (s *supervisor) all() []*transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*transfer, 0, len(s.transfers))
	for _, t := range s.transfers {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *transfer) int { return cmp.Compare(a.id, b.id) })
	return out
}

// stop ends a transfer and keeps its bytes.
func (s *supervisor) stop(ctx context.Context, id string, epoch int64) error {
	defer s.claim(id)()
	t := s.get(id)
	if t == nil {
		return models.Errorf(models.CodeNotFound, "The agent knows no such transfer.")
	}
	if epoch < t.start0().Epoch {
		return superseded()
	}
	return t.halt(ctx, errHalted)
}

// remove ends a transfer and removes its bytes. An unknown one is fine.
func (s *supervisor) remove(ctx context.Context, id string, epoch int64) error {
	defer s.claim(id)()
	t := s.get(id)
	if t == nil {
		return nil
	}
	if epoch < t.start0().Epoch {
		return superseded()
	}
	if err := t.halt(ctx, errDeleted); err != nil {
		return err
	}
	s.purge(ctx, t)
	return nil
}

// purge removes what an ended transfer left.
func (s *supervisor) purge(ctx context.Context, t *transfer) {
	// The spec goes first: without it a half-removed directory is not taken
	// for a transfer at the next start.
	err := errors.Join(removeIfThere(filepath.Join(t.dir, specName)), os.RemoveAll(t.dir))
	if err != nil {
		s.log.ErrorContext(ctx, "remove a transfer's bytes", "job_id", t.id, "err", err)
	}
	s.mu.Lock()
	delete(s.transfers, t.id)
	s.mu.Unlock()
	s.env.changes.drop(t.id)
	s.divide()
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// purgeSuperseded removes a transfer that found out that it lost its job,
// unless a newer attempt has taken its place.
func (s *supervisor) purgeSuperseded(t *transfer) {
	s.ending.Add(1)
	go func() {
		defer s.ending.Done()
		<-t.gone
		defer s.claim(t.id)()
		if s.get(t.id) == t {
			s.purge(context.WithoutCancel(s.ctx), t)
		}
	}()
}

// shutdown ends all transfers in order; they go on at the next start.
func (s *supervisor) shutdown() {
	s.cancel(errShutdown)
	s.ending.Wait()
}

// divide gives each running transfer its share of the disk.
func (s *supervisor) divide() {
	running := slices.DeleteFunc(s.all(), func(t *transfer) bool { return !t.running() })
	if len(running) == 0 {
		return
	}
	var held int64
	for _, t := range running {
		st := t.Status()
		held += max(0, st.BytesDone-st.BytesStored)
	}
	share := s.budget.share(len(running), held)
	for _, t := range running {
		t.setLimit(share)
	}
}
