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

// each asks for an action on every job and reports all faults.
func (r jobRefs) each(ctx context.Context, p *program, action, done string) error {
	return r.every(ctx, p, func(api *client, j job) (string, error) {
		_, err := api.do(ctx, http.MethodPost, "/jobs/"+j.ID+action, nil, nil)
		return done, err
	})
}

// every does something with every job, which says what it did, and reports all
// faults.
func (r jobRefs) every(ctx context.Context, p *program, do func(*client, job) (done string, err error)) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range r.Jobs {
		done := ""
		j, err := api.findJob(ctx, ref)
		if err == nil {
			done, err = do(api, j)
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
	return c.each(ctx, p, "/pause", "paused")
}

type resumeCmd struct{ jobRefs }

// Run resumes paused jobs.
func (c *resumeCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "/resume", "resumed")
}

type cancelCmd struct{ jobRefs }

// Run cancels jobs.
func (c *cancelCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "/cancel", "cancelled")
}

type retryCmd struct {
	jobRefs
	Page bool `help:"Keep the web page that the URL leads to, as the file." name:"keep-page"`
}

// Run tries jobs again.
func (c *retryCmd) Run(ctx context.Context, p *program) error {
	if c.Page {
		return c.each(ctx, p, "/retry?keepPage=true", "keeping the page")
	}
	return c.each(ctx, p, "/retry", "retrying")
}

type rmCmd struct {
	jobRefs
	Final bool `help:"Delete for good, not to the trash."`
}

// Run deletes jobs with their files, and says until when they can be restored.
func (c *rmCmd) Run(ctx context.Context, p *program) error {
	query := ""
	if c.Final {
		query = "?final=true"
	}
	return c.every(ctx, p, func(api *client, j job) (string, error) {
		var answer struct {
			Until *time.Time `json:"until"`
		}
		_, err := api.do(ctx, http.MethodDelete, "/jobs/"+j.ID+query, nil, &answer)
		if err != nil || answer.Until == nil {
			return "deleted for good", err
		}
		return "deleted; “longhaul trash restore” brings it back until " + answer.Until.UTC().Format(time.RFC3339), nil
	})
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
