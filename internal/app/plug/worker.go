package plug

import (
	"longhaul/internal/store"
	"longhaul/internal/store/accounts"
	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/attempts"
	"longhaul/internal/store/bulk"
	"longhaul/internal/store/figures"
	"longhaul/internal/store/files"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/library"
	"longhaul/internal/store/limits"
	"longhaul/internal/store/mails"
	"longhaul/internal/store/media"
	"longhaul/internal/store/notices"
	"longhaul/internal/store/notifications"
	"longhaul/internal/store/outbox"
	"longhaul/internal/store/progress"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/internal/store/shares"
	"longhaul/internal/store/sources"
	"longhaul/internal/store/stock"
	"longhaul/internal/store/timeline"
	"longhaul/internal/store/transfers"
	"longhaul/internal/store/trash"
)

// The worker's sides of the aggregates, which all have one name.
type (
	accountsWork      = accounts.Worker
	admissionWork     = admission.Worker
	agentsWork        = agents.Worker
	attemptsWork      = attempts.Worker
	bulkWork          = bulk.Worker
	figuresWork       = figures.Worker
	filesWork         = files.Worker
	jobsWork          = jobs.Worker
	limitsWork        = limits.Worker
	mailsWork         = mails.Worker
	mediaWork         = media.Worker
	noticesWork       = notices.Worker
	outboxWork        = outbox.Worker
	progressWork      = progress.Worker
	providersWork     = providers.Worker
	quotaWork         = quota.Worker
	recordsWork       = records.Worker
	sharesWork        = shares.Worker
	sourcesWork       = sources.Worker
	stockWork         = stock.Worker
	timelineWork      = timeline.Worker
	trashWork         = trash.Worker
	transfersWork     = transfers.Worker
	notificationsWork = notifications.Worker
	libraryWork       = library.Worker
)

type attemptsStore struct {
	*attemptsWork
	*transfersWork
}

// Attempts returns what internal/attempt asks of the store.
func Attempts(w store.Worker) attemptsStore {
	return attemptsStore{w.Attempts, w.Transfers}
}

type placementStore struct {
	*agentsWork
	*attemptsWork
	*jobsWork
	*transfersWork
}

// Placement returns what internal/placement asks of the store.
func Placement(w store.Worker) placementStore {
	return placementStore{w.Agents, w.Attempts, w.Jobs, w.Transfers}
}

type agentTrackerStore struct {
	*agentsWork
	*attemptsWork
	*jobsWork
	*progressWork
	*transfersWork
}

// AgentTracker returns what internal/agenttrack asks of the store.
func AgentTracker(w store.Worker) agentTrackerStore {
	return agentTrackerStore{w.Agents, w.Attempts, w.Jobs, w.Progress, w.Transfers}
}

type seedrTrackerStore struct {
	*attemptsWork
	*filesWork
	*jobsWork
	*progressWork
	*providersWork
	*transfersWork
}

// SeedrTracker returns what internal/seedrtrack asks of the store.
func SeedrTracker(w store.Worker) seedrTrackerStore {
	return seedrTrackerStore{w.Attempts, w.Files, w.Jobs, w.Progress, w.Providers, w.Transfers}
}

type seedrCopierStore struct {
	*filesWork
	*jobsWork
	*progressWork
	*transfersWork
}

// SeedrCopier returns what internal/seedrcopy asks of the store.
func SeedrCopier(w store.Worker) seedrCopierStore {
	return seedrCopierStore{w.Files, w.Jobs, w.Progress, w.Transfers}
}

type jobActsStore struct {
	*jobsWork
	*providersWork
}

// JobActs returns what the activities on a job ask of the store.
func JobActs(w store.Worker) jobActsStore {
	return jobActsStore{w.Jobs, w.Providers}
}

type storingStore struct {
	*attemptsWork
	*filesWork
	*jobsWork
}

// Storing returns what the activities on files ask of the store.
func Storing(w store.Worker) storingStore {
	return storingStore{w.Attempts, w.Files, w.Jobs}
}

type probingStore struct {
	*filesRows
	*mediaWork
}

// Probing returns what reading media files asks of the store.
func Probing(s *store.Store) probingStore { return probingStore{s.Files, s.Worker().Media} }

type sweepsStore struct {
	*accountsWork
	*agentsWork
	*bulkWork
	*filesWork
	*jobsWork
	*libraryWork
	*limitsWork
	*mailsWork
	*noticesWork
	*notificationsWork
	*recordsWork
	*sharesWork
	*sourcesWork
	*stockWork
	*timelineWork
	*trashWork
}

// Sweeps returns what the sweeps ask of the store.
func Sweeps(w store.Worker) sweepsStore {
	return sweepsStore{w.Accounts, w.Agents, w.Bulk, w.Files, w.Jobs, w.Library, w.Limits, w.Mails, w.Notices, w.Notifications, w.Records, w.Shares, w.Sources, w.Stock, w.Timeline, w.Trash}
}

type stocktakeStore struct {
	*filesWork
	*stockWork
}

// Stocktake returns what internal/stocktake asks of the store.
func Stocktake(w store.Worker) stocktakeStore {
	return stocktakeStore{w.Files, w.Stock}
}

type upkeepStore struct {
	*jobsWork
	*quotaWork
}

// Upkeep returns what the upkeep of quotas and expiry asks of the store.
func Upkeep(w store.Worker) upkeepStore {
	return upkeepStore{w.Jobs, w.Quota}
}

type loopsStore struct {
	*accountsWork
	*admissionWork
	*agentsWork
	*figuresWork
	*jobsWork
	*outboxWork
	*stockWork
}

// Loops returns what the worker's loops ask of the store.
func Loops(w store.Worker) loopsStore {
	return loopsStore{w.Accounts, w.Admission, w.Agents, w.Figures, w.Jobs, w.Outbox, w.Stock}
}
