package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Provider is what fetches the bytes of a job.
type Provider string

// The providers.
const (
	ProviderAgent Provider = "agent" // a compute agent
	ProviderSeedr Provider = "seedr" // the Seedr.cc cloud
)

// Providers returns every provider.
func Providers() []Provider { return []Provider{ProviderAgent, ProviderSeedr} }

// Valid reports whether p is a known provider.
func (p Provider) Valid() bool { return slices.Contains(Providers(), p) }

// Title returns the provider as a sentence names it.
func (p Provider) Title() string {
	if p == ProviderSeedr {
		return "Seedr"
	}
	return "the agents"
}

// Fits reports whether the provider can fetch a source of the kind at all.
// Seedr accepts only torrents, and identifies them by their v1 info hash.
func (p Provider) Fits(kind SourceKind, infoHashV1 string) bool {
	return p != ProviderSeedr || kind != SourceURL && infoHashV1 != ""
}

// Failover says where a job may move automatically when its provider can't
// deliver it. A policy, a legal block or a final fault never moves a job.
type Failover string

// The failover policies.
const (
	FailoverDefault Failover = ""               // of a job only: the deployment's policy
	FailoverNone    Failover = "none"           // jobs stay where they are
	FailoverToSeedr Failover = "agent_to_seedr" // from the agents to Seedr
	FailoverToAgent Failover = "seedr_to_agent" // from Seedr to the agents
	FailoverBoth    Failover = "both"           // either way; a run leaves each provider once
)

// Failovers returns every policy that a deployment can have.
func Failovers() []Failover {
	return []Failover{FailoverNone, FailoverToSeedr, FailoverToAgent, FailoverBoth}
}

// Valid reports whether f is a policy that a deployment can have.
func (f Failover) Valid() bool { return slices.Contains(Failovers(), f) }

// Next returns the provider that follows after from; false if none does.
func (f Failover) Next(from Provider) (Provider, bool) {
	switch {
	case from == ProviderAgent && (f == FailoverToSeedr || f == FailoverBoth):
		return ProviderSeedr, true
	case from == ProviderSeedr && (f == FailoverToAgent || f == FailoverBoth):
		return ProviderAgent, true
	default:
		return "", false
	}
}

// OnAgent reports whether an agent runs the job's transfer.
func (j Job) OnAgent() bool {
	return j.Provider == ProviderAgent && j.AgentID != nil && (j.State == StateResolving || j.State == StateDownloading)
}

// MovableTo returns the providers to which an administrator can move the job:
// the others that can fetch its source, unless it has ended or is blocked, or its
// files are being completed. While it runs on an agent, the agents are among them: it moves
// to another one.
func (j Job) MovableTo() []Provider {
	out := []Provider{}
	if j.State.Terminal() || j.State == StateStoring || j.DeleteAt != nil || j.Blocked {
		return out
	}
	hash := ""
	if j.InfoHashV1 != nil {
		hash = *j.InfoHashV1
	}
	for _, p := range []Provider{ProviderAgent, ProviderSeedr} {
		if (p != j.Provider || j.OnAgent()) && p.Fits(j.SourceKind, hash) {
			out = append(out, p)
		}
	}
	return out
}

// ProviderOptions are the provider settings that an admin can change. None of
// them is secret: credentials come only from the environment.
type ProviderOptions struct {
	Failover   Failover `json:"failover"`
	UserChoice bool     `json:"userChoice"` // a submit may name the provider
}

// The audited acts on providers.
const (
	AuditProviderSwitched AuditAction = "provider.switch"
	AuditProviderVerified AuditAction = "provider.verify"
	AuditJobMoved         AuditAction = "job.change_provider"
)

// ProviderConfig is one entry in the history of provider settings; the newest
// is in force.
type ProviderConfig struct {
	ID           int64           `gorm:"primaryKey"`
	FromProvider Provider        // the active one before
	Provider     Provider        // the active one from then on, for new jobs
	Options      ProviderOptions `gorm:"serializer:json"`
	ChangedBy    *uuid.UUID      `gorm:"type:uuid"` // nil if that account was deleted
	Verified     *ProviderCheck  `gorm:"serializer:json"`
	CreatedAt    time.Time
}

// TableName returns the table of the history.
func (ProviderConfig) TableName() string { return "provider_configs" }

// ProviderCheck is what a verification of a provider found.
type ProviderCheck struct {
	Provider Provider  `json:"provider"`
	OK       bool      `json:"ok"`
	Problem  Problem   `json:"problem,omitempty"`
	Message  string    `json:"message"` // one plain sentence
	At       time.Time `json:"at"`

	Plan      string `json:"plan,omitempty"`      // What Seedr calls the account's plan
	SpaceMax  int64  `json:"spaceMax,omitempty"`  // bytes of the Seedr account
	SpaceUsed int64  `json:"spaceUsed,omitempty"` // bytes
	Slots     int    `json:"slots,omitempty"`     // transfers at once, on Seedr or on all agents
	Taken     int    `json:"taken,omitempty"`     // of them
	Agents    int    `json:"agents,omitempty"`    // agents that accept jobs
}

// SeedrAccount is what the worker last saw of the deployment's Seedr account.
type SeedrAccount struct {
	Configured      bool       // a worker has credentials
	CredentialsFrom string     // "environment" or "file"; never the credentials
	Plan            string     // what Seedr calls it, such as MASTER; empty while unknown
	Slots           int        // transfers at once; 0 while unknown
	SlotsFrom       string     // "configuration", "plan" or "refusal"
	Others          int        // transfers on the account that no open job needs
	SpaceMax        int64      // bytes; 0 while unknown
	SpaceUsed       int64      // bytes
	OKAt            *time.Time `gorm:"column:ok_at"` // last good answer
	FailedSince     *time.Time // no good answer since; nil while Seedr answers
	Problem         Problem    // of the last answer that was not good
	Message         string     // one plain sentence on the problem
	FullUntil       *time.Time // Seedr had no room or slots; it gets nothing before this time
	UpdatedAt       time.Time
}

// Down reports whether Seedr could not accept anything at now.
func (a SeedrAccount) Down() bool { return !a.Configured || a.FailedSince != nil }

// SeedrItem is one torrent on the Seedr account that belongs to jobs: first a
// transfer, then a folder or a single file. It is known by its info hash, so
// that jobs for the same content share it.
type SeedrItem struct {
	InfoHash     string `gorm:"primaryKey"` // v1, 40 lower-case hex digits
	TransferID   int64  // 0 while the answer to the add is not known
	FolderID     int64  // 0 for none
	FileID       int64  // of a single file in the account's root; 0 for none
	Title        string
	Size         int64   // bytes; -1 while unknown
	Progress     float64 // percent, as Seedr tells; 101 is complete
	ProgressedAt time.Time
	Before       []int64     `gorm:"serializer:json"` // folders and files that were in the root before it was added
	Files        []SeedrFile `gorm:"serializer:json"` // once it is complete
	AddedAt      time.Time   // when the add was last tried
	DoneAt       *time.Time  // complete and listed
	SeenAt       time.Time   // last seen on the account
	Released     bool        // no job needed it, so its removal began
}

// TableName returns the table of items.
func (SeedrItem) TableName() string { return "seedr_items" }

// SeedrFile is one file of a complete item.
type SeedrFile struct {
	ID   int64  `json:"id"`
	Path string `json:"path"` // below the item's folder, components joined by "/"
	Size int64  `json:"size"` // bytes
}
