// Package store opens Longhaul's records in Postgres and puts its aggregates
// together; each is a package below this one. They take and return models types
// and models errors; gorm and SQL stay inside. Methods on rows that a user owns
// take the user's id first and know nothing of other users' rows.
//
// It has no query of its own but the one that compares the schema's version. The
// aggregates decide no policy beyond what has to be atomic: guarded transitions,
// idempotency, admission, placement and fencing.
package store

import (
	"context"
	"log/slog"

	"longhaul/internal/store/accounts"
	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/announce"
	"longhaul/internal/store/attempts"
	"longhaul/internal/store/blocks"
	"longhaul/internal/store/bulk"
	"longhaul/internal/store/exports"
	"longhaul/internal/store/figures"
	"longhaul/internal/store/files"
	"longhaul/internal/store/flags"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/labels"
	"longhaul/internal/store/library"
	"longhaul/internal/store/limits"
	"longhaul/internal/store/mails"
	"longhaul/internal/store/media"
	"longhaul/internal/store/notices"
	"longhaul/internal/store/notifications"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/overview"
	"longhaul/internal/store/playback"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/progress"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/internal/store/rules"
	"longhaul/internal/store/shares"
	"longhaul/internal/store/sources"
	"longhaul/internal/store/stock"
	"longhaul/internal/store/strikes"
	"longhaul/internal/store/timeline"
	"longhaul/internal/store/transfers"
	"longhaul/internal/store/trash"
)

// Store is the aggregates on one database. Their methods may be called
// concurrently; those that share a context share its transaction.
type Store struct {
	DB *postgres.DB

	Limits        *limits.Limits
	Outbox        *outbox.Outbox
	Records       *records.Records
	Flags         *flags.Flags
	Quota         *quota.Quota
	Mails         *mails.Mails
	Accounts      *accounts.Accounts
	Agents        *agents.Agents
	Providers     *providers.Providers
	Sources       *sources.Sources
	Blocks        *blocks.Blocks
	Timeline      *timeline.Timeline
	Files         *files.Files
	Progress      *progress.Progress
	Attempts      *attempts.Attempts
	Jobs          *jobs.Jobs
	Transfers     *transfers.Transfers
	Admission     *admission.Admission
	Stock         *stock.Stock
	Bulk          *bulk.Bulk
	Announce      *announce.Announcements
	Figures       *figures.Figures
	Strikes       *strikes.Strikes
	Notices       *notices.Notices
	Shares        *shares.Shares
	Exports       *exports.Exports
	Overview      *overview.Overview
	Labels        *labels.Labels
	Rules         *rules.Rules
	Trash         *trash.Trash
	Notifications *notifications.Notifications
	Library       *library.Library
	Media         *media.Media
	Playback      *playback.Playback
}

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
	s := &Store{
		DB: db, Limits: limits.New(db), Outbox: outbox.New(db), Sources: sources.New(db), Blocks: blocks.New(db), Files: files.New(db),
		Progress: progress.New(db), Attempts: attempts.New(db),
	}
	s.Labels, s.Library, s.Playback = labels.New(db, s.Outbox), library.New(db, s.Outbox), playback.New(db)
	s.Rules = rules.New(db, s.Labels)
	s.Media = media.New(db, s.Outbox)
	s.Records = records.New(db, s.Limits)
	s.Flags = flags.New(db, s.Outbox, s.Records)
	s.Quota = quota.New(db, s.Records)
	s.Announce = announce.New(db, s.Outbox, s.Records)
	s.Agents = agents.New(db, s.Outbox, s.Records)
	s.Timeline = timeline.New(db, s.Outbox)
	s.Mails = mails.New(db, s.Outbox)
	s.Notifications = notifications.New(db, s.Outbox, s.Mails)
	s.Accounts = accounts.New(db, s.Outbox, s.Records, s.Quota, s.Mails)
	s.Providers = providers.New(db, s.Records, s.Agents, s.Flags)
	s.Strikes = strikes.New(db, s.Records, s.Mails, s.Accounts)
	s.Jobs = jobs.New(db, jobs.Deps{
		Outbox: s.Outbox, Mails: s.Mails, Records: s.Records, Quota: s.Quota, Accounts: s.Accounts, Providers: s.Providers,
		Labels: s.Labels, Library: s.Library, Playback: s.Playback,
		Flags: s.Flags, Strikes: s.Strikes, Blocks: s.Blocks, Timeline: s.Timeline, Notifications: s.Notifications, Files: s.Files, Progress: s.Progress, Attempts: s.Attempts,
	})
	s.Transfers = transfers.New(db, transfers.Deps{
		Outbox: s.Outbox, Quota: s.Quota, Agents: s.Agents, Providers: s.Providers, Timeline: s.Timeline,
		Files: s.Files, Attempts: s.Attempts, Jobs: s.Jobs,
	})
	s.Admission = admission.New(db, admission.Deps{
		Outbox: s.Outbox, Quota: s.Quota, Agents: s.Agents, Providers: s.Providers, Flags: s.Flags, Jobs: s.Jobs,
	})
	s.Trash = trash.New(db, s.Jobs)
	s.Figures = figures.New(db, s.Outbox, s.Agents, s.Providers, s.Admission)
	s.Stock = stock.New(db, s.Outbox, s.Records, s.Quota, s.Jobs)
	s.Bulk = bulk.New(db, s.Outbox, s.Records, s.Jobs.Admin(), s.Jobs)
	s.Notices = notices.New(db, notices.Deps{Outbox: s.Outbox, Records: s.Records, Mails: s.Mails, Strikes: s.Strikes, Jobs: s.Jobs.Admin()})
	s.Shares = shares.New(db, s.Outbox, s.Records, s.Library)
	s.Exports = exports.New(db, s.Outbox, s.Records, s.Mails)
	s.Overview = overview.New(db, overview.Deps{
		Outbox: s.Outbox, Agents: s.Agents, Providers: s.Providers, Stock: s.Stock, Admission: s.Admission,
	})
	return s
}

// Worker is the sides of the aggregates that only the worker may use: they are
// not bound to a user.
type Worker struct {
	Limits        *limits.Worker
	Outbox        *outbox.Worker
	Records       *records.Worker
	Quota         *quota.Worker
	Mails         *mails.Worker
	Accounts      *accounts.Worker
	Agents        *agents.Worker
	Providers     *providers.Worker
	Sources       *sources.Worker
	Timeline      *timeline.Worker
	Files         *files.Worker
	Progress      *progress.Worker
	Attempts      *attempts.Worker
	Jobs          *jobs.Worker
	Transfers     *transfers.Worker
	Admission     *admission.Worker
	Stock         *stock.Worker
	Bulk          *bulk.Worker
	Figures       *figures.Worker
	Notices       *notices.Worker
	Shares        *shares.Worker
	Exports       *exports.Worker
	Trash         *trash.Worker
	Notifications *notifications.Worker
	Library       *library.Worker
	Media         *media.Worker
}

// Worker returns the worker's side of each aggregate.
func (s *Store) Worker() Worker {
	return Worker{
		Limits:        s.Limits.Worker(),
		Outbox:        s.Outbox.Worker(),
		Records:       s.Records.Worker(),
		Quota:         s.Quota.Worker(),
		Mails:         s.Mails.Worker(),
		Accounts:      s.Accounts.Worker(),
		Agents:        s.Agents.Worker(),
		Providers:     s.Providers.Worker(),
		Sources:       s.Sources.Worker(),
		Timeline:      s.Timeline.Worker(),
		Files:         s.Files.Worker(),
		Progress:      s.Progress.Worker(),
		Attempts:      s.Attempts.Worker(),
		Jobs:          s.Jobs.Worker(),
		Transfers:     s.Transfers.Worker(),
		Admission:     s.Admission.Worker(),
		Stock:         s.Stock.Worker(),
		Bulk:          s.Bulk.Worker(),
		Figures:       s.Figures.Worker(),
		Notices:       s.Notices.Worker(),
		Shares:        s.Shares.Worker(),
		Exports:       s.Exports.Worker(),
		Trash:         s.Trash.Worker(),
		Notifications: s.Notifications.Worker(),
		Library:       s.Library.Worker(),
		Media:         s.Media.Worker(),
	}
}
