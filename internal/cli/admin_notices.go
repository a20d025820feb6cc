package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

type adminNoticesCmd struct {
	List   adminNoticesListCmd   `cmd:"" default:"withargs" help:"List takedown notices: those that wait for an administrator, the most urgent first."`
	Import adminNoticesImportCmd `cmd:"" help:"Record the takedown notices of a file, each once."`
}

// notice is what the commands use of a takedown notice.
type notice struct {
	ID           string    `json:"id"`
	Reference    string    `json:"reference"`
	State        string    `json:"state"`
	Name         string    `json:"name"`
	Organisation string    `json:"organisation"`
	Works        string    `json:"works"`
	Items        int64     `json:"items"`
	Overdue      bool      `json:"overdue"`
	Missing      []string  `json:"missing"`
	ReceivedAt   time.Time `json:"receivedAt"`
}

type adminNoticesListCmd struct {
	All    bool   `help:"All notices instead, newest first."`
	State  string `help:"Only notices in this state: received, incomplete, accepted, rejected, countered, restored, upheld or withdrawn."`
	Search string `help:"Only notices whose complainant, works or reference contains this." short:"q"`
}

// Run lists all notices that match.
func (c *adminNoticesListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	found := []notice{} // an empty list prints as one
	q := url.Values{"limit": {"200"}}
	switch {
	case c.State != "":
		q.Set("state", c.State)
	case !c.All:
		q.Set("open", "true")
	}
	if c.Search != "" {
		q.Set("q", c.Search)
	}
	for {
		var page struct {
			Notices    []notice `json:"notices"`
			NextCursor string   `json:"nextCursor"`
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/notices?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		found = append(found, page.Notices...)
		if page.NextCursor == "" {
			break
		}
		q.Set("cursor", page.NextCursor)
	}
	if p.json {
		return p.printJSON(found)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tITEMS\tRECEIVED\tCOMPLAINANT\tREFERENCE")
	for _, n := range found {
		who, state := n.Organisation, n.State
		if who == "" {
			who = n.Name
		}
		if n.Overdue {
			state += " (overdue)"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", n.ID, state, n.Items, n.ReceivedAt.UTC().Format("2006-01-02"), printable(who), printable(n.Reference))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

type adminNoticesImportCmd struct {
	From string `help:"The file: one notice as JSON on each line, as POST /api/v1/admin/notices takes it, with a reference." type:"existingfile" placeholder:"FILE" required:""`
}

// maxNoticeLine is how long a line of an import may be.
const maxNoticeLine = 2 << 20

// Run records the notices of a file, one after the other. A reference is recorded
// once, so that an import that stopped can be run again.
func (c *adminNoticesImportCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	f, err := os.Open(c.From)
	if err != nil {
		return fmt.Errorf("read the notices: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxNoticeLine)
	count, refused := 0, 0
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		count++
		said, err := importNotice(ctx, api, text)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			refused++
			said = err.Error()
		}
		fmt.Fprintf(p.Err, "line %d: %s\n", n, said)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the notices: %w", err)
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d were refused", refused, count)
	}
	return nil
}

// importNotice records the notice of a line and says what became of it.
func importNotice(ctx context.Context, api *client, text string) (string, error) {
	var in struct {
		Reference string `json:"reference"`
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return "", fmt.Errorf("this is no JSON object: %w", err)
	}
	if in.Reference == "" {
		return "", usagef("Give it a reference, so that it is recorded once.")
	}
	body, err := jsonBody(json.RawMessage(text))
	if err != nil {
		return "", err
	}
	var out struct {
		Notice notice `json:"notice"`
		Known  bool   `json:"known"`
	}
	if _, err := api.do(ctx, http.MethodPost, "/admin/notices", body, &out); err != nil {
		return "", fmt.Errorf("%s: %w", printable(in.Reference), err)
	}
	said := "recorded"
	switch {
	case out.Known:
		said = "recorded before"
	case len(out.Notice.Missing) > 0:
		said = "recorded as incomplete; it lacks " + strings.ReplaceAll(strings.Join(out.Notice.Missing, ", "), "_", " ")
	}
	return printable(in.Reference) + ": " + said, nil
}
