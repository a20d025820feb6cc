package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
)

type labelsCmd struct {
	List   labelsListCmd   `cmd:"" default:"withargs" help:"List your labels."`
	Create labelsCreateCmd `cmd:"" help:"Add a label."`
	Rename labelsRenameCmd `cmd:"" help:"Rename a label, or change its colour."`
	Delete labelsDeleteCmd `cmd:"" help:"Delete a label; its downloads stay."`
	Add    labelsAddCmd    `cmd:"" help:"Give downloads a label."`
	Remove labelsRemoveCmd `cmd:"" help:"Take a label from downloads."`
}

// label is what the commands use of a label.
type label struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Jobs   int64  `json:"jobs"`
}

// labels returns the user's labels, each also as the server sent it.
func (c *client) labels(ctx context.Context) (list []label, raw []json.RawMessage, err error) {
	var answer struct {
		Labels []json.RawMessage `json:"labels"`
	}
	if _, err := c.do(ctx, http.MethodGet, "/labels", nil, &answer); err != nil {
		return nil, nil, err
	}
	for _, one := range answer.Labels {
		var l label
		if err := json.Unmarshal(one, &l); err != nil {
			return nil, nil, fmt.Errorf("read the server's answer: %w", err)
		}
		list = append(list, l)
	}
	return list, answer.Labels, nil
}

// findLabel returns the label of the name, in whatever case, or of the id.
func (c *client) findLabel(ctx context.Context, ref string) (label, error) {
	list, _, err := c.labels(ctx)
	if err != nil {
		return label{}, err
	}
	name := strings.Join(strings.Fields(ref), " ")
	for _, l := range list {
		if strings.EqualFold(l.Name, name) || l.ID == strings.ToLower(ref) {
			return l, nil
		}
	}
	return label{}, &apiError{Status: http.StatusNotFound, Detail: "There is no such label. “longhaul labels” shows yours."}
}

type labelsListCmd struct{}

// Run lists the labels.
func (c *labelsListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	list, raw, err := api.labels(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "COLOUR\tDOWNLOADS\tNAME")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%d\t%s\n", l.Colour, l.Jobs, printable(l.Name))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

type labelsCreateCmd struct {
	Name   string `arg:"" help:"The name, of up to 50 characters."`
	Colour string `help:"Its colour." enum:"grey,red,orange,yellow,green,teal,blue,violet,pink" default:"blue"`
}

// Run adds a label.
func (c *labelsCreateCmd) Run(ctx context.Context, p *program) error {
	return p.saveLabel(ctx, http.MethodPost, "/labels", c.Name, c.Colour, "added")
}

// saveLabel sends a label, and prints it or says what was done.
func (p *program) saveLabel(ctx context.Context, method, path, name, colour, done string) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	in, err := jsonBody(map[string]string{"name": name, "colour": colour})
	if err != nil {
		return err
	}
	var saved json.RawMessage
	if _, err := api.do(ctx, method, path, in, &saved); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(saved)
	}
	fmt.Fprintf(p.Err, "%s: %s\n", printable(name), done)
	return nil
}

type labelsRenameCmd struct {
	Label  string `arg:"" help:"The label's name."`
	Name   string `arg:"" help:"Its new name."`
	Colour string `help:"Its new colour; without it, the colour stays." enum:",grey,red,orange,yellow,green,teal,blue,violet,pink" default:""`
}

// Run renames a label.
func (c *labelsRenameCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	l, err := api.findLabel(ctx, c.Label)
	if err != nil {
		return err
	}
	if c.Colour != "" {
		l.Colour = c.Colour
	}
	return p.saveLabel(ctx, http.MethodPut, "/labels/"+l.ID, c.Name, l.Colour, "saved")
}

type labelsDeleteCmd struct {
	Label string `arg:"" help:"The label's name."`
}

// Run deletes a label.
func (c *labelsDeleteCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	l, err := api.findLabel(ctx, c.Label)
	if err != nil {
		return err
	}
	if _, err := api.do(ctx, http.MethodDelete, "/labels/"+l.ID, nil, nil); err != nil {
		return err
	}
	fmt.Fprintf(p.Err, "%s: deleted\n", printable(l.Name))
	return nil
}

type labelsAddCmd struct {
	Label string `arg:"" help:"The label's name."`
	jobRefs
}

// Run gives downloads a label.
func (c *labelsAddCmd) Run(ctx context.Context, p *program) error {
	return c.label(ctx, p, c.Label, "add", "labelled")
}

type labelsRemoveCmd struct {
	Label string `arg:"" help:"The label's name."`
	jobRefs
}

// Run takes a label from downloads.
func (c *labelsRemoveCmd) Run(ctx context.Context, p *program) error {
	return c.label(ctx, p, c.Label, "remove", "label removed")
}

// label adds a label to every job or removes it, and reports all faults.
func (r jobRefs) label(ctx context.Context, p *program, name, change, done string) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	l, err := api.findLabel(ctx, name)
	if err != nil {
		return err
	}
	return r.every(ctx, p, func(api *client, j job) (string, error) {
		in, err := jsonBody(map[string][]string{"jobs": {j.ID}, change: {l.ID}})
		if err != nil {
			return "", err
		}
		var answer struct {
			Refused int64 `json:"refused"`
		}
		_, err = api.do(ctx, http.MethodPost, "/jobs/labels", in, &answer)
		if err == nil && answer.Refused > 0 {
			err = &apiError{Status: http.StatusConflict, Detail: "It has 20 labels, which is the most. Remove one first."}
		}
		return done, err
	})
}
