// Package store opens Longhaul's records in Postgres and puts its aggregates
// together; each is a package below this one. They take and return models types
// and models errors; gorm and SQL stay inside. Methods on rows that a user owns
// take the user's id first and know nothing of other users' rows.
//
// It decides no policy beyond what has to be atomic: guarded transitions,
// idempotency, admission, placement and fencing.
package store

import (
	"context"
	"log/slog"

	"longhaul/internal/store/accounts"
	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/attempts"
	"longhaul/internal/store/files"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/limits"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/progress"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/internal/store/sources"
	"longhaul/internal/store/timeline"
	"longhaul/internal/store/transfers"
)

// Store reads and writes the database. Its methods may be called concurrently.
type Store struct {
	*postgres.DB
	*limits.Limits
	*outbox.Outbox
	*records.Records
	*quota.Quota
	*accounts.Accounts
	*agents.Agents
	*providers.Providers
	*sources.Sources
	*timeline.Timeline
	*filesOf
	*progress.Progress
	attempts *attempts.Attempts
	*jobsOf
	*transfers.Transfers
	*admission.Admission
}

type (
	filesOf = files.Files
	jobsOf  = jobs.Jobs
)

// Open connects to the database. The schema has to be there, see Migrate.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	db, err := postgres.Open(ctx, dsn, log.With("component", "store"))
	if err != nil {
		return nil, err
	}
	return On(db), nil
}

// On returns the store on a database that is open.
func On(db *postgres.DB) *Store {
	l, o := limits.New(db), outbox.New(db)
	r := records.New(db, l)
	q := quota.New(db, r)
	ag := agents.New(db, o, r)
	pr := providers.New(db, r, ag)
	ac := accounts.New(db, o, r, q)
	so, tl, fi, pg, at := sources.New(db), timeline.New(db, o), files.New(db), progress.New(db), attempts.New(db)
	js := jobs.New(db, jobs.Deps{
		Outbox: o, Records: r, Quota: q, Accounts: ac, Providers: pr, Sources: so, Timeline: tl, Files: fi, Progress: pg, Attempts: at,
	})
	tr := transfers.New(db, transfers.Deps{
		Outbox: o, Quota: q, Agents: ag, Providers: pr, Timeline: tl, Files: fi, Attempts: at, Jobs: js,
	})
	ad := admission.New(db, admission.Deps{Outbox: o, Quota: q, Agents: ag, Providers: pr, Jobs: js})
	return &Store{
		DB: db, Limits: l, Outbox: o, Records: r, Quota: q, Accounts: ac, Agents: ag, Providers: pr,
		Sources: so, Timeline: tl, filesOf: fi, Progress: pg, attempts: at, jobsOf: js, Transfers: tr, Admission: ad,
	}
}

// Work returns the methods that only the worker may use: they are not bound to
// a user.
func (s *Store) Work() *Work {
	return &Work{
		limitsWork: s.Limits.Worker(), outboxWork: s.Outbox.Worker(), recordsWork: s.Records.Worker(),
		quotaWork: s.Quota.Worker(), accountsWork: s.Accounts.Worker(), agentsWork: s.Agents.Worker(), providersWork: s.Providers.Worker(),
		sourcesWork: s.Sources.Worker(), timelineWork: s.Timeline.Worker(), filesWork: s.filesOf.Worker(), progressWork: s.Progress.Worker(),
		attemptsWork: s.attempts.Worker(), jobsWork: s.jobsOf.Worker(), transfersWork: s.Transfers.Worker(), admissionWork: s.Admission.Worker(),
	}
}

// Work is the worker's side of the store.
type Work struct {
	*limitsWork
	*outboxWork
	*recordsWork
	*quotaWork
	*accountsWork
	*agentsWork
	*providersWork
	*sourcesWork
	*timelineWork
	*filesWork
	*progressWork
	*attemptsWork
	*jobsWork
	*transfersWork
	*admissionWork
}

type (
	limitsWork    = limits.Worker
	outboxWork    = outbox.Worker
	recordsWork   = records.Worker
	quotaWork     = quota.Worker
	accountsWork  = accounts.Worker
	agentsWork    = agents.Worker
	providersWork = providers.Worker
	sourcesWork   = sources.Worker
	timelineWork  = timeline.Worker
	filesWork     = files.Worker
	progressWork  = progress.Worker
	attemptsWork  = attempts.Worker
	jobsWork      = jobs.Worker
	transfersWork = transfers.Worker
	admissionWork = admission.Worker
)
