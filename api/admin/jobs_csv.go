package admin

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

type exportInput struct{ JobQuery }

func (h *jobHandlers) export(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	m, err := h.match(ctx, in.JobQuery)
	if err != nil {
		return nil, err
	}
	if m, err = m.Checked(); err != nil {
		return nil, err
	}
	by := kit.ActorOf(ctx)
	return &huma.StreamResponse{Body: func(hc huma.Context) { //nolint:contextcheck // gin carries the same one
		c := kit.GinOf(hc)
		streamCSV(c, "jobs.csv", csvColumns(), func(write func([][]string) error) error {
			return h.store.EachJob(c.Request.Context(), by, m, linesOf(csvLine, write))
		})
	}}, nil
}

func csvColumns() []string {
	return []string{
		"id", "name", "owner", "owner_id", "state", "reason", "problem", "provider", "agent", "size", "files", "info_hash", "attempt",
		"created_at", "state_since", "finished_at",
	}
}

func csvLine(j models.OwnedJob) []string {
	job, size, finished := kit.JobOf(j.Job, nil), "", ""
	if j.Size != nil {
		size = strconv.FormatInt(*j.Size, 10)
	}
	if j.FinishedAt != nil {
		finished = j.FinishedAt.Format(time.RFC3339)
	}
	return []string{
		j.ID.String(), cell(j.Name), cell(j.OwnerEmail), j.UserID.String(), string(j.State), string(j.Why().Code), string(j.Problem),
		string(j.Provider), cell(j.AgentName), size, strconv.Itoa(j.FileCount), job.InfoHash, strconv.Itoa(j.Attempt),
		j.CreatedAt.Format(time.RFC3339), j.StateSince.Format(time.RFC3339), finished,
	}
}
