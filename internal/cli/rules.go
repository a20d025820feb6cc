package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
)

type rulesCmd struct {
	Show  rulesShowCmd  `cmd:"" default:"withargs" help:"Show what applies to new downloads."`
	Set   rulesSetCmd   `cmd:"" help:"Change what applies to new downloads; what you leave out stays."`
	Clear rulesClearCmd `cmd:"" help:"Remove all rules."`
}

// rules are what applies to submits that choose nothing else.
type rules struct {
	Label          *string  `json:"label"`
	SkipSamples    bool     `json:"skipSamples"`
	MinSize        int64    `json:"minSize"`
	SkipExtensions []string `json:"skipExtensions"`
	StartPaused    bool     `json:"startPaused"`
	Provider       string   `json:"provider"`
}

func (c *client) rules(ctx context.Context) (r rules, err error) {
	_, err = c.do(ctx, http.MethodGet, "/rules", nil, &r)
	return r, err
}

// saveRules sends the rules and shows them as the server keeps them.
func (p *program) saveRules(ctx context.Context, api *client, r rules) error {
	in, err := jsonBody(r)
	if err != nil {
		return err
	}
	if _, err := api.do(ctx, http.MethodPut, "/rules", in, nil); err != nil {
		return err
	}
	return p.showRules(ctx, api)
}

func (p *program) showRules(ctx context.Context, api *client) error {
	if p.json {
		var raw json.RawMessage
		if _, err := api.do(ctx, http.MethodGet, "/rules", nil, &raw); err != nil {
			return err
		}
		return p.printJSON(raw)
	}
	r, err := api.rules(ctx)
	if err != nil {
		return err
	}
	name := "none"
	if r.Label != nil {
		l, err := api.findLabel(ctx, *r.Label)
		if err != nil {
			return err
		}
		name = printable(l.Name)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "Label\t%s\n", name)
	fmt.Fprintf(w, "Skip samples\t%s\n", yes(r.SkipSamples))
	fmt.Fprintf(w, "Skip files below\t%s\n", bytesInWords(r.MinSize))
	fmt.Fprintf(w, "Skip extensions\t%s\n", orNone(printable(strings.Join(r.SkipExtensions, ", "))))
	fmt.Fprintf(w, "Start paused\t%s\n", yes(r.StartPaused))
	fmt.Fprintf(w, "Provider\t%s\n", orNone(r.Provider))
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the rules: %w", err)
	}
	return nil
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

type rulesShowCmd struct{}

// Run shows the rules.
func (c *rulesShowCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	return p.showRules(ctx, api)
}

type rulesSetCmd struct {
	Label       *string   `help:"Label of new downloads; empty for none." placeholder:"NAME"`
	SkipSamples *bool     `help:"Leave out samples of films." negatable:""`
	MinSize     *int64    `help:"Leave out files with fewer bytes; 0 for none." placeholder:"BYTES"`
	SkipExt     *[]string `help:"Leave out files with these extensions; empty for none." placeholder:"EXT"`
	StartPaused *bool     `help:"New downloads wait until you resume them." negatable:""`
	Provider    *string   `help:"Provider, where the administrators let you choose: agent or seedr; empty for the active one." placeholder:"NAME"`
}

// Run changes the rules that are named.
func (c *rulesSetCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	r, err := api.rules(ctx)
	if err != nil {
		return err
	}
	if c.Label != nil {
		r.Label = nil
		if *c.Label != "" {
			l, err := api.findLabel(ctx, *c.Label)
			if err != nil {
				return err
			}
			r.Label = &l.ID
		}
	}
	if c.SkipSamples != nil {
		r.SkipSamples = *c.SkipSamples
	}
	if c.MinSize != nil {
		r.MinSize = *c.MinSize
	}
	if c.SkipExt != nil {
		r.SkipExtensions = append([]string{}, given(*c.SkipExt)...)
	}
	if c.StartPaused != nil {
		r.StartPaused = *c.StartPaused
	}
	if c.Provider != nil {
		r.Provider = *c.Provider
	}
	return p.saveRules(ctx, api, r)
}

// given returns the values without the empty one, which names none.
func given(values []string) (out []string) {
	for _, v := range values {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

type rulesClearCmd struct{}

// Run removes all rules.
func (c *rulesClearCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	return p.saveRules(ctx, api, rules{SkipExtensions: []string{}})
}
