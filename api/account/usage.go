package account

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// tagUsage groups the operations in the OpenAPI document.
const tagUsage = "usage"

type usageHandlers struct {
	store usageLog
	now   func() time.Time
}

func (h *usageHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-usage", Method: http.MethodGet, Path: "/api/v1/usage", Tags: []string{tagUsage},
		Summary: "Get the account's usage", Description: "Storage, this month's bandwidth, jobs, and a daily series for charts.",
	}, h.get)
	kit.Handle(r, huma.Operation{
		OperationID: "list-ledger", Method: http.MethodGet, Path: "/api/v1/usage/ledger", Tags: []string{tagUsage},
		Summary: "List every change to the account's storage", Description: "Newest first.",
	}, h.ledger)
}

// UsageInfo is what an account uses of its plan.
type UsageInfo struct {
	Plan      kit.PlanInfo      `json:"plan"`
	Storage   StorageUsage      `json:"storage"`
	Bandwidth BandwidthUsage    `json:"bandwidth"`
	Jobs      JobUsage          `json:"jobs"`
	Override  *kit.OverrideInfo `json:"override" doc:"What differs from the plan itself for a time; the limits given here and in the plan have it already. Null if nothing does"`
	Days      []DayUsage        `json:"days" nullable:"false" doc:"Each day of the range, oldest first"`
}

// TransformSchema lets what has no override say so.
func (UsageInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "override")
}

// StorageUsage is how much storage is taken up.
type StorageUsage struct {
	Used     int64  `json:"used" doc:"Bytes of stored files"`
	Reserved int64  `json:"reserved" doc:"Bytes held for jobs that run or are about to start"`
	Limit    *int64 `json:"limit" doc:"Bytes; null means no limit"`
}

// BandwidthUsage is how much was delivered in the month.
type BandwidthUsage struct {
	Used     int64     `json:"used" doc:"Bytes delivered since the start of the period"`
	Limit    *int64    `json:"limit" doc:"Bytes; null means no limit"`
	Since    time.Time `json:"since" doc:"Start of the period: the first of the month in UTC"`
	ResetsAt time.Time `json:"resetsAt"`
}

// JobUsage counts jobs.
type JobUsage struct {
	Running int   `json:"running"`
	Limit   *int  `json:"limit" doc:"Jobs that may run at once; null means no limit"`
	Total   int64 `json:"total"`
}

// DayUsage is what was used on one day, UTC.
type DayUsage struct {
	Day       string `json:"day" format:"date"`
	Bandwidth int64  `json:"bandwidth" doc:"Bytes delivered"`
	Storage   int64  `json:"storage" doc:"Bytes used at the end of the day, or so far"`
	Stored    int64  `json:"stored" doc:"Bytes added by jobs that became ready"`
	Jobs      int    `json:"jobs" doc:"Jobs that became ready"`
}

type usageInput struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"30" doc:"How many days the series goes back, including today"`
}

type usageOutput struct{ Body UsageInfo }

func (h *usageHandlers) get(ctx context.Context, in *usageInput) (*usageOutput, error) {
	id := kit.Caller(ctx).ID
	u, err := h.store.Usage(ctx, id)
	if err != nil {
		return nil, err
	}
	now := h.now().UTC()
	from := now.AddDate(0, 0, 1-in.Days)
	days, err := h.store.DailyUsage(ctx, id, from)
	if err != nil {
		return nil, err
	}
	out := UsageInfo{
		Plan:      kit.PlanOf(u.Plan),
		Override:  kit.OverrideOf(u.Override),
		Storage:   StorageUsage{Used: u.Room.Used, Reserved: u.Room.Reserved, Limit: u.Room.Limit},
		Bandwidth: BandwidthUsage{Used: u.Bandwidth, Limit: u.Plan.BandwidthBytes},
		Jobs:      JobUsage{Running: u.Running, Total: u.Jobs},
	}
	out.Bandwidth.Since, out.Bandwidth.ResetsAt = models.Period(now)
	if u.Limit > 0 {
		out.Jobs.Limit = &u.Limit
	}
	out.Days = series(days, from, in.Days)
	out.Days[len(out.Days)-1].Storage = u.Room.Used // fresher than the last roll-up
	return &usageOutput{Body: out}, nil
}

// series fills in the days without a row: nothing was delivered, and storage
// did not change.
func series(rows []models.DailyUsage, from time.Time, n int) []DayUsage {
	byDay := make(map[string]models.DailyUsage, len(rows))
	for _, r := range rows {
		byDay[r.Day.Format(time.DateOnly)] = r
	}
	out := make([]DayUsage, 0, n)
	var storage int64
	for i := range n {
		day := from.AddDate(0, 0, i).Format(time.DateOnly)
		r, ok := byDay[day]
		if ok && (r.StorageBytes != 0 || r.StoredBytes != 0 || r.JobsFinished != 0 || r.BandwidthBytes == 0) {
			storage = r.StorageBytes
		}
		out = append(out, DayUsage{Day: day, Bandwidth: r.BandwidthBytes, Storage: storage, Stored: r.StoredBytes, Jobs: r.JobsFinished})
	}
	return out
}

type ledgerInput struct {
	Job    string `query:"job" format:"uuid" doc:"Only lines of this job"`
	Cursor string `query:"cursor" maxLength:"20" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// LedgerLine is one change of an account's storage.
type LedgerLine struct {
	ID            int64      `json:"id"`
	At            time.Time  `json:"at"`
	Kind          ledgerKind `json:"kind"`
	JobID         *uuid.UUID `json:"jobId" format:"uuid" nullable:"true" doc:"Null for a repair of the totals"`
	JobName       string     `json:"jobName" doc:"Empty once the job is deleted"`
	UsedDelta     int64      `json:"usedDelta" doc:"Bytes"`
	ReservedDelta int64      `json:"reservedDelta" doc:"Bytes"`
	UsedAfter     int64      `json:"usedAfter" doc:"The account's total after this line"`
	ReservedAfter int64      `json:"reservedAfter" doc:"The account's total after this line"`
}

type ledgerOutput struct {
	Body struct {
		Lines      []LedgerLine `json:"lines" nullable:"false"`
		NextCursor string       `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"Ledger"`
}

func (h *usageHandlers) ledger(ctx context.Context, in *ledgerInput) (*ledgerOutput, error) {
	var before int64
	if in.Cursor != "" {
		n, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil || n < 1 {
			return nil, models.Errorf(models.CodeInvalid, "That isn't a valid cursor.").In("cursor")
		}
		before = n
	}
	var job *uuid.UUID
	if in.Job != "" {
		id, err := uuid.Parse(in.Job)
		if err != nil {
			return nil, models.Errorf(models.CodeInvalid, "That isn't a job id.").In("job")
		}
		job = &id
	}
	rows, err := h.store.Ledger(ctx, kit.Caller(ctx).ID, job, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &ledgerOutput{}
	out.Body.Lines = make([]LedgerLine, 0, len(rows))
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.NextCursor = strconv.FormatInt(rows[in.Limit-1].ID, 10)
	}
	for _, l := range rows {
		out.Body.Lines = append(out.Body.Lines, LedgerLine{
			ID: l.ID, At: l.At, Kind: ledgerKind(l.Kind), JobID: l.JobID, JobName: l.JobName, UsedDelta: l.UsedDelta,
			ReservedDelta: l.ReservedDelta, UsedAfter: l.UsedAfter, ReservedAfter: l.ReservedAfter,
		})
	}
	return out, nil
}

// ledgerKind is the kind of a ledger line on the wire.
type ledgerKind models.LedgerKind

// Schema returns the schema of kinds of ledger line.
func (ledgerKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "LedgerKind", "What a line of the quota ledger records", models.LedgerReserve, models.LedgerGrow,
		models.LedgerSettle, models.LedgerRelease, models.LedgerFree, models.LedgerRepair)
}
