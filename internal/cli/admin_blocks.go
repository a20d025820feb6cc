package cli

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"longhaul/models"
)

type adminBlocksCmd struct {
	List adminBlocksListCmd `cmd:"" default:"withargs" help:"List blocked content, newest first."`
	Add  adminBlocksAddCmd  `cmd:"" help:"Block info hashes, magnet links, hosts or addresses."`
	Lift adminBlocksLiftCmd `cmd:"" help:"Lift a block."`
}

// block is what the commands use of a block.
type block struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Value     string    `json:"value"`
	Name      string    `json:"name"`
	Reason    string    `json:"reason"`
	By        string    `json:"by"`
	Jobs      int64     `json:"jobs"`
	CreatedAt time.Time `json:"createdAt"`
}

type adminBlocksListCmd struct {
	Kind   string `help:"Only blocks of this kind: hash, url or file."`
	Search string `help:"Only blocks whose value, name or reason contains this." short:"q"`
	Lifted bool   `help:"Those that were lifted instead of those in force."`
}

// Run lists all blocks that match.
func (c *adminBlocksListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	found := []block{} // an empty list prints as one
	q := url.Values{"kind": {c.Kind}, "q": {c.Search}, "limit": {"200"}}
	if c.Kind == "" {
		q.Del("kind")
	}
	if c.Lifted {
		q.Set("lifted", "true")
	}
	for {
		var page struct {
			Blocks     []block `json:"blocks"`
			NextCursor string  `json:"nextCursor"`
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/blocks?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		found = append(found, page.Blocks...)
		if page.NextCursor == "" {
			break
		}
		q.Set("cursor", page.NextCursor)
	}
	if p.json {
		return p.printJSON(found)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tKIND\tJOBS\tADDED\tVALUE\tREASON")
	for _, b := range found {
		value := b.Value
		if b.Name != "" {
			value = b.Name
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", b.ID, b.Kind, b.Jobs, b.CreatedAt.UTC().Format("2006-01-02"), printable(value), printable(b.Reason))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

type adminBlocksAddCmd struct {
	Values []string `arg:"" optional:"" help:"Info hashes, magnet links, hosts or addresses; in a path, * stands for anything."`
	From   string   `help:"Also those in a file, one a line; lines that begin with # are left out." type:"existingfile" placeholder:"FILE"`
	Reason string   `help:"Why; other administrators read it." required:""`
}

// Run blocks content, in as many requests as it takes.
func (c *adminBlocksAddCmd) Run(ctx context.Context, p *program) error {
	values := c.Values
	if c.From != "" {
		listed, err := linesOf(c.From)
		if err != nil {
			return err
		}
		values = append(values, listed...)
	}
	if len(values) == 0 {
		return usagef("Name what to block, or a file that lists it.")
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	refused := 0
	for some := range slices.Chunk(values, models.MaxBlockValues) {
		in, err := jsonBody(map[string]any{"values": some, "reason": c.Reason})
		if err != nil {
			return err
		}
		var out struct {
			Blocks  []block `json:"blocks"`
			Refused []struct {
				Value string `json:"value"`
				Why   string `json:"why"`
			} `json:"refused"`
		}
		if _, err := api.do(ctx, http.MethodPost, "/admin/blocks", in, &out); err != nil {
			return err
		}
		for _, b := range out.Blocks {
			fmt.Fprintf(p.Err, "%s: blocked; %d jobs here\n", printable(b.Value), b.Jobs)
		}
		for _, r := range out.Refused {
			fmt.Fprintf(p.Err, "%s: %s\n", printable(r.Value), r.Why)
		}
		refused += len(out.Refused)
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d were refused", refused, len(values))
	}
	return nil
}

func linesOf(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return out, nil
}

type adminBlocksLiftCmd struct {
	Blocks []string `arg:"" name:"block" help:"Ids of the blocks."`
}

// Run lifts blocks.
func (c *adminBlocksLiftCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	for _, id := range c.Blocks {
		var b block
		if _, err := api.do(ctx, http.MethodPost, "/admin/blocks/"+url.PathEscape(id)+"/lift", nil, &b); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		fmt.Fprintf(p.Err, "%s: lifted\n", printable(b.Value))
	}
	return nil
}
