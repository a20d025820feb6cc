package models

import (
	"time"

	"github.com/google/uuid"
)

// AuditAccountExported is that an account's owner asked for all that is stored
// about it.
const AuditAccountExported AuditAction = "account.export"

// ExportTime is how long an export can be downloaded.
const ExportTime = 7 * 24 * time.Hour

// ExportsPrefix begins the keys of all exports in storage.
const ExportsPrefix = "exports/"

// ExportState is how far an export of an account's data is.
type ExportState string

// The states of an export. One that expired has no row.
const (
	ExportQueued ExportState = "queued"
	ExportReady  ExportState = "ready"
)

// Export is a zip with all that is stored about an account.
type Export struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID `gorm:"type:uuid"`
	State     ExportState
	Size      int64  // bytes; 0 until it is ready
	ETag      string `gorm:"column:etag"`
	CreatedAt time.Time
	ReadyAt   *time.Time
	ExpiresAt *time.Time // when it is removed
}

// TableName returns the table of exports.
func (Export) TableName() string { return "account_exports" }

// Key returns where the zip is in storage.
func (e Export) Key() string { return ExportsPrefix + e.ID.String() }

// WorkflowID returns the id of the workflow that makes the export.
func (e Export) WorkflowID() string { return "export-" + e.ID.String() }

// ExportRow is a row of an export, as JSON, and what the next page begins after.
type ExportRow struct {
	After string
	Body  string
}
