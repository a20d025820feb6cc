package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"text/tabwriter"

	"longhaul/internal/wait"
)

type adminStorageCmd struct {
	Show    adminStorageShowCmd    `cmd:"" default:"1" help:"Show what is stored, by type, age and owner, and what expires."`
	Check   adminStorageCheckCmd   `cmd:"" help:"Read stored files again and compare them with their checksums; list what is damaged."`
	Cleanup adminStorageCleanupCmd `cmd:"" help:"List what has no row or no object. It removes nothing."`
}

type adminStorageShowCmd struct {
	Limit int `help:"How many owners and jobs to list." default:"10"`
}

// share is a part of what is stored.
type share struct {
	Name  string `json:"name"`
	Files int64  `json:"files"`
	Bytes int64  `json:"bytes"`
}

// amount is a number of things and their size.
type amount struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// stored is what the command shows of storage.
type stored struct {
	Orphans amount `json:"orphans"`
	Lost    amount `json:"lost"`
	Sums    struct {
		Files         int64   `json:"files"`
		Bytes         int64   `json:"bytes"`
		BucketObjects *int64  `json:"bucketObjects"`
		BucketBytes   *int64  `json:"bucketBytes"`
		Types         []share `json:"types"`
		Ages          []share `json:"ages"`
	} `json:"sums"`
}

// storers are owners by what they store.
type storers struct {
	Users []struct {
		Email string `json:"email"`
		Files int64  `json:"files"`
		Bytes int64  `json:"bytes"`
		Week  amount `json:"week"`
		Month amount `json:"month"`
	} `json:"users"`
}

// Run shows what is stored.
func (c *adminStorageShowCmd) Run(ctx context.Context, p *program) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("The limit must be 1 to 200.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if _, err := api.do(ctx, http.MethodGet, "/admin/storage", nil, &raw); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	var s stored
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	var users storers
	if _, err := api.do(ctx, http.MethodGet, fmt.Sprintf("/admin/storage/users?limit=%d", c.Limit), nil, &users); err != nil {
		return err
	}
	var large struct {
		Jobs []struct {
			ID    string `json:"id"`
			Name  string `json:"name"`
			Owner string `json:"owner"`
			Bytes int64  `json:"bytes"`
		} `json:"jobs"`
	}
	if _, err := api.do(ctx, http.MethodGet, fmt.Sprintf("/admin/storage/jobs?limit=%d", c.Limit), nil, &large); err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "stored\t%d files\t%s\n", s.Sums.Files, bytesInWords(s.Sums.Bytes))
	if s.Sums.BucketObjects != nil && s.Sums.BucketBytes != nil {
		fmt.Fprintf(w, "in the bucket\t%d objects\t%s\n", *s.Sums.BucketObjects, bytesInWords(*s.Sums.BucketBytes))
	}
	fmt.Fprintf(w, "without a row\t%d objects\t%s\nwithout an object\t%d files\t%s\n", s.Orphans.Count, bytesInWords(s.Orphans.Bytes),
		s.Lost.Count, bytesInWords(s.Lost.Bytes))
	for _, t := range s.Sums.Types {
		fmt.Fprintf(w, "type %s\t%d files\t%s\n", t.Name, t.Files, bytesInWords(t.Bytes))
	}
	for _, a := range s.Sums.Ages {
		fmt.Fprintf(w, "age %s\t%d files\t%s\n", a.Name, a.Files, bytesInWords(a.Bytes))
	}
	fmt.Fprintln(w, "\nOWNER\tFILES\tSTORED\tGOES IN 7 DAYS\tIN 30 DAYS")
	for _, u := range users.Users {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", printable(u.Email), u.Files, bytesInWords(u.Bytes), bytesInWords(u.Week.Bytes), bytesInWords(u.Month.Bytes))
	}
	fmt.Fprintln(w, "\nJOB\tOWNER\tSTORED\tNAME")
	for _, j := range large.Jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", j.ID, printable(j.Owner), bytesInWords(j.Bytes), printable(j.Name))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print what is stored: %w", err)
	}
	return nil
}

type adminStorageCleanupCmd struct {
	Kind       []string `help:"Only these kinds: object, upload, row." sep:"," placeholder:"KIND"`
	GraceHours int      `help:"Leave alone what is younger than this." default:"1"`
}

// cleanup is how far a cleanup of storage has come.
type cleanup struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Total int64  `json:"total"`
	Bytes int64  `json:"bytes"`
}

func (c cleanup) working() bool { return c.State == "looking" }

// Run lists what has no row or no object. It continues on the server when the
// command is interrupted. Removing it takes more than a token.
func (c *adminStorageCleanupCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	asked := map[string]any{"graceHours": c.GraceHours}
	if len(c.Kind) > 0 {
		asked["kinds"] = c.Kind
	}
	in, err := jsonBody(asked)
	if err != nil {
		return err
	}
	var now cleanup
	if _, err := api.do(ctx, http.MethodPost, "/admin/storage/cleanup", in, &now); err != nil {
		return err
	}
	if now, err = p.followCleanup(ctx, api, now); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(now)
	}
	return p.printCleanup(ctx, api, now)
}

// followCleanup shows how far the cleanup is until it has looked.
func (p *program) followCleanup(ctx context.Context, api *client, c cleanup) (cleanup, error) {
	for c.working() {
		fmt.Fprintf(p.Err, "%s: %d found\n", c.State, c.Total)
		if err := wait.For(ctx, bulkLook); err != nil {
			return c, fmt.Errorf("the cleanup %s continues on the server: %w", c.ID, err)
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/storage/cleanup/"+c.ID, nil, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// printCleanup shows how the cleanup ended and the first things that it found.
func (p *program) printCleanup(ctx context.Context, api *client, c cleanup) error {
	fmt.Fprintf(p.Out, "%s %s: %d found, %s\n", c.ID, c.State, c.Total, bytesInWords(c.Bytes))
	var page struct {
		Items []struct {
			Kind  string `json:"kind"`
			Key   string `json:"key"`
			Size  int64  `json:"size"`
			Owner string `json:"owner"`
		} `json:"items"`
	}
	if _, err := api.do(ctx, http.MethodGet, "/admin/storage/cleanup/"+c.ID+"/items?limit=50", nil, &page); err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	for _, i := range page.Items {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", i.Kind, bytesInWords(i.Size), printable(i.Key), printable(i.Owner))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print what the cleanup found: %w", err)
	}
	if c.State == "found" {
		fmt.Fprintf(p.Err, "Nothing was removed. To remove it, use Admin › Storage in the web app, or on the server: longhaul storage clean %s --yes\n", c.ID)
	}
	return nil
}
