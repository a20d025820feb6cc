package worker_test

import (
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// stage is a system whose agent and Seedr account do nothing until told to, so
// that a job can be caught in any state.
type stage struct {
	*system
	account *account
	mode    atomic.Value // "holds", "resolves", "stalls", "fails" or "works"
}

func newStage(t *testing.T) *stage {
	t.Helper()
	a := newAccount(t, seedrtest.Default())
	a.patience = time.Hour
	s := &stage{system: newSystem(t, options{seedr: a, selection: time.Hour, attention: time.Hour}), account: a}
	s.agent(func(a *agentapitest.Agent, id string, st agentapi.StartTransfer) {
		switch mode := s.mode.Load(); {
		case mode == "works", mode == "resolves" && st.Kind == agentapi.KindResolve:
			s.works(a, id, st)
		case mode == "fails":
			a.Fail(id, string(models.ProblemNotFoundAtSource), "The server does not have it.")
		case mode == "stalls":
			a.Fail(id, string(models.ProblemStalled), "Nothing came for too long.")
		default:
			a.Set(id, func(st *agentapi.Status) { st.Phase = agentapi.PhaseDownloading })
		}
	})
	return s
}

// reach submits a job and waits until it is in the state.
func (s *stage) reach(state models.State) models.Job {
	s.t.Helper()
	s.heard() // the jobs before may have taken longer than an agent may be silent
	var job models.Job
	switch state {
	case models.StateResolving:
		s.mode.Store("holds")
		job = s.submit(models.NewJob{})
	case models.StateAwaitingSelection:
		s.mode.Store("resolves")
		job = s.submit(models.NewJob{ChooseFiles: true})
	case models.StateNeedsAttention:
		s.mode.Store("stalls")
		job = s.known()
	default:
		s.mode.Store("holds")
		job = s.known()
	}
	return s.until(job.ID, state)
}

// act does one thing to the job and waits until it is done.
func (s *stage) act(job models.Job, act string) {
	s.t.Helper()
	ctx, job := s.t.Context(), s.job(job.ID)
	var err error
	switch act {
	case "pause":
		s.asks(job, pause)
	case "resume":
		s.asks(job, resume)
	case "select":
		err = s.chooses(job, 0)
	case "select what is not there":
		if err = s.chooses(job, 7); models.AsError(err).Problem == models.ProblemBadSelection {
			err = nil
		}
	case "move":
		to := models.ProviderSeedr
		if job.Provider == to {
			to = models.ProviderAgent
		}
		s.asks(job, models.Ask{Act: models.ActionMove, Provider: to})
	case "retry":
		_, err = s.store.Jobs.RequestRetry(ctx, s.user.ID, job.ID)
	case "cancel":
		if _, err = s.store.Jobs.RequestCancel(ctx, s.user.ID, job.ID); err == nil {
			s.until(job.ID, models.StateCancelled)
		}
	case "delete":
		err = s.store.Jobs.RequestDelete(ctx, s.user.ID, job.ID)
	case "go on": // both providers bring what they are given from now on
		s.account.has(s.system)
		s.mode.Store("works")
	default: // a state to wait for
		s.until(job.ID, models.State(act))
	}
	if err != nil {
		s.t.Fatalf("%s: %v", act, err)
	}
}

// Whatever is done to a job, in any state and however often, it does what it
// should, and every run replays.
func TestEveryActInEveryState(t *testing.T) {
	s := newStage(t)
	for _, tc := range []struct {
		name string
		from models.State
		acts []string
		want models.State // empty: nothing is left
	}{
		{"paused while resolving", models.StateResolving, []string{"pause", "go on", "resume"}, models.StateReady},
		{"cancelled while resolving", models.StateResolving, []string{"cancel"}, models.StateCancelled},
		{"deleted while resolving", models.StateResolving, []string{"delete"}, ""},
		{"moved while resolving", models.StateResolving, []string{"move", "go on"}, models.StateReady},
		{
			"choosing, paused between, and wrong at first", models.StateAwaitingSelection,
			[]string{"select what is not there", "pause", "resume", "select what is not there", "select what is not there", "pause", "resume", "go on", "select"},
			models.StateReady,
		},
		{"cancelled while choosing", models.StateAwaitingSelection, []string{"pause", "resume", "cancel"}, models.StateCancelled},
		{"moved while choosing", models.StateAwaitingSelection, []string{"move", "go on", "select"}, models.StateReady},
		{
			"paused again and again", models.StateDownloading,
			[]string{"pause", "resume", "downloading", "pause", "resume", "downloading", "pause", "resume", "pause", "go on", "resume"},
			models.StateReady,
		},
		{"moved back and forth while paused", models.StateDownloading, []string{"pause", "move", "move", "move", "move", "move", "go on", "resume"}, models.StateReady},
		{"moved back and forth", models.StateDownloading, []string{"move", "downloading", "move", "downloading", "move", "move", "move", "go on"}, models.StateReady},
		{"moved, then paused", models.StateDownloading, []string{"move", "downloading", "pause", "go on", "resume"}, models.StateReady},
		{"moved, then cancelled, then retried", models.StateDownloading, []string{"move", "downloading", "cancel", "go on", "retry"}, models.StateReady},
		{"moved and deleted at once", models.StateDownloading, []string{"move", "delete"}, ""},
		{"moved and cancelled at once", models.StateDownloading, []string{"move", "cancel"}, models.StateCancelled},
		{"parked, and retried twice", models.StateNeedsAttention, []string{"retry", "needs_attention", "go on", "retry"}, models.StateReady},
		{"parked, then moved", models.StateNeedsAttention, []string{"go on", "move"}, models.StateReady},
		{"parked, then cancelled", models.StateNeedsAttention, []string{"cancel"}, models.StateCancelled},
		{"parked, then deleted", models.StateNeedsAttention, []string{"delete"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			outer := s.t
			s.t = t
			defer func() { s.t = outer }()
			s.user = storetest.User(t, s.store)
			job := s.reach(tc.from)
			for _, act := range tc.acts {
				s.act(job, act)
			}
			if tc.want == "" {
				s.eventually(func() string {
					if _, err := s.store.Worker().Jobs.Job(t.Context(), job.ID); models.CodeOf(err) != models.CodeNotFound {
						return "the row is still there"
					}
					return ""
				})
				s.replays(tc.name, s.histories(job.ID))
				s.gone(job.ID)
				return
			}
			s.until(job.ID, tc.want)
			ends := map[models.State]enumspb.WorkflowExecutionStatus{models.StateReady: completed, models.StateCancelled: canceled}
			s.replays(tc.name, s.closed(job.ID, ends[tc.want]))
			if tc.want == models.StateReady {
				s.delivered(job.ID)
			}
		})
	}
	s.emptied(s.account)
}
