package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"longhaul/api"
	"longhaul/api/jobs"
	"longhaul/internal/config"
	"longhaul/models"
	"longhaul/workflows"
)

// webDir returns the folder of the web app, "" when it was not built.
func webDir(dir string, log *slog.Logger) string {
	if dir == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		log.Warn("the web app is not built; serving only the API", "dir", dir)
		return ""
	}
	return dir
}

// workflowPages is where the Temporal UI shows workflows, "" without one.
func workflowPages(cfg config.Temporal) string {
	if cfg.UIURL == "" {
		return ""
	}
	return strings.TrimRight(cfg.UIURL, "/") + "/namespaces/" + cfg.Namespace
}

// workflowControl plugs the workflow client into what the API declares.
type workflowControl struct{ *workflows.Client }

var _ api.Workflows = workflowControl{}

// StartJob implements api.Workflows.
func (w workflowControl) StartJob(ctx context.Context, job models.Job) error {
	return w.Start(ctx, job)
}

// View implements api.Workflows.
func (w workflowControl) View(ctx context.Context, job models.Job) (jobs.WorkflowView, error) {
	v, err := w.State(ctx, job.ID)
	if err != nil {
		return jobs.WorkflowView{}, err
	}
	out := jobs.WorkflowView{RunID: v.RunID, Status: v.Status}
	if v.State != nil {
		out.State = new(jobs.RunState(*v.State))
	}
	return out, nil
}
