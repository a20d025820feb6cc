package activities_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// bench is a real store with one user, and agents over the real wire.
type bench struct {
	*testing.T
	store *store.Store
	work  store.Worker
	user  models.User
}

func setup(t *testing.T) *bench {
	t.Helper()
	s := storetest.New(t)
	return &bench{T: t, store: s, work: s.Worker(), user: storetest.User(t, s)}
}

// agent adds an agent of the capacity that is alive.
func (b *bench) agent(capacity int) (models.Agent, *agentapitest.Agent) {
	b.Helper()
	a := agentapitest.NewAgent(b.T)
	return storetest.AgentAt(b.T, b.store, a.URL, capacity), a
}

func (b *bench) admitted(sizes ...int64) models.Job {
	b.Helper()
	return storetest.Admitted(b.T, b.store, b.user.ID, sizes...)
}

func (b *bench) job(id uuid.UUID) models.Job {
	b.Helper()
	return storetest.Must[models.Job](b.T)(b.work.Jobs.Job(b.Context(), id))
}

func (b *bench) lastAttempt(id uuid.UUID) models.Attempt {
	b.Helper()
	return storetest.LastAttempt(b.T, b.store, id)
}

// env returns an environment in which the activities run.
func env(acts ...any) *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	e := suite.NewTestActivityEnvironment()
	for _, a := range acts {
		e.RegisterActivity(a)
	}
	return e
}

// failedWith returns the failure of an activity.
func failedWith(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	ae, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok {
		t.Fatalf("failed with %v", err)
	}
	return ae
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func changeTo(s models.State) models.JobChange {
	return models.JobChange{To: s, Reason: models.Because(models.ReasonWaitsForSlot)}
}
