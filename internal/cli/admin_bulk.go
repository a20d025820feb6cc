package cli

import (
	"context"
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"

	"longhaul/internal/wait"
)

type adminJobsBulkCmd struct {
	Act string `arg:"" help:"What to do: retry, cancel, pause, resume, move or delete." enum:"retry,cancel,pause,resume,move,delete"`
	jobFilter
	All    bool   `help:"Every job; needed if there is no filter."`
	Dest   string `name:"dest" help:"Where a move leads: agent or seedr."`
	Note   string `help:"What the owners read about it, one line."`
	Rate   int    `help:"Jobs a second, at most." default:"10"`
	Detach bool   `help:"Return at once instead of following it."`
}

// bulkAct is how far an act on many jobs has come.
type bulkAct struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Total   int64  `json:"total"`
	Done    int64  `json:"done"`
	Refused int64  `json:"refused"`
}

func (b bulkAct) over() bool { return b.State == "done" || b.State == "stopped" }

// bulkLook is how often an act is looked at while it is followed.
const bulkLook = time.Second

// Run starts the act and follows it. It continues when the command is
// interrupted.
func (c *adminJobsBulkCmd) Run(ctx context.Context, p *program) error {
	filter := c.asked()
	switch {
	case len(filter) == 0 && !c.All:
		return usagef("Give a filter, or --all for every job.")
	case (c.Act == "move") != (c.Dest != ""):
		return usagef("A move, and only a move, needs --dest.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	asked := map[string]any{"act": c.Act, "filter": filter, "rate": c.Rate}
	if c.Dest != "" {
		asked["provider"] = c.Dest
	}
	if c.Note != "" {
		asked["note"] = c.Note
	}
	in, err := jsonBody(asked)
	if err != nil {
		return err
	}
	var b bulkAct
	if _, err := api.do(ctx, http.MethodPost, "/admin/bulk-acts", in, &b); err != nil {
		return err
	}
	if !c.Detach {
		if b, err = p.followBulk(ctx, api, b); err != nil {
			return err
		}
	}
	if p.json {
		return p.printJSON(b)
	}
	return p.printRefused(ctx, api, b)
}

// followBulk shows how far the act is until it is over.
func (p *program) followBulk(ctx context.Context, api *client, b bulkAct) (bulkAct, error) {
	for !b.over() {
		fmt.Fprintf(p.Err, "%s: %d of %d done, %d refused\n", b.State, b.Done, b.Total, b.Refused)
		if err := wait.For(ctx, bulkLook); err != nil {
			return b, fmt.Errorf("the act %s continues on the server: %w", b.ID, err)
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/bulk-acts/"+b.ID, nil, &b); err != nil {
			return b, err
		}
	}
	return b, nil
}

// printRefused shows how the act ended and the first jobs that it was not
// possible on.
func (p *program) printRefused(ctx context.Context, api *client, b bulkAct) error {
	fmt.Fprintf(p.Out, "%s %s: %d of %d done, %d refused\n", b.ID, b.State, b.Done, b.Total, b.Refused)
	if b.Refused == 0 {
		return nil
	}
	var page struct {
		Jobs []struct {
			JobID   string `json:"jobId"`
			Name    string `json:"name"`
			Refusal string `json:"refusal"`
		} `json:"jobs"`
	}
	if _, err := api.do(ctx, http.MethodGet, "/admin/bulk-acts/"+b.ID+"/jobs?state=refused&limit=20", nil, &page); err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	for _, j := range page.Jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\n", j.JobID, printable(j.Refusal), printable(j.Name))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print what was refused: %w", err)
	}
	return nil
}
