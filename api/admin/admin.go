// Package admin serves administrators, on routes of their own: accounts and
// invitations, agents, providers, the jobs of all users, plans, records (audit log, security events,
// mails), storage as a whole and the health of the deployment.
//
// It opens no owner's route: there, someone else's id is not found, even for
// administrators.
package admin

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is the part of the store that administrators' operations use. Each act
// is audited in the same transaction.
type Store interface {
	AgentStore
	OverviewStore

	Users(ctx context.Context, f models.UserFilter) (models.UserPage, error)
	SetUserRole(ctx context.Context, by models.Actor, id uuid.UUID, role models.Role) error
	EndUserAccess(ctx context.Context, by models.Actor, id uuid.UUID) error
	Invite(ctx context.Context, by models.Actor, inviter string, t models.OneTime, mail bool) error
	Invitations(ctx context.Context) ([]models.OneTime, error)
	WithdrawInvitation(ctx context.Context, by models.Actor, id uuid.UUID) error
	SetRegistration(ctx context.Context, by models.Actor, mode models.Registration) error

	ListAgents(ctx context.Context) ([]models.Agent, error)
	SetAgentState(ctx context.Context, by models.Actor, agentID uuid.UUID, state models.AgentState) error
	RemoveAgent(ctx context.Context, by models.Actor, agentID uuid.UUID) error
	CreateEnrolmentToken(ctx context.Context, by models.Actor, hash []byte, name string, ttl time.Duration) error

	ProviderOverview(ctx context.Context) (models.ProviderOverview, error)
	SwitchProvider(ctx context.Context, actor models.Actor, c models.ProviderChange) (models.ProviderConfig, error)
	ProviderHistory(ctx context.Context, before int64, limit int) ([]models.ProviderEntry, error)
	RecordAudit(ctx context.Context, e models.AuditEntry) error

	UserByEmail(ctx context.Context, email string) (models.User, error)
	AllJobs(ctx context.Context, by models.Actor, f models.AllJobsFilter) (models.AllJobsPage, error)
	EachJob(ctx context.Context, by models.Actor, m models.JobMatch, do func([]models.OwnedJob) error) error
	JobDetail(ctx context.Context, by models.Actor, jobID uuid.UUID, after int64, limit int) (models.JobDetail, error)
	QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error)
	RequestAct(ctx context.Context, by models.Actor, jobID uuid.UUID, what models.AdminAct) (models.Job, error)

	StartBulk(ctx context.Context, by models.Actor, r models.BulkRequest) (models.BulkAct, error)
	BulkActs(ctx context.Context, limit int) ([]models.BulkAct, error)
	BulkAct(ctx context.Context, id uuid.UUID) (models.BulkAct, error)
	BulkItems(ctx context.Context, by models.Actor, id uuid.UUID, state models.BulkItemState, cursor string, limit int) ([]models.BulkItem, string, error)
	StopBulk(ctx context.Context, by models.Actor, id uuid.UUID) (models.BulkAct, error)

	Blocks(ctx context.Context, f models.BlockFilter) ([]models.Block, string, error)
	Block(ctx context.Context, by models.Actor, value string, isFile bool, reason string) (models.Block, error)
	LiftBlock(ctx context.Context, by models.Actor, id uuid.UUID) (models.Block, error)
	NoticeStore

	Audit(ctx context.Context, f models.AuditFilter) ([]models.AuditRecord, error)
	VerifyAudit(ctx context.Context) (models.ChainCheck, error)
	VerifySecurityEvents(ctx context.Context) (models.ChainCheck, error)
	SecurityEvents(ctx context.Context, f models.SecurityFilter) ([]models.SecurityRecord, error)
	Mails(ctx context.Context, state models.MailState, before time.Time, limit int) ([]models.Mail, error)

	StorageReport(ctx context.Context) (models.StorageReport, error)
	AcceptStorage(ctx context.Context, by models.Actor) error
	StorageSums(ctx context.Context) (models.StorageSums, error)
	StorageUsers(ctx context.Context, cursor string, limit int) ([]models.StorageUser, string, error)
	StorageExpiries(ctx context.Context, cursor string, limit int) ([]models.StorageUser, string, error)
	LargeJobs(ctx context.Context, cursor string, limit int) ([]models.LargeJob, string, error)
	LostFiles(ctx context.Context, cursor string, limit int) ([]models.LostFile, string, error)
	Orphans(ctx context.Context, cursor string, limit int) ([]models.Orphan, string, error)

	StartCleanup(ctx context.Context, by models.Actor, r models.CleanupRequest) (models.Cleanup, error)
	ConfirmCleanup(ctx context.Context, by models.Actor, id uuid.UUID) (models.Cleanup, error)
	StopCleanup(ctx context.Context, by models.Actor, id uuid.UUID) (models.Cleanup, error)
	Cleanups(ctx context.Context, limit int) ([]models.Cleanup, error)
	Cleanup(ctx context.Context, id uuid.UUID) (models.Cleanup, error)
	CleanupItems(ctx context.Context, id uuid.UUID, state models.CleanupItemState, cursor string, limit int) ([]models.CleanupItem, string, error)

	StartContentCheck(ctx context.Context, by models.Actor, percent, rate int64) (models.ContentCheck, error)
	PlanContentChecks(ctx context.Context, by models.Actor, days, percent int64) error
	StopContentCheck(ctx context.Context, by models.Actor, id uuid.UUID) (models.ContentCheck, error)
	ContentChecks(ctx context.Context, limit int) ([]models.ContentCheck, error)
	ContentCheck(ctx context.Context, id uuid.UUID) (models.ContentCheck, error)
	DamagedFiles(ctx context.Context, cursor string, limit int) ([]models.DamagedFile, string, error)

	flagStore

	planStore
	poolStore
	oneUserStore
	manyUsersStore
	announceStore
	shareStore
}

// Workflows reaches the worker, which alone has Seedr's credentials, and its
// schedules.
type Workflows interface {
	VerifySeedr(ctx context.Context) (models.ProviderCheck, error)
	TakeStock(ctx context.Context) error
}

// Deps are the dependencies of administrators' operations.
type Deps struct {
	Store     Store
	Workflows Workflows
	Limiter   kit.Limiter
	Keys      *token.Keys // makes the secrets of invitations and resets
	Probes    kit.Probes
	Version   string
	Mail      bool     // mail can be sent
	URL       *url.URL // origin of the app
	UIURL     string   // of the workflow engine's namespace; empty for none
	Now       func() time.Time
	NewID     func() uuid.UUID

	Locations kit.Locations
}

// Register adds the operations of administrators.
func Register(r *kit.Router, d Deps) {
	(&userHandlers{store: d.Store}).routes(r)
	(&userPageHandlers{store: d.Store, limits: d.Limiter, mail: d.Mail, keys: d.Keys, now: d.Now, newID: d.NewID}).routes(r)
	(&manyUserHandlers{store: d.Store}).routes(r)
	(&announceHandlers{store: d.Store}).routes(r)
	(&invitationHandlers{store: d.Store, mail: d.Mail, keys: d.Keys, baseURL: d.URL, now: d.Now, newID: d.NewID}).routes(r)
	(&agentHandlers{store: d.Store, baseURL: kit.Origin(d.URL), version: d.Version, now: d.Now}).routes(r)
	(&providerHandlers{store: d.Store, workflows: d.Workflows, now: d.Now}).routes(r)
	jobs := &jobHandlers{store: d.Store, uiURL: d.UIURL}
	jobs.routes(r)
	(&bulkHandlers{jobs}).routes(r)
	(&blockHandlers{store: d.Store}).routes(r)
	(&noticeHandlers{store: d.Store, locations: d.Locations, now: d.Now}).routes(r)
	(&shareHandlers{store: d.Store, now: d.Now}).routes(r)
	(&flagHandlers{store: d.Store}).routes(r)
	(&planHandlers{store: d.Store, now: d.Now}).routes(r)
	(&overrideHandlers{store: d.Store}).routes(r)
	(&accountPoolHandlers{store: d.Store}).routes(r)
	(&trailHandlers{store: d.Store}).routes(r)
	(&storageHandlers{store: d.Store, workflows: d.Workflows}).routes(r)
	(&storageListHandlers{store: d.Store}).routes(r)
	(&contentHandlers{store: d.Store, uiURL: d.UIURL}).routes(r)
	(&cleanupHandlers{store: d.Store, uiURL: d.UIURL}).routes(r)
	(&overviewHandlers{store: d.Store, version: d.Version, now: d.Now}).routes(r)
	(&healthHandlers{version: d.Version, probes: d.Probes, store: d.Store, now: d.Now}).routes(r)
}
