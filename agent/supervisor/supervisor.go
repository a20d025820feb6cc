// Package supervisor keeps an agent's transfers: it runs the engine of each in a
// child process, restarts it from the journal after a crash, has its verified
// parts uploaded, divides the disk between the transfers, and takes them all up
// again after a kill. It never waits for the control plane and does not decide
// where a job runs.
package supervisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/internal/jsonfile"
	"longhaul/internal/share"
	"longhaul/internal/tracing"
	"longhaul/models"
)

// slack is how many transfers more than its capacity an agent takes: the
// control plane decides by figures that are seconds old.
const slack = 2

// Supervisor keeps the transfers of an agent.
type Supervisor struct {
	env         *environment
	budget      *diskBudget
	inspections *share.Slots
	log         *slog.Logger

	mu        sync.Mutex
	ctx       context.Context //nolint:containedctx // the life of all transfers; calls that start one end earlier
	cancel    context.CancelCauseFunc
	transfers map[string]*transfer
	pace      int64           // bytes per second of all transfers together; 0 is no limit
	busy      map[string]bool // ids that a call is working on
	freed     *sync.Cond      // signalled when an id is not busy any more
	ending    sync.WaitGroup
}

// New returns a supervisor without transfers; Resume takes up those on disk.
func New(o Options) *Supervisor {
	s := &Supervisor{
		env: &environment{Options: o, changes: newChangeLog()}, budget: &diskBudget{dir: o.Dir, limit: o.DiskLimit},
		inspections: share.New(maxInspections, inspectionsOf), log: o.Log,
		transfers: map[string]*transfer{}, busy: map[string]bool{},
	}
	s.freed = sync.NewCond(&s.mu)
	s.env.forget = s.purgeEnded
	return s
}

// Resume loads the transfers that an earlier process left and runs the
// unfinished ones. They run until Shutdown, whatever happens to ctx.
func (s *Supervisor) Resume(ctx context.Context) error {
	s.ctx, s.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	dir := s.env.inspectDir()
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return fmt.Errorf("create the inspections' directory: %w", err)
	}
	if err := os.MkdirAll(s.env.transfersDir(), 0o700); err != nil {
		return fmt.Errorf("create the transfers' directory: %w", err)
	}
	entries, err := os.ReadDir(s.env.transfersDir())
	if err != nil {
		return fmt.Errorf("list the transfers: %w", err)
	}
	for _, e := range entries {
		if err := s.loadOne(ctx, e.Name()); err != nil {
			s.log.WarnContext(ctx, "removing an unusable transfer directory", "job_id", e.Name(), "error", err)
			if err := os.RemoveAll(s.env.transferDir(e.Name())); err != nil {
				s.log.ErrorContext(ctx, "remove a directory", "error", err)
			}
		}
	}
	s.loadPace(ctx)
	s.divide()
	for _, t := range s.running() {
		s.launch(t)
	}
	return nil
}

func (s *Supervisor) loadOne(ctx context.Context, id string) error {
	if _, err := uuid.Parse(id); err != nil {
		return errors.New("not a job id")
	}
	var sv saved
	if err := jsonfile.Read(filepath.Join(s.env.transferDir(id), specName), &sv); err != nil {
		return err
	}
	if sv.JobID != id {
		return errors.New("the spec belongs to another job")
	}
	sv = sv.resumed(s.env.Now())
	t, err := newTransfer(s.env, id, sv)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.transfers[id] = t
	s.mu.Unlock()
	s.env.changes.touch(id, true)
	if sv.Ended == nil {
		s.log.InfoContext(ctx, "transfer resumed", "job_id", id, "epoch", sv.Start.Epoch)
	} else if sv.Start.Kind == agentapi.KindResolve {
		var m models.Manifest
		if err := jsonfile.Read(filepath.Join(t.dir, manifestName), &m); err == nil {
			t.manifest = &m
		}
	}
	return nil
}

func (s *Supervisor) launch(t *transfer) {
	s.ending.Add(1)
	t.start(s.ctx)
	go func() {
		defer s.ending.Done()
		<-t.gone
	}()
}

// claim makes the caller the only one to change the transfer; the returned
// function ends that.
func (s *Supervisor) claim(id string) func() {
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

func superseded() error {
	return models.Fault(models.ProblemSuperseded, "This agent has a newer attempt of the job.")
}

// Start runs a transfer or takes it over; see agentapi.StartTransfer.
func (s *Supervisor) Start(ctx context.Context, id string, spec agentapi.StartTransfer) (agentapi.Status, error) {
	defer s.claim(id)()
	old := s.get(id)
	if old != nil {
		switch known := old.spec().Epoch; {
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
		return agentapi.Status{}, models.Fault(models.ProblemNoAgent, "The agent is stopping.")
	}
	if spec.Kind == agentapi.KindDownload {
		if err := s.env.held.move(heldKey(spec.Source), s.env.transferDir(id)); err != nil {
			s.log.WarnContext(ctx, "could not use the answer of an inspection", "job_id", id, "error", err)
		}
	}
	t, err := newTransfer(s.env, id, saved{JobID: id, Start: spec, Trace: tracing.Carry(ctx)})
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
func (s *Supervisor) room() error {
	if len(s.running()) >= s.env.Capacity+slack {
		return models.Fault(models.ProblemNoAgent, "The agent is at capacity.")
	}
	if s.budget.full() {
		return diskFull() // WatchDisk makes what room there is to make
	}
	return nil
}

func diskFull() *models.Error {
	return models.Fault(models.ProblemDiskFull, "The agent has no disk space for another transfer.")
}

// Stop ends a transfer and keeps its bytes.
func (s *Supervisor) Stop(ctx context.Context, id string, epoch int64) error {
	defer s.claim(id)()
	t, err := s.current(id, epoch)
	if err != nil {
		return err
	}
	return t.halt(ctx, errHalted)
}

// Flush ends a transfer, as Stop does, once the parts of which it has something
// are in storage. It does not wait for that.
func (s *Supervisor) Flush(ctx context.Context, id string, epoch int64) error {
	defer s.claim(id)()
	t, err := s.current(id, epoch)
	if err == nil && !t.flush() {
		err = t.halt(ctx, errHalted)
	}
	return err
}

// current returns the transfer unless a newer attempt took its place.
func (s *Supervisor) current(id string, epoch int64) (*transfer, error) {
	t, err := s.find(id)
	if err == nil && epoch < t.spec().Epoch {
		err = superseded()
	}
	return t, err
}

// Remove ends a transfer and removes its bytes. An unknown one is fine.
func (s *Supervisor) Remove(ctx context.Context, id string, epoch int64) error {
	defer s.claim(id)()
	t := s.get(id)
	if t == nil {
		return nil
	}
	if epoch < t.spec().Epoch {
		return superseded()
	}
	if err := t.halt(ctx, errDeleted); err != nil {
		return err
	}
	s.purge(ctx, t)
	return nil
}

// purge removes what an ended transfer left.
func (s *Supervisor) purge(ctx context.Context, t *transfer) {
	s.env.held.end(func(h *heldEngine) bool { return h.dir == t.dir })
	// The spec goes first: without it a half-removed directory is not taken
	// for a transfer at the next start.
	err := errors.Join(removeIfThere(filepath.Join(t.dir, specName)), os.RemoveAll(t.dir))
	if err != nil {
		s.log.ErrorContext(ctx, "could not remove a transfer's bytes", "job_id", t.id, "error", err)
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

// purgeEnded removes a transfer whose job has ended, as soon as nothing of it
// runs.
func (s *Supervisor) purgeEnded(t *transfer) {
	s.ending.Add(1)
	go func() {
		defer s.ending.Done()
		<-t.gone
		s.purgeIdle(context.WithoutCancel(s.ctx), t)
	}()
}

// Shutdown ends all transfers in order; they continue at the next start.
func (s *Supervisor) Shutdown() {
	s.cancel(errShutdown)
	s.ending.Wait()
	s.env.held.end(func(*heldEngine) bool { return true })
}
