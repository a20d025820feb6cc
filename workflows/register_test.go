package workflows_test

import (
	"reflect"
	"slices"
	"testing"

	"go.temporal.io/sdk/worker"

	"longhaul/workflows"
)

// registry notes what is registered.
type registry struct {
	worker.WorkflowRegistry
	flows []uintptr
}

func (r *registry) RegisterWorkflow(flow any) {
	r.flows = append(r.flows, reflect.ValueOf(flow).Pointer())
}

// A schedule whose workflow no worker knows would fail at each run, unnoticed.
func TestEveryScheduleRuns(t *testing.T) {
	t.Parallel()
	r := &registry{}
	workflows.Register(r)
	for id, flow := range workflows.Scheduled() {
		if !slices.Contains(r.flows, reflect.ValueOf(flow).Pointer()) {
			t.Errorf("the workflow of %s is not registered", id)
		}
	}
}
