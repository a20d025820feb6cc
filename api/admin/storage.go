package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// triggerBudget is how long an act waits for the schedules. Without them it
// takes effect when it is their time.
const triggerBudget = 3 * time.Second

type storageHandlers struct {
	store     Store
	workflows Workflows
}

func (h *storageHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/storage" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("get-storage", http.MethodGet, "", "What is stored, and how storage and the database compare",
		"What the last sweep and the last check found: objects without a row, and files without an object. "+
			"Sums by type and age, and a figure for each of the last 90 days, are taken every hour."), h.get)
	kit.Handle(r, op("accept-storage", http.MethodPost, "/accept", "Accept storage as it is",
		"Ends a pause of deletion after the restore of a dump or a change of the bucket: orphans are kept for another week. "+
			"The next check may mark any number of files as lost."), h.accept)
}

// AmountInfo is a number of objects or files and their size.
type AmountInfo struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// StorageInfo is how storage and the database compare.
type StorageInfo struct {
	Paused         string      `json:"paused" enum:",restored,other_bucket" doc:"Why nothing is removed automatically; empty while it is. restored: the database is older than storage, as after the restore of a dump. other_bucket: the database does not know this bucket"`
	PausedAt       *time.Time  `json:"pausedAt"`
	AcceptedAt     *time.Time  `json:"acceptedAt" doc:"An administrator accepted it; it takes effect with the next sweep"`
	Orphans        AmountInfo  `json:"orphans" doc:"Objects and multipart uploads without a row"`
	NextPurgeAt    *time.Time  `json:"nextPurgeAt" doc:"When the first of them is removed"`
	RefusedOrphans int64       `json:"refusedOrphans" doc:"How many the last sweep would have removed, if that was too much at once"`
	Lost           AmountInfo  `json:"lost" doc:"Files whose object is gone"`
	LostJobs       int64       `json:"lostJobs"`
	RefusedLost    int64       `json:"refusedLost" doc:"How many files the last check would have marked as lost, if that was too much at once"`
	SweptAt        *time.Time  `json:"sweptAt" doc:"When storage was last swept"`
	CheckedAt      *time.Time  `json:"checkedAt" doc:"When the stored files were last checked"`
	CheckPlan      CheckPlan   `json:"checkPlan" doc:"How often a check of contents starts"`
	Sums           StorageSums `json:"sums"`
}

func storageInfo(s models.StorageReport, sums models.StorageSums) StorageInfo {
	return StorageInfo{
		Paused: string(s.Paused), PausedAt: s.PausedAt, AcceptedAt: s.AcceptedAt, Orphans: AmountInfo(s.Orphans), NextPurgeAt: s.NextPurge,
		RefusedOrphans: s.RefusedOrphans, Lost: AmountInfo(s.Lost), LostJobs: s.LostJobs, RefusedLost: s.RefusedLost,
		SweptAt: s.SweptAt, CheckedAt: s.CheckedAt, Sums: storageSumsOf(sums),
		CheckPlan: CheckPlan{Days: s.CheckDays, Percent: s.CheckPercent},
	}
}

type storageOutput struct{ Body StorageInfo }

func (h *storageHandlers) get(ctx context.Context, _ *kit.Empty) (*storageOutput, error) {
	info, err := h.info(ctx)
	if err != nil {
		return nil, err
	}
	return &storageOutput{Body: info}, nil
}

func (h *storageHandlers) info(ctx context.Context) (StorageInfo, error) {
	s, err := h.store.StorageReport(ctx)
	if err != nil {
		return StorageInfo{}, err
	}
	sums, err := h.store.StorageSums(ctx)
	return storageInfo(s, sums), err
}

type storageActInput struct {
	Body struct {
		Confirm string `json:"confirm" maxLength:"20" doc:"The word accept, typed as confirmation"`
	} `nameHint:"ConfirmStorage"`
}

type storageActOutput struct {
	Body struct {
		Started bool        `json:"started" doc:"It takes effect now; else within the hour"`
		Storage StorageInfo `json:"storage"`
	} `nameHint:"StorageConfirmed"`
}

// accept accepts storage as it is, and has the worker take it up.
func (h *storageHandlers) accept(ctx context.Context, in *storageActInput) (*storageActOutput, error) {
	if in.Body.Confirm != "accept" {
		return nil, models.Errorf(models.CodeInvalid, "Type accept to confirm.").In("confirm")
	}
	if err := h.store.AcceptStorage(ctx, kit.ActorOf(ctx)); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, triggerBudget)
	defer cancel()
	out := &storageActOutput{}
	out.Body.Started = h.workflows.TakeStock(limited) == nil // else the schedules do it in their time
	var err error
	out.Body.Storage, err = h.info(ctx)
	return out, err
}
