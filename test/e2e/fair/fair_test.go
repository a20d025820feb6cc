//go:build e2e

// Package fair has users who want more than there is: what one of them takes
// must not be what the others wait for.
package fair

import (
	"fmt"
	"os"
	"testing"
	"time"

	"longhaul/test/harness"
)

var stack *harness.Stack

func TestMain(m *testing.M) {
	os.Exit(harness.Package{Env: []string{
		"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "AGENT_CAPACITY=8", "REGISTRATION=open",
	}}.Run(m, func(s *harness.Stack) { stack = s }))
}

// submit submits so many URLs of content of the size.
func submit(t *testing.T, c *harness.Client, source *harness.Source, name string, n int, size int64) (ids []string) {
	t.Helper()
	for i := range n {
		file := fmt.Sprintf("%s-%d.bin", name, i)
		job, err := c.SubmitURI(t.Context(), source.Add(file, harness.Content{Seed: uint64(i + 1), Size: size}, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, job.ID)
	}
	return ids
}

// TestDrippingJobsMakeRoom has one user hold all slots with jobs that hardly
// come on, while two others wait with five small ones each.
func TestDrippingJobsMakeRoom(t *testing.T) {
	slow, fast := harness.NewSource(t), harness.NewSource(t)
	slow.BytesPerSecond.Store(2 << 10)
	const size = 2 << 20
	drips := submit(t, stack.Client, slow, "drip", 8, size)
	for _, id := range drips {
		stack.Client.WaitState(t, id, "downloading", time.Minute)
	}
	began := time.Now()
	small := map[*harness.Client][]string{}
	for _, name := range []string{"ada", "ben"} {
		c := stack.Member(t, name+"@longhaul.test")
		small[c] = submit(t, c, fast, name, 5, 64<<10)
	}
	for c, ids := range small {
		for _, id := range ids {
			c.WaitState(t, id, "ready", 5*time.Minute)
		}
	}
	t.Logf("ten small jobs of two users were ready %.0f s after they were submitted", time.Since(began).Seconds())

	gave := 0
	for _, id := range drips {
		job, err := stack.Client.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if job.State == "ready" || job.Problem != "" {
			t.Errorf("a slow job is %s (%s)", job.State, job.Problem)
		}
		if stack.EventCount(t, id, "gave_way") > 0 {
			gave++
		}
	}
	if gave == 0 || gave > 6 {
		t.Errorf("%d slow jobs gave their slots up, want some and at least two kept", gave)
	}
	slow.BytesPerSecond.Store(0)
	for _, id := range drips {
		stack.Client.WaitState(t, id, "ready", 5*time.Minute)
	}
	if served := slow.Served.Load(); served > 8*size*11/10 {
		t.Errorf("the slow source served %d bytes for %d: what was fetched is fetched again", served, 8*size)
	}
}
