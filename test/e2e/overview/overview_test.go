//go:build e2e

// Package overview looks at a system in which nothing is wrong, on a stack of its
// own: other tests leave something to warn of.
package overview

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"longhaul/test/harness"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{}.Run(m, func(s *harness.Stack) { stack = s }))
}

// TestOverviewOfAHealthySystem has every component of a running system looked at,
// and nothing to warn of.
func TestOverviewOfAHealthySystem(t *testing.T) {
	harness.Eventually(t, 2*time.Minute, "all components were looked at", func() error {
		var n int
		err := stack.DB.QueryRow(t.Context(), `select count(*) from health_components`).Scan(&n)
		if err == nil && n < 9 {
			err = fmt.Errorf("%d of 9", n)
		}
		return err
	})
	// The first looks may come before the agent and the workers.
	harness.Eventually(t, 2*time.Minute, "all is well", func() error {
		var wrong *string
		err := stack.DB.QueryRow(t.Context(), `
			select string_agg(cause || ' ' || target, ', ') from health_findings where cause not like '%\_off'`).Scan(&wrong)
		if err == nil && wrong != nil {
			err = fmt.Errorf("found %s", *wrong)
		}
		return err
	})
	var overview struct {
		Warnings   []struct{ Cause string }
		Components []struct{ Component, State string }
	}
	if err := stack.Administer(t.Context(), http.MethodGet, "/api/v1/admin/overview", nil, &overview); err != nil {
		t.Fatal(err)
	}
	if len(overview.Warnings) > 0 {
		t.Errorf("warnings of a healthy system: %+v", overview.Warnings)
	}
	for _, c := range overview.Components {
		if c.State != "ok" && c.State != "off" {
			t.Errorf("%s is %s", c.Component, c.State)
		}
	}
}
