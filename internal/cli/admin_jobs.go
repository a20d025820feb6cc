package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
)

type adminJobsCmd struct {
	List   adminJobsListCmd   `cmd:"" default:"withargs" help:"List the jobs of all users."`
	Show   adminJobsShowCmd   `cmd:"" help:"Show a job with its timeline, attempts and workflow."`
	Retry  adminJobsRetryCmd  `cmd:"" help:"Retry jobs; they keep what is stored."`
	Cancel adminJobsCancelCmd `cmd:"" help:"Cancel jobs."`
	Pause  adminJobsPauseCmd  `cmd:"" help:"Pause jobs; they keep what they have fetched."`
	Resume adminJobsResumeCmd `cmd:"" help:"Resume paused jobs."`
	Move   adminJobsMoveCmd   `cmd:"" help:"Move open jobs to another provider, or from an agent to another."`
	Delete adminJobsDeleteCmd `cmd:"" help:"Delete jobs with their files."`
	Bulk   adminJobsBulkCmd   `cmd:"" help:"Act on all jobs that a filter finds, at a rate."`
}

// anyJob is what the commands use of someone's job.
type anyJob struct {
	job
	Provider string `json:"provider"`
	Owner    struct {
		Email string `json:"email"`
	} `json:"owner"`
	Agent *struct {
		Name string `json:"name"`
	} `json:"agent"`
}

func (j anyJob) place() string {
	if j.Agent != nil {
		return j.Agent.Name
	}
	return j.Provider
}

// jobFilter says which of all users' jobs are meant.
type jobFilter struct {
	State    []string  `help:"Only jobs in these states." sep:"," placeholder:"STATE"`
	Reason   []string  `help:"Only jobs with these reasons." sep:"," placeholder:"CODE"`
	Problem  []string  `help:"Only jobs with these problems." sep:"," placeholder:"CODE"`
	Provider string    `help:"Only jobs at this provider: agent or seedr."`
	Agent    string    `help:"Only jobs whose newest attempt was on the agent of this id." placeholder:"ID"`
	User     string    `help:"Only jobs of the account with this address or id." placeholder:"WHO"`
	From     time.Time `help:"Only jobs submitted at this time or later, such as 2026-11-29T00:00:00Z." placeholder:"TIME"`
	To       time.Time `help:"Only jobs submitted before this time." placeholder:"TIME"`
	MinSize  int64     `help:"Only jobs with at least this many bytes." placeholder:"BYTES"`
	MaxSize  int64     `help:"Only jobs with at most this many bytes." placeholder:"BYTES"`
	Hash     string    `help:"Only jobs with this info hash, or one that starts so." placeholder:"HEX"`
	Search   string    `help:"Only jobs whose name contains this, at least three characters." short:"q"`
}

// asked returns what the server is asked for, by its names.
func (f jobFilter) asked() map[string]any {
	out := map[string]any{}
	for name, values := range map[string][]string{"state": f.State, "reason": f.Reason, "problem": f.Problem} {
		if len(values) > 0 {
			out[name] = values
		}
	}
	for name, value := range map[string]string{"provider": f.Provider, "agent": f.Agent, "user": f.User, "infoHash": f.Hash, "q": f.Search} {
		if value != "" {
			out[name] = value
		}
	}
	for name, at := range map[string]time.Time{"createdFrom": f.From, "createdTo": f.To} {
		if !at.IsZero() {
			out[name] = at.Format(time.RFC3339)
		}
	}
	for name, bytes := range map[string]int64{"sizeMin": f.MinSize, "sizeMax": f.MaxSize} {
		if bytes > 0 {
			out[name] = bytes
		}
	}
	return out
}

type adminJobsListCmd struct {
	jobFilter
	Sort  string `help:"Order: created, name or size; a leading minus reverses it." default:"-created"`
	Limit int    `help:"Maximum number to list; 0 means all." default:"50"`
}

// query returns what the server is asked for.
func (c *adminJobsListCmd) query() url.Values {
	q := url.Values{"sort": {c.Sort}}
	for name, value := range c.asked() {
		if values, several := value.([]string); several {
			value = strings.Join(values, ",")
		}
		q.Set(name, fmt.Sprint(value))
	}
	return q
}

// Run lists jobs, page by page.
func (c *adminJobsListCmd) Run(ctx context.Context, p *program) error {
	if c.Limit < 0 {
		return usagef("The limit must not be negative.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	found, err := api.list(ctx, "/admin/jobs", c.query(), c.Limit)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(found.Jobs)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tREASON\tOWNER\tWHERE\tSIZE\tNAME")
	for _, row := range found.Jobs {
		var j anyJob
		if err := json.Unmarshal(row, &j); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", j.ID, j.State, j.Reason.Code, printable(j.Owner.Email), printable(j.place()),
			sizeInWords(j.Size), printable(j.title()))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	if total := found.leftOut(); total != "" {
		fmt.Fprintf(p.Err, "%d of %s jobs; --limit 0 shows all.\n", len(found.Jobs), total)
	}
	return nil
}

type adminJobsShowCmd struct {
	Job string `arg:"" help:"Id of the job."`
}

// jobDetail is what the command shows of a job.
type jobDetail struct {
	Job    anyJob `json:"job"`
	Events []struct {
		At     time.Time `json:"at"`
		State  string    `json:"state"`
		Reason reason    `json:"reason"`
	} `json:"events"`
	Attempts []struct {
		Number   int64  `json:"number"`
		Provider string `json:"provider"`
		State    string `json:"state"`
		Problem  string `json:"problem"`
		Agent    *struct {
			Name string `json:"name"`
		} `json:"agent"`
	} `json:"attempts"`
	Workflow struct {
		ID    string `json:"id"`
		UIURL string `json:"uiUrl"`
	} `json:"workflow"`
}

// Run shows a job.
func (c *adminJobsShowCmd) Run(ctx context.Context, p *program) error {
	id, err := anyJobID(c.Job)
	if err != nil {
		return err
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if _, err := api.do(ctx, http.MethodGet, "/admin/jobs/"+id, nil, &raw); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	var d jobDetail
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return p.printDetail(d)
}

func (p *program) printDetail(d jobDetail) error {
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	workflow := d.Workflow.UIURL
	if workflow == "" {
		workflow = d.Workflow.ID
	}
	fmt.Fprintf(w, "name\t%s\nowner\t%s\nstate\t%s\nwhy\t%s\nnext\t%s\nwhere\t%s\nworkflow\t%s\n\n", printable(d.Job.title()), printable(d.Job.Owner.Email),
		d.Job.State, printable(d.Job.Reason.Text), printable(d.Job.NextAction), printable(d.Job.place()), printable(workflow))
	for _, a := range d.Attempts {
		place := a.Provider
		if a.Agent != nil {
			place = a.Agent.Name
		}
		fmt.Fprintf(w, "attempt %d\t%s\t%s\t%s\n", a.Number, printable(place), a.State, a.Problem)
	}
	fmt.Fprintln(w)
	for _, e := range d.Events {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.At.UTC().Format(time.RFC3339), e.State, printable(e.Reason.Text))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the job: %w", err)
	}
	return nil
}

// anyJobID checks the id of a job among those of all users, of which only the
// whole id is certain to be one job's.
func anyJobID(ref string) (string, error) {
	id, err := uuid.Parse(strings.TrimSpace(ref))
	if err != nil {
		return "", usagef("%q is not a job id. “longhaul admin jobs list” shows them.", ref)
	}
	return id.String(), nil
}

// anyJobs are the jobs that an act is for.
type anyJobs struct {
	Note string   `help:"What the owner reads about it, one line."`
	Jobs []string `arg:"" name:"job" help:"Ids of jobs."`
}

// each does an act to every job and reports all faults.
func (r anyJobs) each(ctx context.Context, p *program, act, done string, more map[string]any) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	asked := map[string]any{}
	maps.Copy(asked, more)
	if r.Note != "" {
		asked["note"] = r.Note
	}
	in, err := jsonBody(asked)
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range r.Jobs {
		id, err := anyJobID(ref)
		if err == nil {
			_, err = api.do(ctx, http.MethodPost, "/admin/jobs/"+id+"/"+act, in, nil)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ref, err))
			continue
		}
		fmt.Fprintf(p.Err, "%s: %s\n", id, done)
	}
	return errors.Join(errs...)
}

type adminJobsRetryCmd struct{ anyJobs }

// Run tries jobs again.
func (c *adminJobsRetryCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "retry", "retrying", nil)
}

type adminJobsCancelCmd struct{ anyJobs }

// Run cancels jobs.
func (c *adminJobsCancelCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "cancel", "cancelled", nil)
}

type adminJobsPauseCmd struct{ anyJobs }

// Run pauses jobs.
func (c *adminJobsPauseCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "pause", "paused", nil)
}

type adminJobsResumeCmd struct{ anyJobs }

// Run resumes paused jobs.
func (c *adminJobsResumeCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "resume", "resumed", nil)
}

type adminJobsMoveCmd struct {
	To string `help:"Where to: agent or seedr. A job that runs on an agent moves to another one." enum:"agent,seedr" required:""`
	anyJobs
}

// Run moves jobs to another provider.
func (c *adminJobsMoveCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "provider", "moving to "+c.To, map[string]any{"provider": c.To})
}

type adminJobsDeleteCmd struct {
	Final bool `help:"Delete for good, so that the owner can't restore it from the trash."`
	anyJobs
}

// Run deletes jobs with their files.
func (c *adminJobsDeleteCmd) Run(ctx context.Context, p *program) error {
	if c.Final {
		return c.each(ctx, p, "delete", "deleted for good", map[string]any{"final": true})
	}
	return c.each(ctx, p, "delete", "deleted", nil)
}
