// Package jobs serves the owner of jobs: it inspects a source, accepts it as a
// job, shows jobs with their files and timeline, and acts on them.
//
// It fetches nothing, not even to inspect: a compute agent does.
package jobs

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is the part of the store that jobs use. Each call names the owner first
// and returns not_found for anyone else's job.
type Store interface {
	kit.Flags
	FileLists
	Batches
	Labels
	RulesStore
	Deletes
	Acts
	SubmitJob(ctx context.Context, n models.NewJob) (job models.Job, replayed bool, err error)
	Job(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	Jobs(ctx context.Context, userID uuid.UUID, f models.JobFilter) (models.JobPage, error)
	ProgressOf(ctx context.Context, userID uuid.UUID, jobIDs []uuid.UUID) (map[uuid.UUID]models.Progress, error)
	JobEvents(ctx context.Context, userID, jobID uuid.UUID, after int64, limit int) ([]models.Event, error)
	RequestCancel(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	RequestPause(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	RequestResume(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	RequestSelect(ctx context.Context, userID, jobID uuid.UUID, indexes []int) (models.Job, error)
	RequestRetry(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	RequestRetryKeepingPage(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error)
	QueueNote(ctx context.Context, userID uuid.UUID) (models.QueueNote, error)
	// Usage returns what the user has used of their plan.
	Usage(ctx context.Context, userID uuid.UUID) (models.Usage, error)

	// SaveInspection and Inspection remember what sources contain, per user.
	SaveInspection(ctx context.Context, userID uuid.UUID, sourceHash []byte, m models.Manifest) error
	Inspection(ctx context.Context, userID uuid.UUID, sourceHash []byte) (models.Manifest, error)
	// Blocked reports whether policy blocks one of the info hashes.
	Blocked(ctx context.Context, infoHashes []string, address string) (bool, error)
}

// Workflows starts a job's workflow and looks at a running one. Starting it is
// only a shortcut: the outbox starts the ones that failed.
type Workflows interface {
	StartJob(ctx context.Context, job models.Job) error
	View(ctx context.Context, job models.Job) (WorkflowView, error)
}

// Deps are the dependencies of jobs.
type Deps struct {
	Store      Store
	Workflows  Workflows
	Inspector  Inspector
	Limiter    kit.Limiter
	Background *kit.Background // starts workflows in the background
	MaxBytes   int64           // content of one job; 0 is no limit
	// SealLogin encrypts the login of an address for its owner; that of nil is empty.
	SealLogin func(owner uuid.UUID, l *models.Login) (string, error)
	UIURL     string // of the workflow engine's namespace; empty for none
}

// Register adds the operations on sources and jobs.
func Register(r *kit.Router, d Deps) {
	sources := newSourceReader(d)
	(&sourceHandlers{sources: sources, store: d.Store, limits: d.Limiter}).routes(r)
	(&jobHandlers{
		store: d.Store, sources: sources, workflows: d.Workflows, limits: d.Limiter, background: d.Background, uiURL: d.UIURL,
	}).routes(r)
}
