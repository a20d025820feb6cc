package models

import (
	"time"

	"github.com/google/uuid"
)

// Link is a download link that works without a session: to a file, or to all
// files of a job as a zip. There is one for each target and way of showing it.
type Link struct {
	ID        uuid.UUID  `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID  `gorm:"type:uuid"`
	JobID     uuid.UUID  `gorm:"type:uuid"`
	FileID    *uuid.UUID `gorm:"type:uuid"` // nil is all files of the job
	Inline    bool
	CreatedAt time.Time
	ExpiresAt time.Time

	LastUsedAt *time.Time // to the minute; nil for never
}

// NamedLink is a link with the names of what it leads to.
type NamedLink struct {
	Link
	JobName string
	Path    string // of the file; empty for a zip
}
