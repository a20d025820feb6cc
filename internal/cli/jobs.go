package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// job is what the commands use of a job.
type job struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	SourceKind  string           `json:"sourceKind"`
	Size        *int64           `json:"size"`
	State       models.State     `json:"state"`
	Reason      reason           `json:"reason"`
	NextAction  string           `json:"nextAction"`
	Deadline    *time.Time       `json:"deadline"`
	Problem     string           `json:"problem"`
	Attempt     int              `json:"attempt"`
	MaxAttempts int              `json:"maxAttempts"`
	Progress    *models.Progress `json:"progress"`
}

func (j job) title() string {
	if j.Name != "" {
		return j.Name
	}
	return "(no name yet)"
}

// percent returns how much of the job is verified, "" while that is unknown.
func (j job) percent() string {
	switch {
	case j.State == models.StateReady:
		return "100 %"
	case j.Progress == nil || j.Progress.BytesTotal <= 0:
		return ""
	default:
		return fmt.Sprintf("%d %%", j.Progress.BytesDone*100/j.Progress.BytesTotal)
	}
}

type file struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	State string `json:"state"`
}

// findJob returns the job of an id, or of the beginning or end of one that
// only one recent job has.
func (c *client) findJob(ctx context.Context, ref string) (job, error) {
	var j job
	if _, err := uuid.Parse(ref); err == nil && len(ref) == 36 {
		_, err := c.do(ctx, http.MethodGet, "/jobs/"+ref, nil, &j)
		return j, err
	}
	ref = strings.ToLower(strings.TrimSpace(ref))
	if len(ref) < 4 || strings.Trim(ref, "0123456789abcdef-") != "" {
		return j, usagef("%q is not a download id. “longhaul list” shows them.", ref)
	}
	var page struct {
		Jobs []job `json:"jobs"`
	}
	if _, err := c.do(ctx, http.MethodGet, "/jobs?limit=100", nil, &page); err != nil {
		return j, err
	}
	var found []job
	for _, one := range page.Jobs {
		if strings.HasPrefix(one.ID, ref) || strings.HasSuffix(one.ID, ref) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return j, &apiError{Status: http.StatusNotFound, Detail: "No recent download has that id."}
	default:
		return j, usagef("%d downloads have an id that ends in %q; type more of it.", len(found), ref)
	}
}

type listCmd struct {
	State  []string `help:"Only downloads in these states." sep:"," placeholder:"STATE"`
	Search string   `help:"Only downloads whose name contains this." short:"q"`
	Sort   string   `help:"Order: created, name, size or state; a leading minus reverses it." default:"-created"`
	Limit  int      `help:"Maximum number to list; 0 means all." default:"50"`
}

// Run lists jobs, page by page.
func (c *listCmd) Run(ctx context.Context, p *program) error {
	for _, s := range c.State {
		if !models.State(s).Valid() {
			return usagef("No such state: %q. The states are: %s.", s, stateNames())
		}
	}
	if c.Limit < 0 {
		return usagef("The limit must not be negative.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	found, err := api.list(ctx, "/jobs", c.query(), c.Limit)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(found.Jobs)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tDONE\tSIZE\tRATE\tNAME")
	for _, row := range found.Jobs {
		var j job
		if err := json.Unmarshal(row, &j); err != nil {
			return fmt.Errorf("read the server's answer: %w", err)
		}
		rate := ""
		if j.Progress != nil && j.Progress.DownRate > 0 {
			rate = bytesInWords(j.Progress.DownRate) + "/s"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", j.ID, j.State, j.percent(), sizeInWords(j.Size), rate, printable(j.title()))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	if total := found.leftOut(); total != "" {
		fmt.Fprintf(p.Err, "%d of %s downloads; --limit 0 shows all.\n", len(found.Jobs), total)
	}
	return nil
}

// query returns what the server is asked for.
func (c *listCmd) query() url.Values {
	q := url.Values{"sort": {c.Sort}}
	if len(c.State) > 0 {
		q.Set("state", strings.Join(c.State, ","))
	}
	if c.Search != "" {
		q.Set("q", c.Search)
	}
	return q
}

// jobList is what the server has of a list: the rows as it sent them, and how
// many there are in all. With More, there are more than Total, which the
// server did not count.
type jobList struct {
	Jobs       []json.RawMessage `json:"jobs"`
	NextCursor string            `json:"nextCursor"`
	Total      int64             `json:"total"`
	More       bool              `json:"more"`
}

// leftOut returns how many rows there are in all, in words; it is empty if the
// list has all of them.
func (l jobList) leftOut() string {
	switch {
	case l.NextCursor == "":
		return ""
	case l.More:
		return fmt.Sprintf("more than %d", l.Total)
	default:
		return strconv.FormatInt(l.Total, 10)
	}
}

// list reads the pages of a list of jobs at path until it has limit rows; 0
// reads all.
func (c *client) list(ctx context.Context, path string, q url.Values, limit int) (jobList, error) {
	const longest = 100
	rows := []json.RawMessage{} // an empty list prints as one
	for {
		n := longest
		if limit > 0 {
			n = min(n, limit-len(rows))
		}
		q.Set("limit", strconv.Itoa(n))
		var page jobList
		if _, err := c.do(ctx, http.MethodGet, path+"?"+q.Encode(), nil, &page); err != nil {
			return jobList{}, err
		}
		rows = append(rows, page.Jobs...)
		if page.NextCursor == "" || limit > 0 && len(rows) >= limit {
			page.Jobs = rows
			return page, nil
		}
		q.Set("cursor", page.NextCursor)
	}
}

func stateNames() string {
	var names []string
	for _, s := range models.States() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func (p *program) printFiles(files []file) error {
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "INDEX\tSIZE\tSTATE\tPATH")
	for _, f := range files {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", f.Index, sizeInWords(&f.Size), f.State, printable(f.Path))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}
