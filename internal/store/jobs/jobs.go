// Package jobs keeps the jobs: it accepts and lists them, moves them through
// their states, does what their owners ask, and removes them. A transition, what
// it books, the attempt that it ends and its event are one transaction.
//
// It depends on what belongs to a job, and on the accounts, which go with their
// last job. Which job gets a slot is for admission to say, and where its
// transfer runs for transfers.
package jobs

import (
	"context"
	"time"

	"longhaul/internal/store/accounts"
	"longhaul/internal/store/attempts"
	"longhaul/internal/store/blocks"
	"longhaul/internal/store/files"
	"longhaul/internal/store/flags"
	"longhaul/internal/store/labels"
	"longhaul/internal/store/library"
	"longhaul/internal/store/mails"
	"longhaul/internal/store/notifications"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/playback"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/progress"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/internal/store/strikes"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// Jobs keeps the jobs.
type Jobs struct {
	MaxAttempts int // how often a new job is tried before a person is asked; 0 does not count

	// TrashFor is how long what is deleted can be restored; 0 deletes for good.
	TrashFor time.Duration

	// Moved hears of each job that has come to another state; nil if no one counts.
	Moved func(models.JobMoved)

	db            *postgres.DB
	outbox        *outbox.Outbox
	mails         *mails.Mails
	records       *records.Records
	quota         *quota.Quota
	accounts      *accounts.Accounts
	providers     *providers.Providers
	flags         *flags.Flags
	blocks        *blocks.Blocks
	strikes       *strikes.Strikes
	timeline      *timeline.Timeline
	files         *files.Files
	progress      *progress.Progress
	attempts      *attempts.Attempts
	labels        *labels.Labels
	notifications *notifications.Notifications
	library       *library.Library
	playback      *playback.Playback
}

// Deps are the aggregates that a job touches.
type Deps struct {
	Outbox        *outbox.Outbox
	Mails         *mails.Mails
	Records       *records.Records
	Quota         *quota.Quota
	Accounts      *accounts.Accounts
	Providers     *providers.Providers
	Flags         *flags.Flags
	Blocks        *blocks.Blocks
	Strikes       *strikes.Strikes
	Timeline      *timeline.Timeline
	Files         *files.Files
	Progress      *progress.Progress
	Attempts      *attempts.Attempts
	Labels        *labels.Labels
	Notifications *notifications.Notifications
	Library       *library.Library
	Playback      *playback.Playback
}

// New returns the jobs of the database.
func New(db *postgres.DB, d Deps) *Jobs {
	return &Jobs{
		db: db, outbox: d.Outbox, mails: d.Mails, records: d.Records, quota: d.Quota, accounts: d.Accounts, providers: d.Providers, flags: d.Flags,
		labels: d.Labels, playback: d.Playback,
		strikes: d.Strikes, blocks: d.Blocks, timeline: d.Timeline, notifications: d.Notifications, files: d.Files, library: d.Library, progress: d.Progress, attempts: d.Attempts,
	}
}

// Worker returns the methods that only the worker may use.
func (js *Jobs) Worker() *Worker { return &Worker{js} }

// Worker moves jobs as their workflows say, and tidies up after them.
type Worker struct{ js *Jobs }

// save writes columns of the locked job as they are in it.
func (js *Jobs) save(ctx context.Context, doing string, job *models.Job, columns ...string) error {
	return postgres.Translate(js.db.Conn(ctx).Model(job).Select(columns).UpdateColumns(job).Error, doing)
}
