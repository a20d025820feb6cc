package admin

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
	"longhaul/models"
)

const (
	typeCSV  = "text/csv"
	csvWrite = 30 * time.Second // for a client to take a portion
)

func csvResponse() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "One line per job, below a line of names. A cell that a spreadsheet would take for a formula starts with an apostrophe.",
		Content:     map[string]*huma.MediaType{typeCSV: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

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
	return &huma.StreamResponse{Body: func(hc huma.Context) { h.stream(kit.GinOf(hc), by, m) }}, nil //nolint:contextcheck // gin carries the same one
}

// stream answers with all jobs that match.
func (h *jobHandlers) stream(c *gin.Context, by models.Actor, m models.JobMatch) {
	ctx := c.Request.Context()
	out := &csvStream{w: csv.NewWriter(c.Writer), rc: http.NewResponseController(c.Writer)}
	err := h.store.EachJob(ctx, by, m, func(jobs []models.OwnedJob) error {
		if !out.headed {
			header := c.Writer.Header()
			header.Set("Content-Type", typeCSV+"; charset=utf-8")
			header.Set("Content-Disposition", `attachment; filename="jobs.csv"`)
			header.Set("Cache-Control", "no-store")
			c.Status(http.StatusOK)
		}
		return out.write(jobs)
	})
	switch {
	case err != nil && out.headed:
		kit.InfoOf(ctx).Err = err
		panic(http.ErrAbortHandler) // the client must see that lines are missing
	case err != nil:
		kit.Abort(c, err)
	}
}

// csvStream writes jobs to one client, with a deadline for each portion: the
// server has none for streams.
type csvStream struct {
	w      *csv.Writer
	rc     *http.ResponseController
	headed bool
}

func (s *csvStream) write(jobs []models.OwnedJob) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(csvWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if !s.headed {
		s.headed = true
		if err := s.w.Write([]string{
			"id", "name", "owner", "owner_id", "state", "reason", "problem", "provider", "agent", "size", "files", "info_hash", "attempt",
			"created_at", "state_since", "finished_at",
		}); err != nil {
			return err
		}
	}
	for _, j := range jobs {
		if err := s.w.Write(csvLine(j)); err != nil {
			return err
		}
	}
	s.w.Flush()
	if err := s.w.Error(); err != nil {
		return err
	}
	return s.rc.Flush()
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

// cell keeps what people chose from being run by a spreadsheet.
func cell(text string) string {
	if strings.IndexAny(text, "=+-@\t\r\n") == 0 {
		return "'" + text
	}
	return text
}
