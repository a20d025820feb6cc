package models

import (
	"slices"
	"strconv"
	"strings"
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
	RateLimit      int64  // bytes per second that its transfers fetch together; 0 is no limit
	Pool           string // whose accounts it serves; empty for those that have no pool
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

// AgentLoad is what runs on an agent and what of it is left to do.
type AgentLoad struct {
	Jobs  int64 // attempts that are open
	Bytes int64 // of them, not in storage yet; of jobs whose size is known
}

// OlderVersion reports whether a program of version a is of an earlier release
// than one of version b. What is not a version is not older than anything.
func OlderVersion(a, b string) bool {
	x, y := release(a), release(b)
	return x != nil && y != nil && slices.Compare(x, y) < 0
}

// release returns the numbers of a version without what follows a dash or a plus.
func release(version string) []int {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "+")
	version, _, _ = strings.Cut(version, "-")
	parts := strings.Split(version, ".")
	out := make([]int, 0, len(parts))
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return nil
		}
		out = append(out, n)
	}
	return out
}

// AgentTransfer is a transfer that runs on an agent.
type AgentTransfer struct {
	JobID       uuid.UUID
	Name        string // empty while it is unknown
	Owner       string // e-mail address
	State       State
	Kind        TransferKind
	StartedAt   time.Time
	Phase       Phase
	BytesTotal  int64 // -1 while unknown
	BytesDone   int64
	BytesStored int64
	DownRate    int64 // bytes per second
}

// AgentHour is what an agent's heartbeats of an hour tell.
type AgentHour struct {
	Hour        time.Time
	Beats       int64
	MostRunning int64
	Rate        int64 // bytes per second, on average
}

// HeartbeatEvery is how often an agent sends a heartbeat.
const HeartbeatEvery = 15 * time.Second
