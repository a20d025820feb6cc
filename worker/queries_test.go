package worker_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"go.temporal.io/api/workflowservice/v1"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// queries returns the queries of docs/operations.md by what they find.
func queries(t *testing.T) map[string]string {
	t.Helper()
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(doc), "| jobs | query |")
	if !found {
		t.Fatal("operations.md has no table of queries")
	}
	section, _, _ = strings.Cut(section, "\n\n")
	out := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (.+) \\| `([^`]+)` \\|$").FindAllStringSubmatch(section, -1) {
		out[row[1]] = row[2]
	}
	return out
}

// Each query of the operators' guide finds what it says, and nothing else.
func TestQueriesOfTheOperatorsGuide(t *testing.T) {
	s := newStage(t)
	op := operator{s.system}
	ids := func(jobs ...models.Job) (out []string) {
		for _, job := range jobs {
			out = append(out, job.WorkflowID())
		}
		return out
	}
	tired := s.reach(models.StateNeedsAttention)
	for tries := range 2 {
		s.act(tired, "retry")
		s.eventually(func() string {
			if now := s.job(tired.ID); now.Epoch != int64(tries+2) || now.State != models.StateNeedsAttention {
				return fmt.Sprintf("attempt %d, %s", now.Epoch, now.State)
			}
			return ""
		})
	}
	s.user = storetest.User(t, s.store)
	s.mode.Store("fails")
	missing := s.until(s.known().ID, models.StateFailed)
	s.user = storetest.User(t, s.store)
	downloading := s.reach(models.StateDownloading)
	s.user = storetest.User(t, s.store)
	seedr := s.reach(models.StateDownloading)
	s.act(seedr, "move")
	s.eventually(func() string {
		if now := s.job(seedr.ID); now.Provider != models.ProviderSeedr {
			return "not moved"
		}
		return ""
	})
	s.user = storetest.User(t, s.store)
	ended := s.reach(models.StateDownloading)
	op.terminate(ended)
	s.user = storetest.User(t, s.store)
	room, large := int64(5), storetest.Manifest(4)
	storetest.Plan(t, s.store, s.user.ID, models.Plan{StorageBytes: &room})
	small := storetest.Manifest(2)
	holds := s.until(storetest.Submit(t, s.store, s.user.ID, &small).ID, models.StateDownloading)
	waits := storetest.Submit(t, s.store, s.user.ID, &large)
	if waits.Reason.Code.Problem() != models.ProblemStorageFull {
		t.Fatalf("the job waits for %v", waits.Reason)
	}
	var agent uuid.UUID
	for id := range s.agents {
		agent = id
	}
	want := map[string][]string{
		"that have not ended":                          ids(tired, downloading, seedr, holds, waits),
		"that wait in the queue":                       ids(waits),
		"that wait for storage: their owner's is full": ids(waits),
		"that need attention":                          ids(tired),
		"that need attention because nothing arrived; likewise `storage_failing`, `no_peers` …": ids(tired),
		"that an operator, a reset or Longhaul itself terminated":                               ids(ended),
		"that failed, by their problem":                                                         ids(missing),
		"whose last transfer ended on an agent":                                                 ids(tired, missing),
		"of a user, not ended":                                                                  ids(tired),
		"at Seedr":                                                                              ids(seedr),
		"that were retried more than twice":                                                     ids(tired),
		"that are larger than a gigabyte":                                                       nil,
		"that have been open for more than a week; put in the date":                             nil,
	}
	asked := queries(t)
	for what := range want {
		if asked[what] == "" {
			t.Errorf("no query finds the jobs %s", what)
		}
	}
	for what, query := range asked {
		jobs, known := want[what]
		if !known {
			t.Errorf("no test of the query for jobs %s", what)
			continue
		}
		slices.Sort(jobs)
		query = strings.NewReplacer("USER-ID", tired.UserID.String(), "AGENT-ID", agent.String()).Replace(query)
		s.eventually(func() string {
			page, err := s.temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 100})
			if err != nil {
				return fmt.Sprintf("jobs %s: %v", what, err)
			}
			var found []string
			for _, e := range page.GetExecutions() {
				found = append(found, e.GetExecution().GetWorkflowId())
			}
			slices.Sort(found)
			if !slices.Equal(found, jobs) {
				return fmt.Sprintf("jobs %s: %q finds %v, want %v", what, query, found, jobs)
			}
			return ""
		})
	}
}
