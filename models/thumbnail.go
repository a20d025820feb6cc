package models

import (
	"time"

	"github.com/google/uuid"
)

// ThumbnailsPrefix begins the keys of all thumbnails in storage.
const ThumbnailsPrefix = "thumbnails/"

// ThumbnailKey returns the object key of a file's thumbnail.
func ThumbnailKey(fileID uuid.UUID) string { return ThumbnailsPrefix + fileID.String() }

// ThumbnailState is how far a file's thumbnail is.
type ThumbnailState string

// The states of a thumbnail. Most files have no row.
const (
	ThumbnailTrying ThumbnailState = "trying" // or what tried it ended
	ThumbnailMade   ThumbnailState = "made"
	ThumbnailNone   ThumbnailState = "none" // none can be made
)

// Thumbnail is what is known of a file's thumbnail.
type Thumbnail struct {
	FileID   uuid.UUID `gorm:"type:uuid;primaryKey"`
	State    ThumbnailState
	Attempts int // within a day of the last
	TriedAt  time.Time
}
