package models

import (
	"time"

	"github.com/google/uuid"
)

// StorageDay is how much was stored at the end of a day, or is so far.
type StorageDay struct {
	Day           time.Time
	Files         int64 // rows of stored files
	Bytes         int64
	BucketObjects *int64 // in the bucket, as the last sweep saw it; nil before the first
	BucketBytes   *int64
}

// StorageShare is a part of what is stored.
type StorageShare struct {
	Kind  string // type or age
	Name  string
	Files int64
	Bytes int64
}

// StorageSums is what is stored, as it was last summed up.
type StorageSums struct {
	TakenAt       *time.Time // nil before the first time
	Files, Bytes  int64
	BucketObjects *int64 // as the last sweep saw it
	BucketBytes   *int64
	Types, Ages   []StorageShare
	Days          []StorageDay // oldest first
}

// StorageUser is what a user stores, and what of it expires soon.
type StorageUser struct {
	UserID                uuid.UUID
	Email                 string
	Files, Bytes          int64
	WeekJobs, WeekBytes   int64 // expire within 7 days
	MonthJobs, MonthBytes int64 // within 30 days
	TakenAt               time.Time
}

// LargeJob is a job by how much it stores.
type LargeJob struct {
	ID        uuid.UUID
	Name      string
	State     State
	Owner     string // e-mail address
	Files     int64
	Bytes     int64
	CreatedAt time.Time
	Deadline  *time.Time // when it expires, if it is ready
}

// LostFile is a file whose object is gone.
type LostFile struct {
	ID    uuid.UUID
	JobID uuid.UUID
	Path  string
	Size  int64
	Name  string // of the job
	Owner string // e-mail address
}
