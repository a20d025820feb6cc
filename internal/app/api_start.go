package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"

	"longhaul/api"
	"longhaul/internal/config"
	"longhaul/models"
	"longhaul/workflows"
)

// startBudget is how long a start waits for what it cannot do without.
const startBudget = time.Minute

// waitFor opens a dependency that may be starting too, until the budget is
// spent.
func waitFor[T any](ctx context.Context, log *slog.Logger, name string, open func(context.Context) (T, error)) (T, error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = 200*time.Millisecond, 3*time.Second
	v, err := backoff.Retry(ctx, func() (T, error) { return open(ctx) },
		backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(startBudget),
		backoff.WithNotify(func(err error, pause time.Duration) {
			log.WarnContext(ctx, "waiting for a dependency", "name", name, "pause", pause, "error", err)
		}))
	if err != nil {
		return v, fmt.Errorf("open the %s: %w", name, err)
	}
	return v, nil
}

// lazyTemporal returns a client that connects when it is first used: the API
// starts and answers while Temporal is away.
func lazyTemporal(cfg config.Temporal, log *slog.Logger) (client.Client, error) {
	c, err := client.NewLazyClient(client.Options{
		HostPort: cfg.Address, Namespace: cfg.Namespace,
		Logger: temporallog.NewStructuredLogger(log.With("component", "temporal")),
	})
	if err != nil {
		return nil, fmt.Errorf("make temporal client: %w", err)
	}
	return c, nil
}

// webDir returns the folder of the web app, "" when it was not built.
func webDir(dir string, log *slog.Logger) string {
	if dir == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		log.Warn("the web app is not built; only the API is served", "dir", dir)
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

var (
	_ api.Starter    = workflowControl{}
	_ api.Controller = workflowControl{}
)

// StartJob implements api.Starter.
func (w workflowControl) StartJob(ctx context.Context, job models.Job) error {
	return w.Start(ctx, job)
}

// View implements api.Controller.
func (w workflowControl) View(ctx context.Context, job models.Job) (api.WorkflowView, error) {
	v, err := w.State(ctx, job.ID)
	if err != nil {
		return api.WorkflowView{}, err
	}
	out := api.WorkflowView{RunID: v.RunID, Status: v.Status}
	if v.State != nil {
		state := api.WorkflowState(*v.State)
		out.State = &state
	}
	return out, nil
}
