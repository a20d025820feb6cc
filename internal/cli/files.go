package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// filePage is how many files one request lists.
const filePage = 500

// fileQuery says which files of a download to list.
type fileQuery struct {
	search string
	states []string
	limit  int // 0 is all
}

// jobFiles lists the files of a job, page by page, and returns how many there are
// of them in all.
func (c *client) jobFiles(ctx context.Context, id string, q fileQuery) (files []file, total int64, err error) {
	files = []file{}
	cursor := ""
	for {
		values := url.Values{"limit": {strconv.Itoa(filePage)}}
		if left := q.limit - len(files); q.limit > 0 && left < filePage {
			values.Set("limit", strconv.Itoa(left))
		}
		for name, value := range map[string]string{"q": q.search, "state": strings.Join(q.states, ","), "cursor": cursor} {
			if value != "" {
				values.Set(name, value)
			}
		}
		var page struct {
			Files      []file `json:"files"`
			NextCursor string `json:"nextCursor"`
			Total      int64  `json:"total"`
		}
		if _, err := c.do(ctx, http.MethodGet, "/jobs/"+id+"/files?"+values.Encode(), nil, &page); err != nil {
			return nil, 0, err
		}
		files, cursor = append(files, page.Files...), page.NextCursor
		if cursor == "" || q.limit > 0 && len(files) >= q.limit {
			return files, page.Total, nil
		}
	}
}

// allFiles lists all files of a job.
func (c *client) allFiles(ctx context.Context, id string) ([]file, error) {
	files, _, err := c.jobFiles(ctx, id, fileQuery{})
	return files, err
}

type filesCmd struct {
	Job    string   `arg:"" name:"download" help:"Id of the download, or its last characters."`
	Search string   `help:"Only files whose path contains this; patterns such as *.mkv have to match a path or a name." short:"q"`
	State  []string `help:"Only files in these states: pending, stored, skipped, lost." sep:"," placeholder:"STATE"`
	Limit  int      `help:"Maximum number to list; 0 means all." default:"0"`
}

// Run lists the files of a job.
func (c *filesCmd) Run(ctx context.Context, p *program) error {
	if c.Limit < 0 {
		return usagef("The limit can't be negative.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	j, err := api.findJob(ctx, c.Job)
	if err != nil {
		return err
	}
	files, total, err := api.jobFiles(ctx, j.ID, fileQuery{search: c.Search, states: c.State, limit: c.Limit})
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(files)
	}
	if err := p.printFiles(files); err != nil {
		return err
	}
	if int64(len(files)) < total {
		fmt.Fprintf(p.Err, "%d of %d files; --limit 0 shows all.\n", len(files), total)
	}
	return nil
}
