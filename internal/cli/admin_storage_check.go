package cli

import (
	"context"
	"fmt"
	"net/http"
	"text/tabwriter"

	"longhaul/internal/wait"
)

type adminStorageCheckCmd struct {
	Percent int   `help:"How much of all files to read, chosen at random; 100 reads all, 0 only lists what is damaged." default:"0"`
	Rate    int64 `help:"Bytes a second, at most." default:"20971520"`
}

// contentCheck is how far a check of contents has come.
type contentCheck struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Read    int64  `json:"read"`
	Bytes   int64  `json:"bytes"`
	Damaged int64  `json:"damaged"`
	Noted   int64  `json:"noted"`
	Unread  int64  `json:"unread"`
}

// Run starts a check and follows it, and lists what is damaged. It continues on
// the server when the command is interrupted.
func (c *adminStorageCheckCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	if c.Percent != 0 {
		if err := c.read(ctx, p, api); err != nil {
			return err
		}
	}
	var page struct {
		Files []struct {
			JobID string `json:"jobId"`
			Path  string `json:"path"`
			Size  int64  `json:"size"`
			Owner string `json:"owner"`
		} `json:"files"`
	}
	if _, err := api.do(ctx, http.MethodGet, "/admin/storage/damaged?limit=200", nil, &page); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(page.Files)
	}
	if len(page.Files) == 0 {
		fmt.Fprintln(p.Out, "No file is known to be damaged.")
		return nil
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tOWNER\tSIZE\tDAMAGED FILE")
	for _, f := range page.Files {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.JobID, printable(f.Owner), bytesInWords(f.Size), printable(f.Path))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print what is damaged: %w", err)
	}
	return nil
}

// read starts a check and follows it to its end.
func (c *adminStorageCheckCmd) read(ctx context.Context, p *program, api *client) error {
	in, err := jsonBody(map[string]any{"percent": c.Percent, "rate": c.Rate})
	if err != nil {
		return err
	}
	var now contentCheck
	if _, err := api.do(ctx, http.MethodPost, "/admin/storage/checks", in, &now); err != nil {
		return err
	}
	for now.State == "reading" {
		fmt.Fprintf(p.Err, "%d files read, %s, %d damaged\n", now.Read, bytesInWords(now.Bytes), now.Damaged)
		if err := wait.For(ctx, bulkLook); err != nil {
			return fmt.Errorf("the check %s continues on the server: %w", now.ID, err)
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/storage/checks/"+now.ID, nil, &now); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.Err, "%s: %d files read, %s; %d damaged, %d could not be read, %d had no checksum until now\n",
		now.State, now.Read, bytesInWords(now.Bytes), now.Damaged, now.Unread, now.Noted)
	return nil
}
