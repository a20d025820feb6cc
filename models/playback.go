package models

import (
	"time"

	"github.com/google/uuid"
)

// Playback is where the owner of a file stopped playing it.
type Playback struct {
	FileID    uuid.UUID
	Index     int     `gorm:"column:idx"` // of the file in its job
	Position  float64 // seconds
	Duration  float64 // seconds, as the player measured; 0 if it didn't
	Watched   bool
	UpdatedAt time.Time
}

// MaxPlayback is the longest position and duration, in seconds.
const MaxPlayback = 1e7

const (
	watchedShare = 0.92    // of a file, after which it is watched
	longFilm     = 30 * 60 // seconds, from which on credits may be longer than the rest
	credits      = 3 * 60  // seconds
)

// PlaybackReport is what a player says of a file.
type PlaybackReport struct {
	Position float64
	Duration float64
	Watched  *bool // nil leaves the mark as it is
}

// Ends reports whether the position is so near the end that the file is watched.
func (r PlaybackReport) Ends() bool {
	if r.Duration <= 0 {
		return false
	}
	return r.Position >= watchedShare*r.Duration || (r.Duration > longFilm && r.Duration-r.Position <= credits)
}

// Clears reports whether nothing is to be remembered of the file.
func (r PlaybackReport) Clears() bool { return r.Position <= 0 && r.Watched != nil && !*r.Watched }

const (
	// MaxSubtitles is how many uploaded subtitles a file can have.
	MaxSubtitles = 20
	// MaxSubtitleBytes is how many bytes of uploaded subtitles an account can have.
	MaxSubtitleBytes = 64 << 20
	// MaxSubtitleName bounds the name of uploaded subtitles, in bytes.
	MaxSubtitleName = 255
)

// Subtitle is a file of subtitles that the owner of a film uploaded for it.
type Subtitle struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID    uuid.UUID `gorm:"type:uuid"`
	FileID    uuid.UUID `gorm:"type:uuid"`
	Name      string
	Language  string // BCP 47; empty if it is not known
	Text      string // in UTF-8, as it was uploaded
	Size      int64  // bytes of the text
	CreatedAt time.Time
}
