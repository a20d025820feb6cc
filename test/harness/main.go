package harness

import (
	"context"
	"fmt"
	"os"
	"testing"

	"longhaul/internal/seedr/seedrtest"
)

// Package is what the tests of a package share: one stack and, where it is
// asked for, one simulated Seedr account that takes the stack's new jobs.
type Package struct {
	Env      []string                  // settings of the application's programs, NAME=value
	Seedr    bool                      // with an account
	Switches func(*seedrtest.Switches) // sets the account before the start; may be nil
}

// Run is a package's TestMain: it launches the stack, hands it over, runs the
// tests and returns their exit status. The stack's Seedr is nil without an
// account.
func (p Package) Run(m *testing.M, share func(*Stack)) int {
	ctx, env := context.Background(), p.Env
	var sim *Seedr
	if p.Seedr {
		var err error
		if sim, err = StartSeedr(); err != nil {
			fmt.Fprintln(os.Stderr, "start the simulator:", err)
			return 1
		}
		defer sim.Stop()
		if p.Switches != nil {
			sim.Set(p.Switches)
		}
		env = append(sim.Env(), env...)
	}
	stack, err := Launch(ctx, Options{Env: env})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the stack:", err)
		return 1
	}
	defer stack.Stop()
	if stack.Seedr = sim; sim != nil {
		if err := stack.UseProvider(ctx, "seedr", "none"); err != nil {
			fmt.Fprintln(os.Stderr, "switch to Seedr:", err)
			return 1
		}
	}
	share(stack)
	return m.Run()
}
