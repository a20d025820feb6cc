package plug

import (
	"longhaul/internal/store"
	"longhaul/internal/store/accounts"
	"longhaul/internal/store/admission"
	"longhaul/internal/store/agents"
	"longhaul/internal/store/blocks"
	"longhaul/internal/store/bulk"
	"longhaul/internal/store/files"
	"longhaul/internal/store/jobs"
	"longhaul/internal/store/mails"
	"longhaul/internal/store/progress"
	"longhaul/internal/store/providers"
	"longhaul/internal/store/quota"
	"longhaul/internal/store/records"
	"longhaul/internal/store/sources"
	"longhaul/internal/store/stock"
	"longhaul/internal/store/timeline"
	"longhaul/internal/store/transfers"
)

// The aggregates, by names that no method of theirs has.
type (
	accountsRows  = accounts.Accounts
	admissionRows = admission.Admission
	agentsRows    = agents.Agents
	filesRows     = files.Files
	jobsRows      = jobs.Jobs
	adminBulk     = bulk.Admin
	blocksRows    = blocks.Blocks
	adminJobs     = jobs.Admin
	mailsRows     = mails.Mails
	progressRows  = progress.Progress
	providersRows = providers.Providers
	quotaRows     = quota.Quota
	recordsRows   = records.Records
	sourcesRows   = sources.Sources
	stockRows     = stock.Stock
	timelineRows  = timeline.Timeline
	transfersRows = transfers.Transfers
)

type callersStore struct {
	*accountsRows
	*agentsRows
	*recordsRows
}

// Callers returns what finding out who calls asks of the store.
func Callers(s *store.Store) callersStore {
	return callersStore{s.Accounts, s.Agents, s.Records}
}

type accountStore struct {
	*accountsRows
	*jobsRows
	*quotaRows
	*recordsRows
}

// Account returns what an account's owner asks of the store.
func Account(s *store.Store) accountStore {
	return accountStore{s.Accounts, s.Jobs, s.Quota, s.Records}
}

type adminStore struct {
	*accountsRows
	*admissionRows
	*agentsRows
	*adminBulk
	*adminJobs
	*mailsRows
	*providersRows
	*quotaRows
	*recordsRows
	*stockRows
}

// Admin returns what administrators ask of the store.
func Admin(s *store.Store) adminStore {
	return adminStore{s.Accounts, s.Admission, s.Agents, s.Bulk.Admin(), s.Jobs.Admin(), s.Mails, s.Providers, s.Quota, s.Records, s.Stock}
}

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
	*jobsRows
	*quotaRows
}

// Delivery returns what the files origin asks of the store.
func Delivery(s *store.Store) deliveryStore {
	return deliveryStore{s.Accounts, s.Files, s.Jobs, s.Quota}
}

type jobsStore struct {
	*admissionRows
	*blocksRows
	*filesRows
	*jobsRows
	*progressRows
	*quotaRows
	*sourcesRows
	*timelineRows
}

// Jobs returns what the owner of jobs asks of the store.
func Jobs(s *store.Store) jobsStore {
	return jobsStore{s.Admission, s.Blocks, s.Files, s.Jobs, s.Progress, s.Quota, s.Sources, s.Timeline}
}
