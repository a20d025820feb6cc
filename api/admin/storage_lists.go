package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// storageListHandlers list what is stored, and what is wrong with it.
type storageListHandlers struct{ store Store }

func (h *storageListHandlers) routes(r *kit.Router) {
	op := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/v1/admin/storage" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-storage-users", "/users", "Who stores most", "As it was last summed up, at most an hour ago."), h.users)
	kit.Handle(r, op("list-storage-expiries", "/expiries", "Of whom most expires soon",
		"What the retention of plans removes within 7 and 30 days, as it was last summed up."), h.expiries)
	kit.Handle(r, op("list-large-jobs", "/jobs", "Which jobs store most", ""), h.jobs)
	kit.Handle(r, op("list-orphans", "/orphans", "Objects and multipart uploads without a row", "By key, as the last sweep found them."), h.orphans)
	kit.Handle(r, op("list-lost-files", "/lost", "Files whose object is gone", ""), h.lost)
}

type storagePageInput struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// StorageShare is a part of what is stored.
type StorageShare struct {
	Name  string `json:"name"`
	Files int64  `json:"files"`
	Bytes int64  `json:"bytes"`
}

// StorageDay is what was stored at the end of a day, or is so far.
type StorageDay struct {
	Day           string `json:"day" format:"date" doc:"UTC"`
	Files         int64  `json:"files"`
	Bytes         int64  `json:"bytes"`
	BucketObjects *int64 `json:"bucketObjects" doc:"In the bucket, as the last sweep saw it; null before the first"`
	BucketBytes   *int64 `json:"bucketBytes"`
}

// StorageSums is what is stored, as it was last summed up.
type StorageSums struct {
	TakenAt       *time.Time     `json:"takenAt" doc:"Null before the first time"`
	Files         int64          `json:"files"`
	Bytes         int64          `json:"bytes"`
	BucketObjects *int64         `json:"bucketObjects" doc:"In the bucket, as the last sweep saw it; null before the first"`
	BucketBytes   *int64         `json:"bucketBytes"`
	Types         []StorageShare `json:"types" nullable:"false" doc:"Largest first: video, audio, image, text, archive, other"`
	Ages          []StorageShare `json:"ages" nullable:"false" doc:"Largest first, by how long ago they were stored: day, week, month, quarter, year, older"`
	Days          []StorageDay   `json:"days" nullable:"false" doc:"The last 90, oldest first; days without a figure are left out"`
}

func storageSumsOf(s models.StorageSums) StorageSums {
	return StorageSums{
		TakenAt: s.TakenAt, Files: s.Files, Bytes: s.Bytes, BucketObjects: s.BucketObjects, BucketBytes: s.BucketBytes,
		Types: sharesOf(s.Types), Ages: sharesOf(s.Ages), Days: storageDaysOf(s.Days),
	}
}

func storageDaysOf(days []models.StorageDay) []StorageDay {
	out := make([]StorageDay, 0, len(days))
	for _, d := range days {
		out = append(out, StorageDay{
			Day: d.Day.Format(time.DateOnly), Files: d.Files, Bytes: d.Bytes, BucketObjects: d.BucketObjects, BucketBytes: d.BucketBytes,
		})
	}
	return out
}

func sharesOf(shares []models.StorageShare) []StorageShare {
	out := make([]StorageShare, 0, len(shares))
	for _, s := range shares {
		out = append(out, StorageShare{Name: s.Name, Files: s.Files, Bytes: s.Bytes})
	}
	return out
}

// StorageUser is what a user stores, and what of it expires soon.
type StorageUser struct {
	ID    uuid.UUID  `json:"id" format:"uuid"`
	Email string     `json:"email"`
	Files int64      `json:"files"`
	Bytes int64      `json:"bytes"`
	Week  AmountInfo `json:"week" doc:"Jobs that expire within 7 days"`
	Month AmountInfo `json:"month" doc:"Jobs that expire within 30 days, those of the week included"`
}

type storageUsersOutput struct {
	Body struct {
		Users      []StorageUser `json:"users" nullable:"false" doc:"Most first"`
		NextCursor string        `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"StorageUserList"`
}

func (h *storageListHandlers) users(ctx context.Context, in *storagePageInput) (*storageUsersOutput, error) {
	return storageUsers(h.store.StorageUsers(ctx, in.Cursor, in.Limit))
}

func (h *storageListHandlers) expiries(ctx context.Context, in *storagePageInput) (*storageUsersOutput, error) {
	return storageUsers(h.store.StorageExpiries(ctx, in.Cursor, in.Limit))
}

func storageUsers(users []models.StorageUser, next string, err error) (*storageUsersOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &storageUsersOutput{}
	out.Body.NextCursor, out.Body.Users = next, make([]StorageUser, 0, len(users))
	for _, u := range users {
		out.Body.Users = append(out.Body.Users, StorageUser{
			ID: u.UserID, Email: u.Email, Files: u.Files, Bytes: u.Bytes,
			Week: AmountInfo{Count: u.WeekJobs, Bytes: u.WeekBytes}, Month: AmountInfo{Count: u.MonthJobs, Bytes: u.MonthBytes},
		})
	}
	return out, nil
}

// LargeJob is a job by how much it stores.
type LargeJob struct {
	ID        uuid.UUID    `json:"id" format:"uuid"`
	Name      string       `json:"name" doc:"Empty while it is unknown"`
	State     kit.JobState `json:"state"`
	Owner     string       `json:"owner" doc:"E-mail address"`
	Files     int64        `json:"files"`
	Bytes     int64        `json:"bytes"`
	CreatedAt time.Time    `json:"createdAt"`
	ExpiresAt *time.Time   `json:"expiresAt" doc:"Null if its plan keeps it for ever"`
}

type largeJobsOutput struct {
	Body struct {
		Jobs       []LargeJob `json:"jobs" nullable:"false" doc:"Largest first"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"LargeJobList"`
}

func (h *storageListHandlers) jobs(ctx context.Context, in *storagePageInput) (*largeJobsOutput, error) {
	jobs, next, err := h.store.LargeJobs(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &largeJobsOutput{}
	out.Body.NextCursor, out.Body.Jobs = next, make([]LargeJob, 0, len(jobs))
	for _, j := range jobs {
		out.Body.Jobs = append(out.Body.Jobs, LargeJob{
			ID: j.ID, Name: j.Name, State: kit.JobState(j.State), Owner: j.Owner, Files: j.Files, Bytes: j.Bytes, CreatedAt: j.CreatedAt, ExpiresAt: j.Deadline,
		})
	}
	return out, nil
}

// OrphanInfo is an object or a multipart upload without a row.
type OrphanInfo struct {
	Key        string    `json:"key"`
	UploadID   string    `json:"uploadId" doc:"Of a multipart upload; empty for an object"`
	Size       int64     `json:"size" doc:"0 for an upload"`
	ModifiedAt time.Time `json:"modifiedAt"`
	FirstSeen  time.Time `json:"firstSeen"`
	PurgeAfter time.Time `json:"purgeAfter" doc:"The first sweep after it removes it"`
}

type orphansOutput struct {
	Body struct {
		Orphans    []OrphanInfo `json:"orphans" nullable:"false"`
		NextCursor string       `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"OrphanList"`
}

func (h *storageListHandlers) orphans(ctx context.Context, in *storagePageInput) (*orphansOutput, error) {
	orphans, next, err := h.store.Orphans(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &orphansOutput{}
	out.Body.NextCursor, out.Body.Orphans = next, make([]OrphanInfo, 0, len(orphans))
	for _, o := range orphans {
		out.Body.Orphans = append(out.Body.Orphans, OrphanInfo{
			Key: o.Key, UploadID: o.UploadID, Size: o.Size, ModifiedAt: o.ModifiedAt, FirstSeen: o.FirstSeen, PurgeAfter: o.PurgeAfter,
		})
	}
	return out, nil
}

// LostFile is a file whose object is gone.
type LostFile struct {
	ID    uuid.UUID `json:"id" format:"uuid"`
	JobID uuid.UUID `json:"jobId" format:"uuid"`
	Path  string    `json:"path"`
	Size  int64     `json:"size"`
	Job   string    `json:"job" doc:"Its name"`
	Owner string    `json:"owner" doc:"E-mail address"`
}

type lostFilesOutput struct {
	Body struct {
		Files      []LostFile `json:"files" nullable:"false"`
		NextCursor string     `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"LostFileList"`
}

func (h *storageListHandlers) lost(ctx context.Context, in *storagePageInput) (*lostFilesOutput, error) {
	files, next, err := h.store.LostFiles(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &lostFilesOutput{}
	out.Body.NextCursor, out.Body.Files = next, make([]LostFile, 0, len(files))
	for _, f := range files {
		out.Body.Files = append(out.Body.Files, LostFile{ID: f.ID, JobID: f.JobID, Path: f.Path, Size: f.Size, Job: f.Name, Owner: f.Owner})
	}
	return out, nil
}
