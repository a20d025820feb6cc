package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/agent/spawn"
	"longhaul/agent/upload"
	"longhaul/internal/jsonfile"
	"longhaul/internal/tracing"
	"longhaul/models"
)

const (
	specName     = "spec.json"
	manifestName = "manifest.json"
)

// Why a transfer is ended from outside.
var (
	errShutdown = errors.New("the agent is stopping")
	errHalted   = errors.New("stopped by request") // keeps its bytes
	errDeleted  = errors.New("deleted by request")
	errReplaced = errors.New("taken over by a newer attempt")
)

// saved is what spec.json holds: enough to continue after a restart without the
// control plane, unless the source wants a login, which is kept in memory alone.
type saved struct {
	JobID string                 `json:"jobId"`
	Start agentapi.StartTransfer `json:"start"`
	Taken bool                   `json:"taken,omitempty"` // what was on disk was compared with the spec
	Ended *ending                `json:"ended,omitempty"`
	Kept  int64                  `json:"kept,omitempty"`  // bytes of stored parts on disk; counted again while it runs
	Trace string                 `json:"trace,omitempty"` // of the call that started it, as a traceparent
	Spare bool                   `json:"spare,omitempty"` // another attempt has the job; the bytes are kept for a while, should it come back
	Login bool                   `json:"login,omitempty"` // the source has one, which is not here
}

// onDisk returns what may be written.
func (s saved) onDisk() saved {
	if s.Start.Source.Login != nil {
		s.Start.Source.Login, s.Login = nil, true
	}
	return s
}

// resumed returns what was read, as far as it can continue. Without its login a
// transfer counts as stopped, so that the control plane sends it again, with the
// login, to the bytes that are here.
func (s saved) resumed(now time.Time) saved {
	if s.Login && s.Ended == nil {
		s.Ended = &ending{At: now, Phase: agentapi.PhaseStopped, Tally: [3]int64{selectedBytes(s.Start.Files), 0, 0}}
	}
	return s
}

// ending is how a transfer ended.
type ending struct {
	At         time.Time       `json:"at"`
	Phase      agentapi.Phase  `json:"phase"`
	Fault      *agentapi.Fault `json:"fault,omitempty"`
	VerifiedAt *time.Time      `json:"verifiedAt,omitempty"`
	Tally      [3]int64        `json:"tally"` // total, verified, stored
}

// transfer is one job's transfer on this agent. One goroutine runs it; the
// rest of the agent sees it by Status.
type transfer struct {
	id  string
	dir string
	env *environment
	log *slog.Logger

	cancel context.CancelCauseFunc
	gone   chan struct{} // closed when nothing of it runs any more

	mu         sync.Mutex
	saved      saved
	phase      agentapi.Phase
	report     engine.Report
	trouble    models.Reason // of uploading
	verifiedAt *time.Time
	manifest   *models.Manifest
	ledger     *upload.Ledger // nil in a resolve and in one that has ended
	reader     *disk.Reader
	child      *spawn.Child
	limit      int64 // bytes that may lie on disk
	pace       int64 // bytes per second; 0 is no limit
	drops      []*disk.CorruptError
	dropCount  int

	leaving bool          // only what is started is finished
	flushed chan struct{} // has an entry when the engine has finished what was started
	giving  sync.Mutex    // held while bytes of stored parts are given back
	dropped chan struct{} // has an entry when there are drops
	seedEnd chan struct{} // has an entry when the engine process ended after its work
}

// newTransfer makes a transfer in its directory and writes its spec.
func newTransfer(env *environment, id string, s saved) (*transfer, error) {
	t := &transfer{
		id: id, dir: env.transferDir(id), env: env, saved: s, phase: agentapi.PhaseStarting,
		gone: make(chan struct{}), dropped: make(chan struct{}, 1), seedEnd: make(chan struct{}, 1),
		flushed: make(chan struct{}, 1),
		log:     env.Log.With("job_id", id, "epoch", s.Start.Epoch),
	}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the transfer's directory: %w", err)
	}
	if s.Ended != nil {
		t.phase, t.verifiedAt = s.Ended.Phase, s.Ended.VerifiedAt
		close(t.gone)
		return t, nil
	}
	return t, t.save()
}

// save writes spec.json.
func (t *transfer) save() error {
	t.mu.Lock()
	b, err := json.Marshal(t.saved.onDisk())
	t.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode the transfer's spec: %w", err)
	}
	return jsonfile.Write(filepath.Join(t.dir, specName), json.RawMessage(b))
}

// start runs the transfer until it ends or ctx does.
func (t *transfer) start(ctx context.Context) {
	ctx, t.cancel = context.WithCancelCause(tracing.Resume(ctx, t.saved.Trace))
	go func() {
		defer close(t.gone)
		defer t.cancel(nil)
		var err error
		if t.spec().Kind == agentapi.KindResolve {
			err = t.resolve(ctx)
		} else {
			err = t.download(ctx)
		}
		t.end(ctx, err)
		t.mu.Lock()
		t.ledger = nil
		t.mu.Unlock()
	}()
}

func (t *transfer) spec() agentapi.StartTransfer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saved.Start
}

// halt ends the transfer for the reason and waits until nothing of it runs.
func (t *transfer) halt(ctx context.Context, why error) error {
	if t.cancel != nil {
		t.cancel(why)
	}
	select {
	case <-t.gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end records how it ended.
func (t *transfer) end(ctx context.Context, err error) {
	why := context.Cause(ctx)
	if why == nil {
		why = err
	}
	switch {
	case errors.Is(why, errShutdown), errors.Is(why, errDeleted), errors.Is(why, errReplaced):
		return // continues elsewhere, later or never
	case errors.Is(why, upload.ErrJobOver):
		t.log.InfoContext(ctx, "the job has ended; removing the transfer and its bytes")
		t.env.forget(t)
		return
	case errors.Is(why, upload.ErrSuperseded):
		t.log.InfoContext(ctx, "superseded; keeping the bytes for a while")
		t.mu.Lock()
		t.saved.Spare = true
		t.mu.Unlock()
		t.finish(ctx, agentapi.PhaseStopped, nil)
	case errors.Is(why, errHalted), errors.Is(why, errFlushed):
		t.finish(ctx, agentapi.PhaseStopped, nil)
	case why == nil:
		t.finish(ctx, agentapi.PhaseDone, nil)
	default:
		t.finish(ctx, agentapi.PhaseFailed, t.faultOf(ctx, why))
	}
}

// faultOf words an error for the user. One without a problem is the agent's
// own trouble, and another agent may do better.
func (t *transfer) faultOf(ctx context.Context, err error) *agentapi.Fault {
	f, ok := errors.AsType[*models.Error](err)
	if ok && f.Problem != "" {
		t.log.WarnContext(ctx, "transfer failed", "problem", f.Problem, "error", err)
		return &agentapi.Fault{Problem: string(f.Problem), Message: f.Message, Params: f.Params}
	}
	t.log.ErrorContext(ctx, "transfer failed because of the agent", "error", err)
	return &agentapi.Fault{Problem: string(models.ProblemAgentLost), Message: "The agent could not continue the job."}
}

// finish records the end once and for all.
func (t *transfer) finish(ctx context.Context, phase agentapi.Phase, fault *agentapi.Fault) {
	st := t.Status()
	t.mu.Lock()
	if t.saved.Ended != nil {
		t.mu.Unlock()
		return
	}
	t.saved.Ended = &ending{
		At: t.env.Now(), Phase: phase, Fault: fault, VerifiedAt: t.verifiedAt,
		Tally: [3]int64{st.BytesTotal, st.BytesDone, st.BytesStored},
	}
	t.phase = phase
	t.mu.Unlock()
	if err := t.save(); err != nil {
		t.log.ErrorContext(ctx, "could not save the end of the transfer", "error", err)
	}
	t.env.Metrics.ended(t.spec().Kind, phase, fault)
	t.log.InfoContext(ctx, "transfer ended", "phase", phase, "bytes", st.BytesStored)
	t.env.changes.touch(t.id, true)
}

// setPhase records what the transfer is doing.
func (t *transfer) setPhase(p agentapi.Phase) {
	t.mu.Lock()
	changed := t.phase != p && t.saved.Ended == nil
	if changed {
		t.phase = p
	}
	t.mu.Unlock()
	if changed {
		t.env.changes.touch(t.id, true)
	}
}

// setTrouble records what blocks uploading; none clears it.
func (t *transfer) setTrouble(why models.Reason) {
	t.mu.Lock()
	changed := !t.trouble.Equal(why)
	t.trouble = why
	t.mu.Unlock()
	if changed {
		t.env.changes.touch(t.id, false)
	}
}

// Status returns the state of the transfer for the wire.
func (t *transfer) Status() agentapi.Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := agentapi.Status{
		JobID: t.id, Epoch: t.saved.Start.Epoch, Kind: t.saved.Start.Kind, Phase: t.phase,
		BytesTotal: -1, VerifiedAt: t.verifiedAt,
	}
	if e := t.saved.Ended; e != nil {
		s.Fault = e.Fault
		s.BytesTotal, s.BytesDone, s.BytesStored = e.Tally[0], e.Tally[1], e.Tally[2]
		return s
	}
	if t.ledger != nil {
		y := t.ledger.Tally()
		s.BytesTotal, s.BytesDone, s.BytesStored = y.Total, y.Verified, y.Stored
	} else {
		s.BytesTotal = selectedBytes(t.saved.Start.Files)
	}
	r := t.report
	s.DownRate, s.UpRate, s.Peers, s.Seeders = r.DownRate, r.UpRate, r.Peers, r.Seeders
	s.Waiting, s.GivesUpAt = onWire(r.Waiting), r.GivesUpAt
	if !t.trouble.None() {
		s.Waiting, s.GivesUpAt = onWire(t.trouble), nil
	}
	return s
}

// onWire returns a reason as the control plane reads it, nil for none.
func onWire(r models.Reason) *agentapi.Reason {
	if r.None() {
		return nil
	}
	return &agentapi.Reason{Code: string(r.Code), Params: r.Params}
}

func selectedBytes(files []agentapi.FileJob) int64 {
	if len(files) == 0 {
		return -1
	}
	var sum int64
	for _, f := range files {
		if f.Size < 0 {
			return -1
		}
		sum += f.Size
	}
	return sum
}

// running reports whether the transfer takes a place on the agent.
func (t *transfer) running() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.phase.Ended()
}

// setPace gives the engine process a new speed limit if it differs.
func (t *transfer) setPace(bytesPerSecond int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pace == bytesPerSecond {
		return
	}
	t.pace = bytesPerSecond
	if t.child != nil {
		t.child.Tell(childapi.Order{Do: childapi.OrderPace, Pace: bytesPerSecond})
	}
}

// setLimit gives the engine process a new share if it differs enough to matter.
func (t *transfer) setLimit(n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := n - t.limit; t.limit != 0 && d < t.limit/10 && -d < t.limit/10 {
		return
	}
	t.limit = n
	if t.child != nil {
		t.child.Tell(childapi.Order{Do: childapi.OrderLimit, Limit: n})
	}
}
