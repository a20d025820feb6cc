package models

import (
	"time"

	"github.com/google/uuid"
)

// ActorKind is what sort of actor did something.
type ActorKind string

// The kinds of actor.
const (
	ActorUser    ActorKind = "user"
	ActorAdmin   ActorKind = "admin"
	ActorAgent   ActorKind = "agent"
	ActorSystem  ActorKind = "system"  // Longhaul itself, such as a schedule
	ActorConsole ActorKind = "console" // someone with a shell on the server
)

// Actor is who does something, and from where.
type Actor struct {
	Kind ActorKind
	ID   *uuid.UUID // the account or agent; nil for system and console
	IP   string
}

// Did returns the entry of an act of the actor on a target.
func (a Actor) Did(action AuditAction, targetKind, targetID string) AuditEntry {
	return AuditEntry{
		ActorID: a.ID, ActorKind: a.Kind, IP: a.IP, Action: action, TargetKind: targetKind, TargetID: targetID,
	}
}

// AuditAction is what was done: what it concerns, a dot, and the verb.
type AuditAction string

// The acts on agents and the installation. Other areas define theirs next to
// their code.
const (
	AuditSetup         AuditAction = "installation.set_up"
	AuditAgentToken    AuditAction = "agent.make_enrolment_token"
	AuditAgentEnrolled AuditAction = "agent.enrol"
	AuditAgentCordoned AuditAction = "agent.cordon"
	AuditAgentUncordon AuditAction = "agent.uncordon"
	AuditAgentDrain    AuditAction = "agent.drain"
	AuditAgentLimited  AuditAction = "agent.limit"
	AuditAgentRemoved  AuditAction = "agent.remove"
)

// AuditEntry is one line of the audit log: who did what to what. The log is
// append-only; each entry's hash covers its content and the hash before it.
type AuditEntry struct {
	ID         int64 `gorm:"primaryKey"` // counts from 1 without a gap
	At         time.Time
	ActorID    *uuid.UUID `gorm:"type:uuid"`
	ActorKind  ActorKind
	Action     AuditAction
	TargetKind string         // such as agent, user, plan; empty for the installation
	TargetID   string         // the target's id, or its name if it has none
	IP         string         // the actor's address; empty if it was not a request
	Before     map[string]any `gorm:"serializer:json"` // the state before, without secrets; nil if there was none
	After      map[string]any `gorm:"serializer:json"` // the state after, without secrets; nil if there is none
	PrevHash   []byte         // of the previous entry; zeros for the first
	Hash       []byte         // SHA-256, see records.RecordAudit
}

// TableName returns the table of the audit log.
func (AuditEntry) TableName() string { return "audit_log" }

// ChainCheck is the outcome of checking a hash chain: the audit log's or the
// security events'.
type ChainCheck struct {
	Entries  int64  // how many were read
	HeadID   int64  // the newest entry; 0 if there is none
	HeadHash []byte // its hash; kept elsewhere, it proves later that nothing was cut off
	BrokenID int64  // the first entry that breaks the chain; 0 if none does
	Fault    string // what is wrong with it, in a sentence
}

// SecurityKind is what a security event is about.
type SecurityKind string

// The kinds of security event.
const (
	SecurityLogin              SecurityKind = "login"                // someone signed in
	SecurityLoginFailed        SecurityKind = "login_failed"         // wrong address or password, or no such account
	SecuritySecondFactorFailed SecurityKind = "second_factor_failed" // the password was right, the second factor was not
	SecurityPasskeyCopied      SecurityKind = "passkey_copied"       // a passkey's counter went back: there may be a copy of it
	SecurityTokenRefused       SecurityKind = "token_refused"        // a one-time token that is not good
	SecurityCredentialRefused  SecurityKind = "credential_refused"   // a session, API token or agent credential that is not good
	SecurityAccessRefused      SecurityKind = "access_refused"       // signed in, but not allowed
	SecurityCrossOrigin        SecurityKind = "cross_origin"         // a state-changing request from another site
	SecurityRateLimited        SecurityKind = "rate_limited"         // too many requests
	SecuritySharePassword      SecurityKind = "share_password"       // a wrong password of a share
	SecurityFileReplaced       SecurityKind = "file_replaced"        // an object in storage is not the one that was checked
)

// SecurityRetention is how long security events are kept.
const SecurityRetention = 90 * 24 * time.Hour

// SecurityEvent is an event that matters for spotting attacks.
type SecurityEvent struct {
	ID        int64 `gorm:"primaryKey"`
	At        time.Time
	Kind      SecurityKind
	UserID    *uuid.UUID `gorm:"type:uuid"` // the account concerned, if one is known
	IP        string
	UserAgent string
	Detail    string // what exactly, in a few words without secrets
	PrevHash  []byte // of the event before; empty, as Hash is, from before there was a chain
	Hash      []byte // SHA-256, see records.RecordSecurity

	// Once limits events that anyone can cause: at most one per kind and value
	// is kept each minute. Empty keeps all.
	Once string `gorm:"-"`
}

// AuditFilter selects a page of the audit log. Zero values select all.
type AuditFilter struct {
	Actor      string // id, address of an account or name of an agent
	Action     string // the action, or the part before its dot
	TargetKind string
	Target     string    // as the entry has it, or as Actor
	From, To   time.Time // from inclusive, to exclusive
	Before     int64     // only entries with a smaller id; 0 for the newest
	Limit      int
}

// AuditRecord is an entry with the names for its ids: an account's address, an
// agent's name. Names are empty if the account or agent was deleted.
type AuditRecord struct {
	AuditEntry
	ActorName  string
	TargetName string
}

// SecurityFilter selects a page of the security events. Zero values select
// all.
type SecurityFilter struct {
	Kind     SecurityKind
	User     string // the account's id or address
	IP       string
	From, To time.Time // from inclusive, to exclusive
	Before   int64     // only events with a smaller id; 0 for the newest
	Limit    int
}

// SecurityRecord is an event with its account's address, empty if the account
// was deleted or there is none.
type SecurityRecord struct {
	SecurityEvent
	UserEmail string
}
