package plug

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store"
	"longhaul/internal/store/accounts"
	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/announce"
	"longhaul/internal/store/blocks"
	"longhaul/internal/store/bulk"
	"longhaul/internal/store/files"
	"longhaul/internal/store/flags"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/labels"
	"longhaul/internal/store/library"
	"longhaul/internal/store/mails"
	"longhaul/internal/store/media"
	"longhaul/internal/store/notices"
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
	"longhaul/models"
)

// The aggregates, by names that no method of theirs has.
type (
	accountsRows  = accounts.Accounts
	admissionRows = admission.Admission
	agentsRows    = agents.Agents
	filesRows     = files.Files
	flagsRows     = flags.Flags
	jobsRows      = jobs.Jobs
	labelsRows    = labels.Labels
	rulesRows     = rules.Rules
	libraryRows   = library.Library
	adminBulk     = bulk.Admin
	ownBulk       = bulk.Own
	announceRows  = announce.Announcements
	blocksRows    = blocks.Blocks
	databaseRows  = postgres.DB
	adminJobs     = jobs.Admin
	mailsRows     = mails.Mails
	mediaRows     = media.Media
	adminNotices  = notices.Admin
	strikesRows   = strikes.Strikes
	overviewRows  = overview.Overview
	playbackRows  = playback.Playback
	progressRows  = progress.Progress
	providersRows = providers.Providers
	quotaRows     = quota.Quota
	recordsRows   = records.Records
	sharesRows    = shares.Shares
	adminShares   = shares.Admin
	sourcesRows   = sources.Sources
	stockRows     = stock.Stock
	timelineRows  = timeline.Timeline
	transfersRows = transfers.Transfers
)

type callersStore struct {
	*accountsRows
	*agentsRows
	*flagsRows
	*recordsRows
}

// Callers returns what finding out who calls asks of the store.
func Callers(s *store.Store) callersStore {
	return callersStore{s.Accounts, s.Agents, s.Flags, s.Records}
}

type accountStore struct {
	*accountsRows
	*flagsRows
	*jobsRows
	*quotaRows
	*recordsRows
}

// Account returns what an account's owner asks of the store.
func Account(s *store.Store) accountStore {
	return accountStore{s.Accounts, s.Flags, s.Jobs, s.Quota, s.Records}
}

type adminStore struct {
	*accountsRows
	*admissionRows
	*agentsRows
	*adminBulk
	*adminJobs
	*flagsRows
	*announceRows
	*adminNotices
	*mailsRows
	*overviewRows
	*providersRows
	*quotaRows
	*recordsRows
	*adminShares
	*stockRows
	*strikesRows
}

// Admin returns what administrators ask of the store.
func Admin(s *store.Store) adminStore {
	return adminStore{
		s.Accounts, s.Admission, s.Agents, s.Bulk.Admin(), s.Jobs.Admin(), s.Flags, s.Announce, s.Notices.Admin(), s.Mails, s.Overview, s.Providers, s.Quota, s.Records,
		s.Shares.Admin(), s.Stock, s.Strikes,
	}
}

type systemStore struct {
	*accountsRows
	*announceRows
}

// System returns what anyone asks of the store before they sign in.
func System(s *store.Store) systemStore { return systemStore{s.Accounts, s.Announce} }

type agentCallsStore struct {
	*agentsRows
	*filesRows
	*transfersRows
}

// AgentCalls returns what the calls of compute agents ask of the store.
func AgentCalls(s *store.Store) agentCallsStore {
	return agentCallsStore{s.Agents, s.Files, s.Transfers}
}

type deliveryStore struct {
	*accountsRows
	*filesRows
	*flagsRows
	*jobsRows
	*libraryRows
	*mediaRows
	*quotaRows
	*sharesRows
}

// Delivery returns what the files origin asks of the store.
func Delivery(s *store.Store) deliveryStore {
	return deliveryStore{s.Accounts, s.Files, s.Flags, s.Jobs, s.Library, s.Media, s.Quota, s.Shares}
}

type sharesStore struct {
	*flagsRows
	*recordsRows
	*sharesRows
}

// Shares returns what owners and visitors of shares ask of the store.
func Shares(s *store.Store) sharesStore { return sharesStore{s.Flags, s.Records, s.Shares} }

// fileDeleter deletes files of jobs.
type fileDeleter interface {
	DeleteFiles(ctx context.Context, userID, jobID uuid.UUID, ids []uuid.UUID) (models.Thrown, error)
}

type libraryStore struct {
	*libraryRows
	fileDeleter
}

// Library returns what the library of an owner asks of the store.
func Library(s *store.Store) libraryStore { return libraryStore{s.Library, s.Jobs} }

type mediaStore struct {
	*filesRows
	*mediaRows
	*playbackRows
	*sharesRows
}

// Media returns what playing files asks of the store.
func Media(s *store.Store) mediaStore { return mediaStore{s.Files, s.Media, s.Playback, s.Shares} }

type jobsStore struct {
	*admissionRows
	*blocksRows
	*filesRows
	*flagsRows
	*jobsRows
	*labelsRows
	*ownBulk
	*progressRows
	*providersRows
	*quotaRows
	*rulesRows
	*sourcesRows
	*timelineRows
}

// Jobs returns what the owner of jobs asks of the store.
func Jobs(s *store.Store) jobsStore {
	return jobsStore{s.Admission, s.Blocks, s.Files, s.Flags, s.Jobs, s.Labels, s.Bulk.Own(), s.Progress, s.Providers, s.Quota, s.Rules, s.Sources, s.Timeline}
}

type healthStore struct {
	*databaseRows
	*overviewRows
}

// Health returns what looking how the deployment does asks of the store.
func Health(s *store.Store) healthStore {
	return healthStore{s.DB, s.Overview}
}
