package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"
)

// jobRefs are the jobs that an action is for.
type jobRefs struct {
	Jobs []string `arg:"" name:"download" help:"Ids of downloads, or their last characters."`
}

// each calls an action on every job and reports all faults.
func (r jobRefs) each(ctx context.Context, p *program, method, action, done string) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range r.Jobs {
		j, err := api.findJob(ctx, ref)
		if err == nil {
			_, err = api.do(ctx, method, "/jobs/"+j.ID+action, nil, nil)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ref, err))
			continue
		}
		fmt.Fprintf(p.Err, "%s: %s\n", printable(j.title()), done)
	}
	return errors.Join(errs...)
}

type pauseCmd struct{ jobRefs }

// Run pauses jobs.
func (c *pauseCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, http.MethodPost, "/pause", "paused")
}

type resumeCmd struct{ jobRefs }

// Run resumes paused jobs.
func (c *resumeCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, http.MethodPost, "/resume", "resumed")
}

type cancelCmd struct{ jobRefs }

// Run cancels jobs.
func (c *cancelCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, http.MethodPost, "/cancel", "cancelled")
}

type retryCmd struct{ jobRefs }

// Run tries jobs again.
func (c *retryCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, http.MethodPost, "/retry", "retrying")
}

type rmCmd struct{ jobRefs }

// Run deletes jobs with their files.
func (c *rmCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, http.MethodDelete, "", "deleted")
}

type agentsListCmd struct{}

// Run lists compute agents.
func (c *agentsListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var list struct {
		Agents []json.RawMessage `json:"agents"`
	}
	if _, err := api.do(ctx, http.MethodGet, "/admin/agents", nil, &list); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(list.Agents)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSTATE\tALIVE\tRUNNING\tDISK FREE\tVERSION\tLAST SEEN")
	for _, raw := range list.Agents {
		var a struct {
			Name       string     `json:"name"`
			State      string     `json:"state"`
			Alive      bool       `json:"alive"`
			Capacity   int        `json:"capacity"`
			Running    int        `json:"running"`
			DiskFree   int64      `json:"diskFree"`
			Version    string     `json:"version"`
			LastSeenAt *time.Time `json:"lastSeenAt"`
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
		alive, seen := "no", "never"
		if a.Alive {
			alive = "yes"
		}
		if a.LastSeenAt != nil {
			seen = a.LastSeenAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d of %d\t%s\t%s\t%s\n", printable(a.Name), a.State, alive, a.Running, a.Capacity,
			bytesInWords(a.DiskFree), printable(a.Version), seen)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}
