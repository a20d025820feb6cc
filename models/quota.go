package models

import (
	"time"

	"github.com/google/uuid"
)

// PlanUnlimited is the id of the seeded plan without limits, which the first
// administrator gets.
const PlanUnlimited = "unlimited"

// UnknownSizeBlock is what a job of unknown length reserves at first, in
// bytes: one part of such a file.
const UnknownSizeBlock = UnknownPartSize

// The bounds of a speed limit in bytes per second, of an agent and of a plan. Below
// the least, transfers would stall.
const (
	LeastRateLimit = 64 << 10
	MostRateLimit  = 1 << 40
)

// Plan is a set of limits that an account has. A nil limit is none.
type Plan struct {
	ID             string `gorm:"primaryKey"` // lower-case word
	Name           string
	MaxRunningJobs *int
	StorageBytes   *int64
	BandwidthBytes *int64 // delivered in a calendar month, UTC
	MaxJobBytes    *int64 // of the selected files of one job
	MaxFiles       *int   // of all jobs that are open or ready
	RetentionDays  *int   // ready jobs expire this many days after they became ready
	IsDefault      bool   // new accounts get it; exactly one plan is
	Public         bool   // shown to everyone
	Position       int    // order in lists
	AgentPool      string // pool of agents that serve its accounts; empty for agents without one
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Version        int64      // counts its changes
	RetiredAt      *time.Time // no account can get it any more; nil while one can
	RateLimit      *int64     // bytes per second that one download may fetch with
}

// Clone returns a copy that shares no limit with p.
func (p Plan) Clone() Plan {
	p.MaxRunningJobs, p.MaxFiles, p.RetentionDays = copied(p.MaxRunningJobs), copied(p.MaxFiles), copied(p.RetentionDays)
	p.StorageBytes, p.BandwidthBytes, p.MaxJobBytes = copied(p.StorageBytes), copied(p.BandwidthBytes), copied(p.MaxJobBytes)
	p.RateLimit = copied(p.RateLimit)
	return p
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// PlanEffect is what limits would mean for the accounts of a plan.
type PlanEffect struct {
	Users         int64 // how many have the plan
	OverStorage   int64 // accounts that store more already
	OverBandwidth int64 // accounts that used up more this month already
	OverFiles     int64 // accounts that have more files already
	ExpireSooner  int64 // ready jobs whose files would be removed earlier than now
}

// The acts on plans, for the audit log.
const (
	AuditPlanCreated   AuditAction = "plan.create"
	AuditPlanChanged   AuditAction = "plan.change"
	AuditPlanAssigned  AuditAction = "user.assign_plan"
	AuditQuotaRepaired AuditAction = "user.repair_quota"
)

// PlanAssignment is the time in which an account had a plan.
type PlanAssignment struct {
	ID         int64     `gorm:"primaryKey"`
	UserID     uuid.UUID `gorm:"type:uuid"`
	PlanID     string
	AssignedBy *uuid.UUID `gorm:"type:uuid"` // nil if assigned automatically, by registration or an update
	AssignedAt time.Time
	EndedAt    *time.Time // nil for the current one
}

// Fits refuses a job too large for the plan, however much is deleted.
func (p Plan) Fits(size int64) error {
	switch {
	case p.MaxJobBytes != nil && size > *p.MaxJobBytes:
		return Fault(ProblemQuotaExceeded, "This needs %s; the plan %s allows %s per job.",
			BytesInWords(size), p.Name, BytesInWords(*p.MaxJobBytes)).
			With("need", size).With("plan", p.Name).With("limit", *p.MaxJobBytes)
	case p.StorageBytes != nil && size > *p.StorageBytes:
		return Fault(ProblemQuotaExceeded, "This needs %s; the plan %s has %s of storage in total.",
			BytesInWords(size), p.Name, BytesInWords(*p.StorageBytes)).
			With("need", size).With("plan", p.Name).With("total", *p.StorageBytes)
	default:
		return nil
	}
}

// FitsFiles refuses a job with so many files that, together with those that the
// account has, they are more than the plan allows.
func (p Plan) FitsFiles(files, kept int) error {
	if p.MaxFiles == nil || files+kept <= *p.MaxFiles {
		return nil
	}
	return Fault(ProblemQuotaExceeded, "This has %d files; the plan %s allows %d in total, and %d are kept already.", files, p.Name, *p.MaxFiles, kept).
		With("files", files).With("plan", p.Name).With("maxFiles", *p.MaxFiles).With("kept", kept)
}

// Room is how much storage an account uses and how much it may use, in bytes.
type Room struct {
	Used     int64  // stored files of jobs that have ended
	Reserved int64  // held for jobs that have not
	Limit    *int64 // nil means no limit
}

// Free returns how much more may be reserved; false says that there is no
// limit.
func (r Room) Free() (int64, bool) {
	if r.Limit == nil {
		return 0, false
	}
	return max(0, *r.Limit-r.Used-r.Reserved), true
}

// NeedsRoom is why a job waits for storage, in bytes.
func NeedsRoom(need, free int64) Reason {
	return ProblemStorageFull.Because("need", need, "free", free)
}

// LedgerKind is what a line of the quota ledger records.
type LedgerKind string

// The kinds of ledger line.
const (
	LedgerReserve LedgerKind = "reserve" // held for a job that is to run
	LedgerGrow    LedgerKind = "grow"    // held in addition, while a file of unknown length arrives
	LedgerSettle  LedgerKind = "settle"  // the job is ready: its stored files count instead
	LedgerRelease LedgerKind = "release" // given back by a job that ended or needs less
	LedgerFree    LedgerKind = "free"    // files were removed
	LedgerRepair  LedgerKind = "repair"  // the totals were wrong and have been corrected
)

// LedgerLine is one change of what an account reserves and uses, in bytes.
type LedgerLine struct {
	ID            int64      `gorm:"primaryKey"`
	UserID        uuid.UUID  `gorm:"type:uuid"`
	JobID         *uuid.UUID `gorm:"type:uuid"` // nil for a repair of the totals
	Kind          LedgerKind
	UsedDelta     int64
	ReservedDelta int64
	UsedAfter     int64 // totals of the account after the line
	ReservedAfter int64
	At            time.Time
}

// TableName returns the table of ledger lines.
func (LedgerLine) TableName() string { return "quota_ledger" }

// DailyUsage is what an account used on one day, UTC.
type DailyUsage struct {
	UserID         uuid.UUID `gorm:"type:uuid;primaryKey"`
	Day            time.Time `gorm:"type:date;primaryKey"`
	BandwidthBytes int64     // delivered
	StorageBytes   int64     // used at the end of the day, or so far
	StoredBytes    int64     // added by jobs that became ready
	JobsFinished   int       // jobs that became ready
}

// TableName returns the table of daily usage.
func (DailyUsage) TableName() string { return "usage_daily" }

// Period returns the calendar month, UTC, that t is in: its first moment and
// that of the next, when bandwidth counts from zero again.
func Period(t time.Time) (start, reset time.Time) {
	t = t.UTC()
	start = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return start, start.AddDate(0, 1, 0)
}

// Usage is what an account uses of its plan.
type Usage struct {
	Plan      Plan
	Room      Room
	Bandwidth int64     // bytes delivered in this calendar month, UTC
	Running   int       // jobs that hold a slot
	Limit     int       // how many may; 0 is no limit
	Jobs      int64     // all jobs, ended ones included
	Files     int       // of jobs that are open or ready
	Override  *Override // what differs from the plan itself, which Plan has already; nil if nothing does
}

// LedgerEntry is a line of the ledger with the name of its job, empty once the
// job is deleted.
type LedgerEntry struct {
	LedgerLine
	JobName string
}

// QuotaDrift is what a reconcile of quotas had to repair.
type QuotaDrift struct {
	Jobs     int   // ended jobs that still reserved something, or whose usage differs from what they store
	Accounts int   // accounts whose totals were not the sums of their jobs
	Bytes    int64 // by which they were wrong, added up
}
