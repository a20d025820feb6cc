package models

import (
	"time"

	"github.com/google/uuid"
)

// PlanLimit is one of the limits that a plan has.
type PlanLimit string

// The limits of a plan.
const (
	LimitRunningJobs PlanLimit = "maxRunningJobs"
	LimitStorage     PlanLimit = "storageBytes"
	LimitBandwidth   PlanLimit = "bandwidthBytes"
	LimitJobBytes    PlanLimit = "maxJobBytes"
	LimitFiles       PlanLimit = "maxFiles"
	LimitRetention   PlanLimit = "retentionDays"
	LimitRate        PlanLimit = "rateLimit"
)

// PlanLimits returns every limit of a plan, in the order of lists.
func PlanLimits() []PlanLimit {
	return []PlanLimit{LimitStorage, LimitBandwidth, LimitRunningJobs, LimitJobBytes, LimitFiles, LimitRetention, LimitRate}
}

// Allows reports whether the limit can be n.
func (l PlanLimit) Allows(n int64) bool {
	switch l {
	case LimitStorage, LimitBandwidth:
		return n >= 0
	case LimitJobBytes:
		return n >= 1
	case LimitFiles:
		return n >= 0 && n <= 1<<31-1
	case LimitRunningJobs:
		return n >= 1 && n <= 10000
	case LimitRetention:
		return n >= 1 && n <= 36500
	case LimitRate:
		return n >= LeastRateLimit && n <= MostRateLimit
	default:
		return false
	}
}

// MaxOverrideReason is how many characters the reason of an override may have.
const MaxOverrideReason = 500

// Override is what one account is allowed instead of some of its plan's limits.
type Override struct {
	UserID    uuid.UUID
	Limits    map[PlanLimit]*int64 // those that differ from the plan; nil is no limit
	Reason    string               // for administrators
	CreatedBy *uuid.UUID           // nil for the console, and if the account was deleted
	Email     string               // of who made it; empty if CreatedBy is nil
	CreatedAt time.Time
	ExpiresAt *time.Time // nil for good
}

// The acts on overrides, for the audit log.
const (
	AuditOverrideSet     AuditAction = "user.set_override"
	AuditOverrideRemoved AuditAction = "user.remove_override"
)

// Check refuses an override that says nothing, or that cannot be in force at the
// time.
func (o Override) Check(now time.Time) error {
	if len(o.Limits) == 0 {
		return Errorf(CodeInvalid, "Choose at least one limit.").In("limits")
	}
	for l, n := range o.Limits {
		if n != nil && !l.Allows(*n) {
			return Errorf(CodeInvalid, "The limit %s can't be %d.", l, *n).In("limits")
		}
	}
	if o.ExpiresAt != nil && !o.ExpiresAt.After(now) {
		return Errorf(CodeInvalid, "The end must be in the future.").In("until")
	}
	return nil
}

// Facts is the override for the audit log.
func (o Override) Facts() map[string]any {
	out := map[string]any{"reason": o.Reason, "until": nil}
	if o.ExpiresAt != nil {
		out["until"] = o.ExpiresAt.UTC().Format(time.RFC3339)
	}
	for l, n := range o.Limits {
		out[string(l)] = n
	}
	return out
}
