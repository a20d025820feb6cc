package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"
)

type linksCmd struct {
	List   linksListCmd   `cmd:"" default:"1" help:"List the download links that work, newest first."`
	Revoke linksRevokeCmd `cmd:"" help:"Revoke download links: requests with them are refused from then on."`
}

// link is what the commands use of a download link.
type link struct {
	ID        string    `json:"id"`
	FileID    *string   `json:"fileId"`
	Name      string    `json:"name"`
	Inline    bool      `json:"inline"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// kind says in a word what the link does.
func (l link) kind() string {
	switch {
	case l.FileID == nil:
		return "zip"
	case l.Inline:
		return "open"
	default:
		return "save"
	}
}

func (l link) title() string {
	if l.Name != "" {
		return l.Name
	}
	return "(no name yet)"
}

// links returns the links that work, each also as the server sent it.
func (c *client) links(ctx context.Context) (list []link, raw []json.RawMessage, err error) {
	var page struct {
		Links []json.RawMessage `json:"links"`
	}
	if _, err := c.do(ctx, http.MethodGet, "/links", nil, &page); err != nil {
		return nil, nil, err
	}
	for _, one := range page.Links {
		var l link
		if err := json.Unmarshal(one, &l); err != nil {
			return nil, nil, fmt.Errorf("read the server's answer: %w", err)
		}
		list = append(list, l)
	}
	return list, page.Links, nil
}

type linksListCmd struct{}

// Run lists the links that work.
func (c *linksListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	list, raw, err := api.links(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tKIND\tCREATED\tEXPIRES\tNAME")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.ID, l.kind(), l.CreatedAt.UTC().Format(time.RFC3339), l.ExpiresAt.UTC().Format(time.RFC3339), printable(l.title()))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

type linksRevokeCmd struct {
	Links []string `arg:"" optional:"" name:"link" help:"Ids of links, or their last characters."`
	All   bool     `help:"Revoke all links."`
}

// Run revokes links and reports all faults.
func (c *linksRevokeCmd) Run(ctx context.Context, p *program) error {
	if c.All == (len(c.Links) > 0) {
		return usagef("Name the links to revoke, or use --all.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	if c.All {
		if _, err := api.do(ctx, http.MethodDelete, "/links", nil, nil); err != nil {
			return err
		}
		fmt.Fprintln(p.Err, "All links revoked.")
		return nil
	}
	list, _, err := api.links(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range c.Links {
		l, err := findLink(list, ref)
		if err == nil {
			_, err = api.do(ctx, http.MethodDelete, "/links/"+l.ID, nil, nil)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ref, err))
			continue
		}
		fmt.Fprintf(p.Err, "%s: revoked\n", printable(l.title()))
	}
	return errors.Join(errs...)
}

// findLink returns the link of an id, or of the beginning or end of one that only
// one link has.
func findLink(list []link, ref string) (link, error) {
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.ID
	}
	at, err := findID(ids, ref, "links")
	if err != nil {
		return link{}, err
	}
	return list[at], nil
}

// findID returns the place of the one id that starts or ends in ref, of a list
// that the command shows.
func findID(ids []string, ref, command string) (int, error) {
	ref = strings.ToLower(strings.TrimSpace(ref))
	if len(ref) < 4 || strings.Trim(ref, "0123456789abcdef-") != "" {
		return 0, usagef("%q is not an id that “longhaul %s” shows.", ref, command)
	}
	var found []int
	for i, id := range ids {
		if strings.HasPrefix(id, ref) || strings.HasSuffix(id, ref) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, &apiError{Status: http.StatusNotFound, Detail: "No entry of “longhaul " + command + "” has that id."}
	default:
		return 0, usagef("%d ids start or end in %q; type more of it.", len(found), ref)
	}
}
