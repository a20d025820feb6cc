//go:build e2e

package chaos

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"longhaul/test/harness"
)

type bulkAct struct {
	ID, State            string
	Total, Done, Refused int
}

// TestEachOfManyJobsIsRetried retries the 500 jobs that the outage of a source
// left behind, at once, while the worker is killed twice. It takes minutes, so
// make chaos-long runs it.
func TestEachOfManyJobsIsRetried(t *testing.T) {
	const n, rate = 500, 10
	source := harness.NewSource(t)
	name := func(i int) string { return fmt.Sprintf("retried-%s-%d.bin", t.Name(), i) }
	for i := range n {
		submitPatiently(t, source.URL+"/"+name(i))
	}
	count := func(query string) (out int) {
		if err := stack.DB.QueryRow(t.Context(), query, "%retried-"+t.Name()+"-%").Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	jobs := func(where string) int {
		return count(`select count(*) from jobs where source_uri like $1 and ` + where)
	}
	harness.Eventually(t, 10*time.Minute, "all jobs have failed", func() error {
		if failed := jobs(`state = 'failed'`); failed != n {
			return fmt.Errorf("%d of %d", failed, n)
		}
		return nil
	})
	for i := range n {
		source.Add(name(i), harness.Content{Seed: uint64(i + 1), Size: 4 << 10}, true)
	}
	began := time.Now()
	var act bulkAct
	asked := map[string]any{"act": "retry", "rate": rate, "filter": map[string]any{"state": []string{"failed"}, "problem": []string{"not_found_at_source"}}}
	if err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/admin/bulk-acts", asked, &act); err != nil {
		t.Fatal(err)
	}
	until := func(what string, is func() bool) {
		harness.Eventually(t, 5*time.Minute, what, func() error {
			if err := stack.Client.Do(t.Context(), http.MethodGet, "/api/v1/admin/bulk-acts/"+act.ID, nil, &act); err != nil || is() {
				return err
			}
			return fmt.Errorf("%+v", act)
		})
	}
	for kill := range 2 {
		until("it is in the middle", func() bool { return act.Done >= (kill+1)*n/4 })
		stack.Kill(t, "worker")
	}
	until("it is done", func() bool { return act.State == "done" })
	t.Logf("%d jobs were retried in %.0f s with two kills of the worker", n, time.Since(began).Seconds())
	if act.Total != n || act.Done != n || act.Refused != 0 {
		t.Errorf("it ended as %+v", act)
	}
	if fastest := fastestSecond(t, act.ID); fastest > rate+1 {
		t.Errorf("%d jobs were acted on in one second, at most %d should be", fastest, rate)
	}
	harness.Eventually(t, 10*time.Minute, "all jobs are ready", func() error {
		if ready := jobs(`state = 'ready'`); ready != n {
			return fmt.Errorf("%d of %d", ready, n)
		}
		return nil
	})
	if twice := jobs(`run <> 2`); twice != 0 {
		t.Errorf("%d jobs were not retried exactly once", twice)
	}
	t.Logf("all were ready after %.0f s", time.Since(began).Seconds())
}

// submitPatiently submits the address, and waits where the account's allowance
// asks for it.
func submitPatiently(t *testing.T, address string) {
	t.Helper()
	harness.Eventually(t, time.Minute, "the submit is within the account's allowance", func() error {
		_, err := stack.Client.SubmitURI(t.Context(), address, nil)
		if p, ok := errors.AsType[*harness.Problem](err); err != nil && (!ok || p.Status != http.StatusTooManyRequests) {
			t.Fatal(err)
		}
		return err
	})
}

// fastestSecond returns on how many jobs the act acted in any one second at most.
func fastestSecond(t *testing.T, id string) (n int) {
	t.Helper()
	err := stack.DB.QueryRow(t.Context(), `
		select max(c) from (select count(*) over (order by acted_at range between interval '1 second' preceding and current row) as c
			from bulk_items where bulk_id = $1) seconds`, id).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
