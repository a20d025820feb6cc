package workflows

import (
	"context"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/models"
)

// CounterChanged has the workflow of a counter-notice look at its clock now, and
// starts it unless it is running.
func (c *Client) CounterChanged(ctx context.Context, id uuid.UUID) error {
	o := again(counterFlow(id), counterSummary(id))
	_, err := c.t.SignalWithStartWorkflow(ctx, o.ID, counterChanged, nil, o, CounterNotice, activities.CounterInput{ID: id})
	return translate(err, "tell counter-notice")
}

// KeepCounter starts the workflow of a counter-notice unless it is running.
func (c *Client) KeepCounter(ctx context.Context, id uuid.UUID) error {
	_, err := c.t.ExecuteWorkflow(ctx, again(counterFlow(id), counterSummary(id)), CounterNotice, activities.CounterInput{ID: id})
	return translate(err, "keep clock of counter-notice")
}

func counterFlow(id uuid.UUID) string { return models.CounterNotice{ID: id}.WorkflowID() }

func counterSummary(id uuid.UUID) string { return "keeps the clock of counter-notice " + short(id) }
