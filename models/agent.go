package models

import (
	"time"

	"github.com/google/uuid"
)

// AgentState is what admins want an agent to do.
type AgentState string

// The states of an agent.
const (
	AgentActive   AgentState = "active"
	AgentCordoned AgentState = "cordoned" // no new work
	AgentDraining AgentState = "draining" // no new work; what it has moves or ends
)

// AgentLostAfter is how long an agent may fail to respond before its transfers
// move.
const AgentLostAfter = 60 * time.Second

// LeastDisk is how many bytes an agent's disk must have free, or a twentieth of
// the disk if that is less, for the agent to take another transfer.
const LeastDisk = 256 << 20

// Agent is a registered compute agent.
type Agent struct {
	ID             uuid.UUID `gorm:"type:uuid;primaryKey"`
	Name           string
	URL            string // where the control plane reaches it
	CredentialHash []byte // SHA-256 of the agent's bearer credential
	BootEpoch      int64  // grows with each start of the agent; fences older processes
	State          AgentState
	Capacity       int // transfers at once
	Running        int // as of the last heartbeat
	DiskFree       int64
	DiskTotal      int64
	Version        string
	LastSeenAt     *time.Time
	LostAt         *time.Time // when it was declared lost; nil while it is alive
	CreatedAt      time.Time
}

// Alive reports whether the agent's last heartbeat is recent enough at now.
func (a Agent) Alive(now time.Time) bool {
	return a.LastSeenAt != nil && now.Sub(*a.LastSeenAt) < AgentLostAfter
}

// LeastFree returns how many bytes the agent's disk must have free for another
// transfer.
func (a Agent) LeastFree() int64 { return min(LeastDisk, a.DiskTotal/20) }

// AgentHeartbeat is one point of an agent's time series, kept for 7 days.
type AgentHeartbeat struct {
	AgentID  uuid.UUID `gorm:"type:uuid;primaryKey"`
	At       time.Time `gorm:"primaryKey"`
	Running  int
	DiskFree int64
	DownRate int64
}
