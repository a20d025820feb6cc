// Package agentapitest has an agent that does only what a test says, over the
// real wire. It is for tests only.
package agentapitest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"longhaul/agent/agentapi"
)

// Agent answers the control plane as a compute agent does. Only the hooks and
// Set move its transfers.
type Agent struct {
	URL string

	// OnStart is called for each transfer that was taken, without locks held.
	// It may be nil.
	OnStart func(jobID string, s agentapi.StartTransfer)

	srv *httptest.Server

	mu        sync.Mutex
	down      bool
	refusal   *agentapi.Problem
	boot      int64
	revision  int64
	transfers map[string]*transfer
	wake      chan struct{}
	calls     []Call
}

type transfer struct {
	status   agentapi.Status
	spec     agentapi.StartTransfer
	manifest agentapi.Manifest
	revision int64
}

// Call is one act that the control plane asked for.
type Call struct {
	Act   string // start, stop or delete
	JobID string
	Epoch int64
}

// NewAgent starts an agent that ends with the test.
func NewAgent(t testing.TB) *Agent {
	t.Helper()
	a := &Agent{boot: 1, transfers: map[string]*transfer{}, wake: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/transfers/{id}", a.start)
	mux.HandleFunc("POST /v1/transfers/{id}/stop", a.stop)
	mux.HandleFunc("DELETE /v1/transfers/{id}", a.remove)
	mux.HandleFunc("GET /v1/transfers/{id}/manifest", a.manifest)
	mux.HandleFunc("GET /v1/transfers", a.changes)
	a.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.isDown() {
			panic(http.ErrAbortHandler) // the connection breaks, as when the process is gone
		}
		mux.ServeHTTP(w, r)
	}))
	a.URL = a.srv.URL
	t.Cleanup(func() {
		a.SetDown(true) // waiting polls return
		a.srv.CloseClientConnections()
		a.srv.Close()
	})
	return a
}

// Set changes the state of a transfer and notifies pollers.
func (a *Agent) Set(jobID string, change func(*agentapi.Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if tr, ok := a.transfers[jobID]; ok {
		change(&tr.status)
		a.touch(tr)
	}
}

// SetAll changes the state of every transfer and notifies pollers once.
func (a *Agent) SetAll(change func(*agentapi.Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, tr := range a.transfers {
		before := tr.status
		if change(&tr.status); tr.status != before {
			a.revision++
			tr.revision = a.revision
		}
	}
	a.ring()
}

// Finish ends a transfer well.
func (a *Agent) Finish(jobID string) {
	a.Set(jobID, func(s *agentapi.Status) {
		s.BytesDone, s.BytesStored = s.BytesTotal, s.BytesTotal
		s.Phase = agentapi.PhaseDone
	})
}

// Fail ends a transfer with a problem.
func (a *Agent) Fail(jobID, problem, message string) {
	a.Set(jobID, func(s *agentapi.Status) {
		s.Phase, s.Fault = agentapi.PhaseFailed, &agentapi.Fault{Problem: problem, Message: message}
	})
}

// Resolve ends a resolve with what it found.
func (a *Agent) Resolve(jobID string, m agentapi.Manifest) {
	a.mu.Lock()
	if tr, ok := a.transfers[jobID]; ok {
		tr.manifest = m
	}
	a.mu.Unlock()
	a.Finish(jobID)
}

// Add gives the agent an unrequested transfer.
func (a *Agent) Add(s agentapi.Status) {
	a.mu.Lock()
	defer a.mu.Unlock()
	tr := &transfer{status: s}
	a.transfers[s.JobID] = tr
	a.touch(tr)
}

// Forget makes the agent lose a transfer.
func (a *Agent) Forget(jobID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.transfers, jobID)
}

// SetDown breaks every call, or ends that. Coming up again is a new boot that
// still has its transfers.
func (a *Agent) SetDown(down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down && !down {
		a.boot++
		a.revision = 0
		for _, tr := range a.transfers {
			a.revision++
			tr.revision = a.revision
		}
	}
	a.down = down
	a.ring()
}

// Refuse makes the agent answer every start with the problem; nil ends that.
func (a *Agent) Refuse(p *agentapi.Problem) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refusal = p
}

// Calls returns what was asked for so far.
func (a *Agent) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Call(nil), a.calls...)
}

// Has reports whether the agent has the transfer, and in which phase.
func (a *Agent) Has(jobID string) (agentapi.Phase, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	tr, ok := a.transfers[jobID]
	if !ok {
		return "", false
	}
	return tr.status.Phase, true
}

func (a *Agent) isDown() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.down
}

func (a *Agent) touch(tr *transfer) {
	a.revision++
	tr.revision = a.revision
	a.ring()
}

func (a *Agent) ring() {
	close(a.wake)
	a.wake = make(chan struct{})
}

func (a *Agent) start(w http.ResponseWriter, r *http.Request) {
	var s agentapi.StartTransfer
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		refuse(w, &agentapi.Problem{Status: http.StatusBadRequest, Code: "invalid"})
		return
	}
	id := r.PathValue("id")
	a.mu.Lock()
	if a.refusal != nil {
		p := *a.refusal
		a.mu.Unlock()
		refuse(w, &p)
		return
	}
	if old, ok := a.transfers[id]; ok && old.status.Epoch > s.Epoch {
		a.mu.Unlock()
		refuse(w, &agentapi.Problem{Status: http.StatusConflict, Code: "superseded"})
		return
	}
	a.calls = append(a.calls, Call{"start", id, s.Epoch})
	if old, ok := a.transfers[id]; ok && old.status.Epoch == s.Epoch {
		st := old.status
		a.mu.Unlock()
		answer(w, st)
		return
	}
	total := int64(-1)
	if s.Kind == agentapi.KindDownload {
		total = 0
		for _, f := range s.Files {
			total += max(f.Size, 0)
		}
	}
	tr := &transfer{spec: s, status: agentapi.Status{JobID: id, Epoch: s.Epoch, Kind: s.Kind, Phase: agentapi.PhaseStarting, BytesTotal: total}}
	a.transfers[id] = tr
	a.touch(tr)
	status := tr.status
	a.mu.Unlock()
	answer(w, status)
	if a.OnStart != nil {
		go a.OnStart(id, s)
	}
}

func (a *Agent) stop(w http.ResponseWriter, r *http.Request) {
	var s agentapi.Stop
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		refuse(w, &agentapi.Problem{Status: http.StatusBadRequest, Code: "invalid"})
		return
	}
	a.end(r.PathValue("id"), "stop", s.Epoch, func(tr *transfer) {
		if !tr.status.Phase.Ended() {
			tr.status.Phase = agentapi.PhaseStopped
			a.touch(tr)
		}
	})
	w.WriteHeader(http.StatusNoContent)
}

func (a *Agent) remove(w http.ResponseWriter, r *http.Request) {
	epoch, _ := strconv.ParseInt(r.URL.Query().Get("epoch"), 10, 64) // 0 is older than any
	id := r.PathValue("id")
	a.end(id, "delete", epoch, func(*transfer) { delete(a.transfers, id) })
	w.WriteHeader(http.StatusNoContent)
}

func (a *Agent) end(id, act string, epoch int64, do func(*transfer)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, Call{act, id, epoch})
	if tr, ok := a.transfers[id]; ok && epoch >= tr.status.Epoch {
		do(tr)
	}
}

func (a *Agent) manifest(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	tr, ok := a.transfers[r.PathValue("id")]
	var m agentapi.Manifest
	if ok {
		m = tr.manifest
	}
	a.mu.Unlock()
	if !ok || len(m.Files) == 0 {
		refuse(w, &agentapi.Problem{Status: http.StatusNotFound, Code: "not_found"})
		return
	}
	answer(w, m)
}

func (a *Agent) changes(w http.ResponseWriter, r *http.Request) {
	since, _ := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	wait, _ := strconv.ParseInt(r.URL.Query().Get("wait"), 10, 64)
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(wait)*time.Millisecond)
	defer cancel()
	for {
		a.mu.Lock()
		out := agentapi.Changes{BootEpoch: a.boot, Revision: a.revision, Transfers: []agentapi.Status{}}
		for _, tr := range a.transfers {
			if tr.revision > since {
				out.Transfers = append(out.Transfers, tr.status)
			}
		}
		wake, down := a.wake, a.down
		a.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		if len(out.Transfers) > 0 || since == 0 || ctx.Err() != nil {
			answer(w, out)
			return
		}
		select {
		case <-wake:
		case <-ctx.Done():
		}
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller may be gone
}

func refuse(w http.ResponseWriter, p *agentapi.Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller may be gone
}
