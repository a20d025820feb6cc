package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"
)

type trashCmd struct {
	List    trashListCmd    `cmd:"" default:"withargs" help:"List what you deleted and can still restore, newest first."`
	Restore trashRestoreCmd `cmd:"" help:"Restore downloads and files."`
	Delete  trashDeleteCmd  `cmd:"" help:"Delete downloads and files for good."`
	Empty   trashEmptyCmd   `cmd:"" help:"Delete everything for good that is in the trash."`
}

// trashed is what the commands use of an entry of the trash.
type trashed struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	JobName string    `json:"jobName"`
	Path    string    `json:"path"`
	Bytes   int64     `json:"bytes"`
	Until   time.Time `json:"until"`
}

func (e trashed) title() string {
	if e.Path != "" {
		return e.JobName + ": " + e.Path
	}
	return e.JobName
}

// what says in a word what the entry is.
func (e trashed) what() string {
	if e.Kind == "file" {
		return "file"
	}
	return "download"
}

// trash returns entries of the trash, each also as the server sent it. A limit of
// 0 is all of them.
func (c *client) trash(ctx context.Context, limit int) (list []trashed, raw []json.RawMessage, err error) {
	raw = []json.RawMessage{}
	for cursor := ""; ; {
		var page struct {
			Entries    []json.RawMessage `json:"entries"`
			NextCursor string            `json:"nextCursor"`
		}
		q := url.Values{"limit": {"200"}, "cursor": {cursor}}
		if _, err := c.do(ctx, http.MethodGet, "/trash?"+q.Encode(), nil, &page); err != nil {
			return nil, nil, err
		}
		for _, one := range page.Entries {
			var e trashed
			if err := json.Unmarshal(one, &e); err != nil {
				return nil, nil, fmt.Errorf("read the server's answer: %w", err)
			}
			list, raw = append(list, e), append(raw, one)
			if len(list) == limit {
				return list, raw, nil
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return list, raw, nil
		}
	}
}

type trashListCmd struct {
	Limit int `help:"Maximum number to list; 0 means all." default:"50"`
}

// Run lists the trash.
func (c *trashListCmd) Run(ctx context.Context, p *program) error {
	if c.Limit < 0 {
		return usagef("The limit must not be negative.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	list, raw, err := api.trash(ctx, c.Limit)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tKIND\tSIZE\tUNTIL\tNAME")
	for _, e := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.ID, e.what(), bytesInWords(e.Bytes), e.Until.UTC().Format(time.RFC3339), printable(e.title()))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

// trashRefs are the entries of the trash that a command is for.
type trashRefs struct {
	Entries []string `arg:"" name:"entry" help:"Ids of downloads and files in the trash, or their last characters."`
}

// each does something with every entry and reports all faults.
func (r trashRefs) each(ctx context.Context, p *program, done string, do func(*client, trashed) error) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	list, _, err := api.trash(ctx, 0)
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range r.Entries {
		e, err := findTrashed(list, ref)
		if err == nil {
			err = do(api, e)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ref, err))
			continue
		}
		fmt.Fprintf(p.Err, "%s: %s\n", printable(e.title()), done)
	}
	return errors.Join(errs...)
}

func findTrashed(list []trashed, ref string) (trashed, error) {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	at, err := findID(ids, ref, "trash")
	if err != nil {
		return trashed{}, err
	}
	return list[at], nil
}

type trashRestoreCmd struct{ trashRefs }

// Run restores entries.
func (c *trashRestoreCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "restored", func(api *client, e trashed) error {
		var answer struct {
			Refused []struct {
				Detail string `json:"detail"`
			} `json:"refused"`
		}
		in, err := jsonBody(map[string]any{"ids": []string{e.ID}})
		if err != nil {
			return err
		}
		_, err = api.do(ctx, http.MethodPost, "/trash/restore", in, &answer)
		if err == nil && len(answer.Refused) > 0 {
			err = &apiError{Status: http.StatusConflict, Detail: answer.Refused[0].Detail}
		}
		return err
	})
}

type trashDeleteCmd struct{ trashRefs }

// Run deletes entries for good.
func (c *trashDeleteCmd) Run(ctx context.Context, p *program) error {
	return c.each(ctx, p, "deleted for good", func(api *client, e trashed) error {
		_, err := api.do(ctx, http.MethodDelete, "/trash/"+e.ID, nil, nil)
		return err
	})
}

type trashEmptyCmd struct {
	Yes bool `help:"Do it; what is in the trash can't be restored afterwards."`
}

// Run empties the trash.
func (c *trashEmptyCmd) Run(ctx context.Context, p *program) error {
	if !c.Yes {
		return usagef("Emptying the trash can't be undone. Confirm it with --yes.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var answer struct {
		Deleted int64 `json:"deleted"`
	}
	if _, err := api.do(ctx, http.MethodDelete, "/trash", nil, &answer); err != nil {
		return err
	}
	fmt.Fprintf(p.Err, "%d deleted for good.\n", answer.Deleted)
	return nil
}
