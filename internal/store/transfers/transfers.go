// Package transfers has providers run what jobs fetch: it records what their
// workflows request, gives it a place at an agent or at Seedr, and accepts the
// results, but only from the newest attempt.
//
// It depends on jobs, whose states it moves, on their attempts and files, and on
// the providers. It calls nobody: who tells an agent is internal/placement.
package transfers

import (
	"longhaul/internal/store/agents"
	"longhaul/internal/store/attempts"
	"longhaul/internal/store/files"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/timeline"
)

// Transfers places transfers and accepts their results.
type Transfers struct {
	db        *postgres.DB
	outbox    *outbox.Outbox
	quota     *quota.Quota
	agents    *agents.Agents
	providers *providers.Providers
	timeline  *timeline.Timeline
	files     *files.Files
	attempts  *attempts.Attempts
	jobs      *jobs.Jobs
}

// Deps are the aggregates that a transfer touches.
type Deps struct {
	Outbox    *outbox.Outbox
	Quota     *quota.Quota
	Agents    *agents.Agents
	Providers *providers.Providers
	Timeline  *timeline.Timeline
	Files     *files.Files
	Attempts  *attempts.Attempts
	Jobs      *jobs.Jobs
}

// New returns the transfers of the database.
func New(db *postgres.DB, d Deps) *Transfers {
	return &Transfers{
		db: db, outbox: d.Outbox, quota: d.Quota, agents: d.Agents, providers: d.Providers, timeline: d.Timeline,
		files: d.Files, attempts: d.Attempts, jobs: d.Jobs,
	}
}

// Worker returns the methods that only the worker may use.
func (tr *Transfers) Worker() *Worker { return &Worker{tr} }

// Worker places transfers, and keeps what trackers and copiers find.
type Worker struct{ tr *Transfers }
