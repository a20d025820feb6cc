package models

import (
	"time"

	"github.com/google/uuid"
)

// Deletion is what became of a job or a file that its owner deleted.
type Deletion struct {
	Until *time.Time // it is in the trash, and can be restored until then; nil if it went for good
	Whole bool       // the whole job went, because the file was its last one
}

// Thrown is what became of files of a job that its owner deleted in one act.
type Thrown struct {
	Deletion
	Files   int         // how many went
	Trashed []uuid.UUID // what brings them back: their ids, or that of the job
}

// TrashKind is what an entry of the trash is.
type TrashKind string

// The kinds of entry.
const (
	TrashJob  TrashKind = "job"
	TrashFile TrashKind = "file" // of a job that is not in the trash itself
)

// TrashEntry is a job or a file in the trash of its owner.
type TrashEntry struct {
	ID        uuid.UUID // of the job or the file
	Kind      TrashKind
	JobID     uuid.UUID
	JobName   string
	Path      string // of the file; empty for a job
	State     State  // of the job
	Bytes     int64  // that it still takes up of the quota
	Files     int    // that come back when it is restored
	TrashedAt time.Time
	Until     time.Time // when it goes for good
}

// TrashPage is one page of a user's trash, newest first.
type TrashPage struct {
	Entries    []TrashEntry
	NextCursor string // empty on the last page
	Total      int64  // entries on all pages
	Bytes      int64  // of all entries
}

// TrashSwept is what a sweep of the trash deleted for good.
type TrashSwept struct {
	Jobs  int
	Files int
}
