package models

import (
	"time"

	"github.com/google/uuid"
)

// OrphanRetention is how long an object without a row is kept after a sweep
// first saw it.
const OrphanRetention = 7 * 24 * time.Hour

// OrphanGrace is how old an object or upload without a row must be to count as
// an orphan: longer than an upload address is valid, and longer than a transfer
// may take between opening an upload and recording it.
const OrphanGrace = time.Hour

// What stocktaking removes or marks without a person: a share of all objects, or
// of all stored files, and always a few.
const (
	StockPercent = 10
	StockFloor   = 10
)

// StoragePause says why nothing is removed from the bucket automatically.
type StoragePause string

// The reasons for a pause; empty is none.
const (
	PauseRestored    StoragePause = "restored"     // the database is older than the bucket: a dump was restored
	PauseOtherBucket StoragePause = "other_bucket" // the bucket is not the one that the database knows
)

// Generation is what the bucket says of itself. The zero value is that of a
// bucket that says nothing.
type Generation struct {
	BucketID uuid.UUID `json:"bucketId"` // stays the same as long as the bucket belongs to the installation
	Value    uuid.UUID `json:"generation"`
}

// StorageState is what the database knows of the bucket as a whole.
type StorageState struct {
	ID             bool       `gorm:"primaryKey"`
	BucketID       *uuid.UUID `gorm:"type:uuid"` // nil until the first sweep
	Generation     *uuid.UUID `gorm:"type:uuid"` // of the bucket when it was last compared
	NextGeneration *uuid.UUID `gorm:"type:uuid"` // is being written, or was and could not be noted
	NextUntil      *time.Time // nobody else writes one until then
	AdvancedAt     *time.Time
	Paused         StoragePause
	PausedAt       *time.Time
	SeenBucketID   *uuid.UUID `gorm:"type:uuid"` // what the bucket said when the pause began
	SeenGeneration *uuid.UUID `gorm:"type:uuid"`
	AcceptedAt     *time.Time // an administrator took what was seen for right
	SweptAt        *time.Time // the last sweep of orphans
	RefusedOrphans int64      // what it would have removed, if that was too much at once
	CheckedAt      *time.Time // the last check of stored files
	RefusedLost    int64      // what it would have marked, if that was too much at once
	CheckAll       bool       // an administrator allowed the next check to mark any number of files
	BucketObjects  *int64     // what the last sweep saw
	BucketBytes    *int64
	SummedAt       *time.Time // what is stored was last summed up
	CheckDays      int64      // between scheduled checks of contents; 0 is none
	CheckPercent   int64      // of all files that such a check reads
}

// TableName returns the table of the state, which has one row.
func (StorageState) TableName() string { return "storage_state" }

// Against compares the database with what the bucket says. The result is empty
// if they belong together.
func (s StorageState) Against(g Generation) StoragePause {
	is := func(id *uuid.UUID, want uuid.UUID) bool { return id != nil && *id == want }
	switch {
	case s.Generation == nil && g == Generation{}: // both are new
		return ""
	case !is(s.BucketID, g.BucketID):
		return PauseOtherBucket
	case is(s.Generation, g.Value), is(s.NextGeneration, g.Value):
		return ""
	default:
		return PauseRestored
	}
}

// Accepts reports whether an administrator took the bucket, as it is, for right.
func (s StorageState) Accepts(g Generation) bool {
	return s.AcceptedAt != nil && s.SeenBucketID != nil && s.SeenGeneration != nil &&
		*s.SeenBucketID == g.BucketID && *s.SeenGeneration == g.Value
}

// Orphan is an object without a row, or a multipart upload, which has an id.
type Orphan struct {
	Key        string `gorm:"primaryKey"`
	UploadID   string `gorm:"primaryKey"` // empty for an object
	Size       int64  // 0 for an upload
	ModifiedAt time.Time
	FirstSeen  time.Time
	LastSeen   time.Time
	PurgeAfter time.Time
}

// Amount is a number of objects and their size.
type Amount struct {
	Count int64
	Bytes int64
}

// StorageReport is what administrators see of the bucket.
type StorageReport struct {
	StorageState
	Orphans   Amount
	NextPurge *time.Time // when the first orphan is removed; nil if there is none
	Lost      Amount     // files
	LostJobs  int64
}

// AuditStorageAccepted is that an administrator took the bucket as it is for right.
const AuditStorageAccepted AuditAction = "storage.accept"

// AuditDatabaseRestored is that a backup became the database.
const AuditDatabaseRestored AuditAction = "storage.restore"

// RestoreOutcome is what comparing the rows of a restored backup with the bucket
// found and noted.
type RestoreOutcome struct {
	Paused  StoragePause `json:"paused"`  // why nothing is removed until an administrator accepts it
	Orphans int          `json:"orphans"` // objects and uploads without a row; all are kept for OrphanRetention at least
	Lost    int64        `json:"lost"`    // files marked as lost, or fetched again by open jobs
	Refused int64        `json:"refused"` // files whose object is gone, but too many to mark them without a person
}
