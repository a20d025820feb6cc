package cli

import "fmt"

type versionCmd struct{}

// Run prints which build this is.
func (c *versionCmd) Run(p *program) error {
	if p.json {
		return p.printJSON(map[string]string{"version": p.opts.Build.Version, "commit": p.opts.Build.Commit})
	}
	fmt.Fprintln(p.Out, "longhaul", p.opts.Build)
	return nil
}
