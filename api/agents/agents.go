// Package agents answers what compute agents call under /agent/v1: enrolment,
// boots, heartbeats, and addresses for the parts that they store.
//
// It calls no agent. What administrators do to agents is in admin.
package agents

import (
	"context"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/token"
	"longhaul/models"
)

// Store is the part of the store that agents' calls use. Identity comes from
// the credential, never from the body. Every call that names an attempt checks
// that it is that agent's newest open one; otherwise it answers superseded.
type Store interface {
	EnrolAgent(ctx context.Context, ip string, tokenHash []byte, a models.Agent) (models.Agent, error)
	BootAgent(ctx context.Context, agentID uuid.UUID, url string, capacity int, version string) (bootEpoch int64, err error)
	AgentHeartbeat(ctx context.Context, agentID uuid.UUID, bootEpoch int64, hb models.AgentHeartbeat, capacity int, diskTotal int64) (models.AgentState, error)

	UploadTargets(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, indexes []int) (map[int]models.File, error)
	SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (current string, err error)
	ResetUpload(ctx context.Context, fileID uuid.UUID, validator string) (oldUploadID string, err error)
	SaveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, parts []models.PartReport) error
	SetFileSizes(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, sizes map[int]int64) error
	// ReserveParts reserves storage for files of unknown size.
	ReserveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch, bytes int64) error
}

// Deps are the dependencies of agents' calls.
type Deps struct {
	Store   Store
	Uploads Uploads
	Limiter kit.Limiter
	Keys    *token.Keys // derives the bearer of the control plane's calls to an agent
	NewID   func() uuid.UUID
}

// Register adds the operations that agents call.
func Register(r *kit.Router, d Deps) {
	(&agentHandlers{
		store: d.Store, keys: d.Keys, uploads: &uploadService{store: d.Store, uploads: d.Uploads},
		limits: d.Limiter, newID: d.NewID,
	}).routes(r)
}
