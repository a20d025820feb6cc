package worker_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/models"
	"longhaul/workflows"
)

// The paths below run on a real server; each history is replayed, and is a
// fixture of workflows/testdata/replay when LONGHAUL_RECORD_REPLAY names that
// folder.

const (
	completed = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	canceled  = enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED
	failed    = enumspb.WORKFLOW_EXECUTION_STATUS_FAILED
)

func TestKnownFilesToReady(t *testing.T) {
	s := newSystem(t, options{})
	_, a := s.agent(s.works)
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.straight("known_files", s.closed(job.ID, completed))
	s.eventually(func() string {
		if _, has := a.Has(job.ID.String()); has {
			return "the agent still has the finished transfer"
		}
		return ""
	})
}

func TestURLToReady(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if st.Kind == agentapi.KindResolve {
			a.Resolve(id, agentapi.Manifest{
				Name: s.name(), Files: []agentapi.ManifestFile{{Path: s.name(), Size: int64(len(s.content))}},
			})
			return
		}
		s.works(a, id, st)
	})
	job := s.submit(models.NewJob{Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/" + s.name()}})
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.straight("url", s.closed(job.ID, completed))
}

// TestURLThatLeadsToATorrent is the job of an address that turns out to send a
// torrent: from there on it is the torrent's, and its agent gets the metainfo.
func TestURLThatLeadsToATorrent(t *testing.T) {
	s := newSystem(t, options{})
	asked := make(chan agentapi.Source, 2)
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		asked <- st.Source
		s.works(a, id, st)
	})
	const address = "https://example.com/payload.torrent"
	job := s.submit(models.NewJob{Source: models.Source{Kind: models.SourceURL, URI: address}})
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.straight("url_to_torrent", s.closed(job.ID, completed))
	if first, second := <-asked, <-asked; first.URL != address || second.URL != "" || len(second.Metainfo) == 0 {
		t.Errorf("agents were asked for %q, then for %q and %d bytes of metainfo", first.URL, second.URL, len(second.Metainfo))
	}
	got, err := s.store.Worker().Jobs.Job(t.Context(), job.ID)
	if err != nil || got.SourceKind != models.SourceTorrent || got.OriginURI != address || got.InfoHashV1 == nil {
		t.Errorf("the job is a %s from %q, %v", got.SourceKind, got.OriginURI, err)
	}
}

func TestMagnetWithResolveAndLostAgent(t *testing.T) {
	s := newSystem(t, options{})
	lost := make(chan struct{})
	first, _ := s.agent(s.downloading(func(a *agentapitest.Agent, _ string) {
		a.SetDown(true)
		close(lost)
	}))
	job := s.submit(models.NewJob{})
	<-lost
	s.agent(s.works)
	s.silence(first)
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.straight("resolve_and_lost_agent", s.closed(job.ID, completed))
}

func TestAgentLostTwice(t *testing.T) {
	s := newSystem(t, options{})
	lost := make(chan struct{}, 2)
	down := s.downloading(func(a *agentapitest.Agent, _ string) {
		a.SetDown(true)
		lost <- struct{}{}
	})
	first, _ := s.agent(down)
	job := s.known()
	<-lost
	second, _ := s.agent(down)
	s.silence(first)
	<-lost
	s.agent(s.works)
	s.silence(second)
	if got := s.until(job.ID, models.StateReady); got.Epoch != 3 {
		t.Errorf("epoch is %d, want 3", got.Epoch)
	}
	s.straight("agent_lost_twice", s.closed(job.ID, completed))
}

func TestAdminMovesAJobToAnotherAgent(t *testing.T) {
	s := newSystem(t, options{})
	stands := make(chan struct{}, 2)
	first, _ := s.agent(s.downloading(func(*agentapitest.Agent, string) { stands <- struct{}{} }))
	job := s.known()
	<-stands
	other, _ := s.agent(s.works)
	_, err := s.store.Jobs.Admin().RequestAct(t.Context(), models.Actor{Kind: models.ActorSystem}, job.ID, models.AdminAct{
		Action: models.ActionMove, Provider: models.ProviderAgent,
	})
	if err != nil {
		t.Fatalf("move: %v", err)
	}
	if got := s.until(job.ID, models.StateReady); got.Epoch != 2 || got.AgentID == nil || *got.AgentID != other {
		t.Errorf("epoch %d on %v, want 2 on %s instead of %s", got.Epoch, got.AgentID, other, first)
	}
	s.delivered(job.ID)
	s.told(job.ID, models.ReasonCode(models.ProblemSentAway), "An administrator moved it to another agent.")
	s.closed(job.ID, completed)
}

func TestChooseFiles(t *testing.T) {
	s := newSystem(t, options{selection: time.Hour})
	s.agent(s.works)
	job := s.submit(models.NewJob{ChooseFiles: true})
	got := s.until(job.ID, models.StateAwaitingSelection)
	if got.Deadline == nil || got.AdmittedAt != nil || got.Reason.Code != models.ReasonChooseFiles {
		t.Errorf("waiting job: deadline %v, slot %v, %v", got.Deadline, got.AdmittedAt, got.Reason)
	}
	if err := s.chooses(got, 7); models.AsError(err).Problem != models.ProblemBadSelection {
		t.Errorf("selecting a missing file: %v", err)
	}
	if err := s.chooses(got, 0); err != nil {
		t.Fatalf("select: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.keep("files_chosen", s.closed(job.ID, completed))
}

func TestSelectionExpires(t *testing.T) {
	s := newSystem(t, options{selection: time.Second})
	s.agent(s.works)
	job := s.submit(models.NewJob{ChooseFiles: true})
	if got := s.until(job.ID, models.StateFailed); got.Problem != models.ProblemSelectionExpired {
		t.Errorf("problem is %q", got.Problem)
	}
	s.keep("selection_expired", s.closed(job.ID, failed))
}

func TestPauseAndResumeWhileDownloading(t *testing.T) {
	s := newSystem(t, options{})
	var starts atomic.Int32
	_, a := s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if starts.Add(1) == 1 {
			a.Set(id, func(st *agentapi.Status) { st.Phase = agentapi.PhaseDownloading })
			return
		}
		s.works(a, id, st)
	})
	job := s.known()
	job = s.until(job.ID, models.StateDownloading)
	s.eventually(func() string {
		if starts.Load() == 0 {
			return "not started"
		}
		return ""
	})
	s.asks(job, pause)
	if got := s.job(job.ID); got.State != models.StatePaused || got.AdmittedAt != nil {
		t.Errorf("after the answer the job is %s, slot %v", got.State, got.AdmittedAt)
	}
	s.eventually(func() string {
		if phase, ok := a.Has(job.ID.String()); !ok || phase != agentapi.PhaseStopped {
			return fmt.Sprintf("agent has %q, %v; want it stopped and kept", phase, ok)
		}
		return ""
	})
	if _, err := s.store.Jobs.RequestPause(t.Context(), s.user.ID, job.ID); models.AsError(err).Problem != models.ProblemWrongState {
		t.Errorf("second pause: %v", err)
	}
	s.asks(job, resume)
	s.until(job.ID, models.StateReady)
	s.keep("asked_to_pause", s.closed(job.ID, completed))
	if _, err := s.store.Jobs.RequestPause(t.Context(), s.user.ID, job.ID); models.AsError(err).Problem != models.ProblemWrongState {
		t.Errorf("pause of an ended job: %v", err)
	}
}

// Operators pause and resume in the Temporal UI, where they read the answer.
func TestOperatorsPauseAndResume(t *testing.T) {
	s := newSystem(t, options{})
	job := s.known() // no agent: it stays queued
	s.eventually(func() string {
		if err := s.update(job, workflows.UpdatePause); err != nil {
			return err.Error()
		}
		return ""
	})
	s.until(job.ID, models.StatePaused)
	s.agent(s.works)
	if err := s.update(job, workflows.UpdateResume); err != nil {
		t.Fatalf("resume: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.keep("pause_resume_queued", s.closed(job.ID, completed))
}

func TestCancelWhileDownloading(t *testing.T) {
	s := newSystem(t, options{})
	started := make(chan struct{})
	_, a := s.agent(s.downloading(func(_ *agentapitest.Agent, id string) {
		s.stored(id) // something is in storage already
		close(started)
	}))
	job := s.submit(models.NewJob{})
	<-started
	if _, err := s.store.Jobs.RequestCancel(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	if got := s.until(job.ID, models.StateCancelled); got.AdmittedAt != nil {
		t.Errorf("cancelled job holds a slot since %v", got.AdmittedAt)
	}
	s.keep("cancel_downloading", s.closed(job.ID, canceled))
	s.gone(job.ID)
	if _, has := a.Has(job.ID.String()); has {
		t.Errorf("the agent still has the cancelled transfer")
	}
}

func TestCancelWhileQueued(t *testing.T) {
	s := newSystem(t, options{})
	job := s.known()
	if _, err := s.store.Jobs.RequestCancel(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	s.until(job.ID, models.StateCancelled)
	s.keep("cancel_queued", s.closed(job.ID, canceled))
}

func TestCancelWhileStoring(t *testing.T) {
	s := newSystem(t, options{})
	s.gate.reached, s.gate.open = make(chan struct{}, 1), make(chan struct{})
	s.agent(s.works)
	job := s.known()
	<-s.gate.reached
	if _, err := s.store.Jobs.RequestCancel(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	s.until(job.ID, models.StateCancelled)
	s.keep("cancel_storing", s.closed(job.ID, canceled))
	s.gone(job.ID)
}

func TestCancelThatComesTooLate(t *testing.T) {
	s := newSystem(t, options{})
	s.gate.reached, s.gate.open = make(chan struct{}, 1), make(chan struct{})
	s.agent(s.works)
	job := s.known()
	<-s.gate.reached
	if err := s.flows.Cancel(t.Context(), job.ID); err != nil {
		t.Fatalf("cancel: %v", err)
	}
	close(s.gate.open) // before the cancel gets there with a heartbeat
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("cancel_too_late", s.closed(job.ID, completed))
}

func TestFinalFault(t *testing.T) {
	s := newSystem(t, options{pauses: []time.Duration{time.Hour}})
	_, a := s.agent(s.downloading(func(a *agentapitest.Agent, id string) {
		a.Fail(id, string(models.ProblemEngineCrashed), "The torrent crashes the download engine.")
	}))
	job := s.known()
	got := s.until(job.ID, models.StateFailed)
	if got.Problem != models.ProblemEngineCrashed || !got.Reason.Equal(models.ProblemEngineCrashed.Because()) {
		t.Errorf("failed with %q: %v", got.Problem, got.Reason)
	}
	s.keep("final_fault", s.closed(job.ID, failed))
	if starts := count(a.Calls(), "start"); starts != 1 {
		t.Errorf("started %d times, want once", starts)
	}
}

func TestFaultsParkThenRetry(t *testing.T) {
	s := newSystem(t, options{attention: time.Hour, pauses: []time.Duration{time.Millisecond, time.Millisecond}})
	var starts atomic.Int32
	_, a := s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if starts.Add(1) <= 3 {
			a.Fail(id, string(models.ProblemNoPeers), "No peer has it.")
			return
		}
		s.works(a, id, st)
	})
	job := s.known()
	got := s.until(job.ID, models.StateNeedsAttention)
	if got.Problem != models.ProblemNoPeers || got.Deadline == nil || got.AdmittedAt != nil {
		t.Errorf("parked with %q, deadline %v, slot %v", got.Problem, got.Deadline, got.AdmittedAt)
	}
	if n := count(a.Calls(), "start"); n != 3 {
		t.Errorf("started %d times before parking, want 3", n)
	}
	if _, err := s.store.Jobs.RequestRetry(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("retry: %v", err)
	}
	s.until(job.ID, models.StateReady)
	s.keep("parked_then_retried", s.closed(job.ID, completed))
}

func TestParkedUntilItFails(t *testing.T) {
	s := newSystem(t, options{attention: time.Second})
	s.agent(func(a *agentapitest.Agent, id string, _ agentapi.StartTransfer) {
		a.Fail(id, string(models.ProblemStalled), "Nothing came for too long.")
	})
	job := s.known()
	if got := s.until(job.ID, models.StateFailed); got.Problem != models.ProblemGaveUp {
		t.Errorf("failed with %q", got.Problem)
	}
	s.keep("parked_timeout", s.closed(job.ID, failed))
}

func TestIncompleteStorageIsFetchedAgain(t *testing.T) {
	s := newSystem(t, options{pauses: []time.Duration{time.Millisecond}})
	var starts atomic.Int32
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if starts.Add(1) == 1 {
			a.Finish(id) // it says so, but nothing is in storage
			return
		}
		s.works(a, id, st)
	})
	job := s.known()
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("storage_incomplete", s.closed(job.ID, completed))
}

func TestRetryAfterFailure(t *testing.T) {
	s := newSystem(t, options{})
	var starts atomic.Int32
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		if starts.Add(1) == 1 {
			a.Fail(id, string(models.ProblemNotFoundAtSource), "The server does not have it.")
			return
		}
		s.works(a, id, st)
	})
	job := s.known()
	s.until(job.ID, models.StateFailed)
	s.closed(job.ID, failed)
	if _, err := s.store.Jobs.RequestRetry(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("retry: %v", err)
	}
	if got := s.until(job.ID, models.StateReady); got.Run != 2 {
		t.Errorf("run is %d, want 2", got.Run)
	}
	s.keep("second_run", s.closed(job.ID, completed))
}

func TestDeleteRemovesRowsAndObjects(t *testing.T) {
	s := newSystem(t, options{})
	_, a := s.agent(s.downloading(func(_ *agentapitest.Agent, id string) { s.stored(id) }))
	job := s.known()
	s.until(job.ID, models.StateDownloading)
	if err := s.store.Jobs.RequestDelete(t.Context(), s.user.ID, job.ID); err != nil {
		t.Fatalf("delete: %v", err)
	}
	s.eventually(func() string {
		if _, err := s.store.Worker().Jobs.Job(t.Context(), job.ID); models.CodeOf(err) != models.CodeNotFound {
			return "the row is still there"
		}
		return ""
	})
	s.gone(job.ID)
	s.eventually(func() string {
		if _, has := a.Has(job.ID.String()); has {
			return "the agent still has the transfer"
		}
		return ""
	})
}

func TestWorkerKilledWhileDownloading(t *testing.T) {
	s := newSystem(t, options{})
	started := make(chan *agentapitest.Agent, 1)
	s.agent(s.downloading(func(a *agentapitest.Agent, _ string) { started <- a }))
	job := s.known()
	a := <-started
	s.restart()
	s.stored(job.ID.String())
	a.Finish(job.ID.String())
	s.until(job.ID, models.StateReady)
	if n := count(a.Calls(), "start"); n != 1 {
		t.Errorf("placed %d times, want once", n)
	}
}

func count(calls []agentapitest.Call, act string) int {
	return len(slices.DeleteFunc(calls, func(c agentapitest.Call) bool { return c.Act != act }))
}
