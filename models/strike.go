package models

import (
	"time"

	"github.com/google/uuid"
)

// The audited acts on strikes.
const (
	AuditStrikeGiven      AuditAction = "strike.give"
	AuditStrikeWithdrawn  AuditAction = "strike.withdraw"
	AuditSubmitsSuspended AuditAction = "strike.suspend" // new downloads of an account are refused from now on
	AuditStrikesRead      AuditAction = "strike.read"
)

// MaxStrikeReason bounds why a strike is withdrawn, in characters.
const MaxStrikeReason = 500

// Strike is held against an account because a notice about content of its
// downloads was accepted. It counts until it expires or is withdrawn.
type Strike struct {
	ID           uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID       uuid.UUID `gorm:"type:uuid"`
	NoticeID     uuid.UUID `gorm:"type:uuid"`
	CreatedAt    time.Time
	ExpiresAt    time.Time
	WithdrawnAt  *time.Time
	WithdrawnWhy string

	Email string `gorm:"->"` // of the account
}

// Counts reports whether the strike counts at the time.
func (s Strike) Counts(now time.Time) bool { return s.WithdrawnAt == nil && now.Before(s.ExpiresAt) }

// StrikePolicy is what becomes of an account with several strikes: 17 U.S.C.
// § 512(i)(1)(A) and Article 23 of the Digital Services Act ask for one. Zero
// numbers turn a step off.
type StrikePolicy struct {
	Months  int // that a strike counts; 0 is 12
	Suspend int // strikes from which on new downloads are refused
	Disable int // strikes from which on the account is disabled
}

// Expiry returns when a strike of the time expires.
func (p StrikePolicy) Expiry(at time.Time) time.Time {
	months := p.Months
	if months <= 0 {
		months = 12
	}
	return at.AddDate(0, months, 0)
}

// Suspends reports whether an account with so many strikes may submit nothing.
func (p StrikePolicy) Suspends(strikes int) bool { return p.Suspend > 0 && strikes >= p.Suspend }

// Disables reports whether an account with so many strikes is disabled.
func (p StrikePolicy) Disables(strikes int) bool { return p.Disable > 0 && strikes >= p.Disable }

// StrikeRecord is the strikes of an account.
type StrikeRecord struct {
	Strikes   []Strike // newest first
	Count     int      // that count
	Suspended bool     // new downloads are refused
	Policy    StrikePolicy
}
