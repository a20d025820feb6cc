// Package admission decides which queued job gets a slot next, moves those that
// waited too long for their provider, and says what owners' jobs wait for.
//
// It depends on jobs, which take the slots, on quota and on the providers. It
// starts nothing.
package admission

import (
	"time"

	"longhaul/internal/store/agents"
	"longhaul/internal/store/flags"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
)

// Admission gives slots to queued jobs.
type Admission struct {
	SlowAfter     time.Duration // how long a job may be slow while others wait before it gives its slot up; 0 means for ever
	FailoverAfter time.Duration // how long a job waits for a provider that cannot take it before it may move; 0 is 2 min

	db        *postgres.DB
	outbox    *outbox.Outbox
	quota     *quota.Quota
	agents    *agents.Agents
	providers *providers.Providers
	flags     *flags.Flags
	jobs      *jobs.Jobs
}

// Deps are the aggregates that admission goes by.
type Deps struct {
	Outbox    *outbox.Outbox
	Quota     *quota.Quota
	Agents    *agents.Agents
	Providers *providers.Providers
	Flags     *flags.Flags
	Jobs      *jobs.Jobs
}

// New returns the admission of the database.
func New(db *postgres.DB, d Deps) *Admission {
	return &Admission{
		db: db, outbox: d.Outbox, quota: d.Quota, agents: d.Agents,
		providers: d.Providers, flags: d.Flags, jobs: d.Jobs,
	}
}

// Worker returns the methods that only the worker may use.
func (ad *Admission) Worker() *Worker { return &Worker{ad} }

// Worker runs rounds of admission.
type Worker struct{ ad *Admission }
