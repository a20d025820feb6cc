package models

import (
	"time"

	"github.com/google/uuid"
)

// The audited acts on blocks.
const (
	AuditBlocked     AuditAction = "block.add"
	AuditBlockLifted AuditAction = "block.lift"
)

// BlockKind is what a block goes by.
type BlockKind string

// The kinds of block.
const (
	BlockHash BlockKind = "hash" // a v1 or v2 info hash
	BlockURL  BlockKind = "url"  // addresses that fit a pattern
	BlockFile BlockKind = "file" // a stored file, and the same file of other downloads of its torrent
)

// Valid reports whether k is a known kind.
func (k BlockKind) Valid() bool { return k == BlockHash || k == BlockURL || k == BlockFile }

// Bounds of blocks.
const (
	MaxBlockValues = 1000 // of one request
	MaxBlockReason = 500  // characters
)

// Block refuses content from now on: no job for it is accepted, the ones that
// run end as blocked_content, and nothing of it that is stored is delivered. It
// deletes nothing, so that it can be lifted.
type Block struct {
	ID         uuid.UUID `gorm:"type:uuid;primaryKey"`
	Kind       BlockKind
	Value      string  // lower-case info hash, address pattern in its usual form, or the file's id
	Host       string  // of an address pattern; empty for the other kinds
	InfoHashV1 *string // of the torrent that a file comes from; nil for the other kinds and for files of URLs
	InfoHashV2 *string // likewise
	Idx        *int    // the file's place in that torrent
	Name       string  // the file's path; empty for the other kinds
	Reason     string  // for administrators
	ActorKind  ActorKind
	ActorID    *uuid.UUID `gorm:"type:uuid"` // nil for the console
	CreatedAt  time.Time
	MarkedAt   *time.Time // what it covers is marked, and so not delivered, since then
	LiftedAt   *time.Time

	Email string `gorm:"->"` // of the actor; empty for the console, and when the account was deleted
	Jobs  int64  `gorm:"->"` // that it covers of what is here
}

// TableName returns the table of blocks.
func (Block) TableName() string { return "blocks" }

// BlockFilter is which blocks are listed.
type BlockFilter struct {
	Kind   BlockKind // empty for all
	Search string    // part of the value, the name or the reason; empty for all
	Lifted bool      // those that were lifted instead of those in force
	Cursor string
	Limit  int
}
