package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

// Search attributes of a Download, for operators' lists in the Temporal UI.
// They are plain text and hold ids and states only.
var (
	AttrState    = temporal.NewSearchAttributeKeyKeyword("JobState")
	AttrUser     = temporal.NewSearchAttributeKeyKeyword("JobUser")
	AttrProvider = temporal.NewSearchAttributeKeyKeyword("JobProvider")
	AttrAgent    = temporal.NewSearchAttributeKeyKeyword("JobAgent") // of the last ended transfer
	AttrProblem  = temporal.NewSearchAttributeKeyKeyword("JobProblem")
	AttrBytes    = temporal.NewSearchAttributeKeyInt64("JobBytes")
)

// moved notes where the job stands now and shows it to operators. Each change
// of state costs one event; a new sentence alone costs none.
func (d *download) moved(ctx workflow.Context, in activities.StateInput) {
	changed := in.To != d.now.State || in.Problem != d.now.Problem || d.plan.Brief && d.plan.Provider != d.now.Provider
	if in.To != d.now.State {
		d.now.Since = workflow.Now(ctx)
	}
	d.now.State, d.now.Problem = in.To, in.Problem
	d.now.Waiting, d.now.Next = in.Reason, in.NextAction
	workflow.SetCurrentDetails(ctx, d.details())
	if changed {
		d.showState(ctx)
	}
}

// showState writes everything that operators' lists show and that changes.
func (d *download) showState(ctx workflow.Context) {
	attrs := []temporal.SearchAttributeUpdate{AttrState.ValueSet(string(d.now.State))}
	if d.now.Problem != "" {
		attrs = append(attrs, AttrProblem.ValueSet(string(d.now.Problem)))
	} else {
		attrs = append(attrs, AttrProblem.ValueUnset())
	}
	if d.plan.Brief {
		d.now.Provider = d.plan.Provider
		attrs = append(attrs, AttrProvider.ValueSet(string(d.plan.Provider)))
	}
	if d.now.AgentID != "" {
		attrs = append(attrs, AttrAgent.ValueSet(d.now.AgentID))
	}
	if d.plan.Bytes > 0 {
		attrs = append(attrs, AttrBytes.ValueSet(d.plan.Bytes))
	}
	d.show(ctx, attrs...)
}

// details says in plain words where the job stands, for somebody who knows
// nothing of the code.
func (d *download) details() string {
	lines := []string{fmt.Sprintf("**%s** since %s", title(d.now.State), clock(d.now.Since)), "", d.now.Waiting}
	if d.now.Next != "" {
		lines = append(lines, "", "Next: "+d.now.Next)
	}
	if d.now.Problem != "" {
		lines = append(lines, "", fmt.Sprintf("Problem: `%s`", d.now.Problem))
	}
	lines = append(lines, "", fmt.Sprintf("- Run %d, transfers started: %d", d.in.Run, d.now.Attempt))
	if d.in.Before != nil {
		lines = append(lines, "- What came before is in the run that this one continues")
	}
	if d.now.Faults > 0 {
		lines = append(lines, fmt.Sprintf("- Faults since the last progress: %d; a person is asked after %d", d.now.Faults, len(d.plan.RetryPauses)+1))
	}
	if d.now.AgentID != "" {
		lines = append(lines, fmt.Sprintf("- Last transfer ran on agent `%s`, epoch %d", d.now.AgentID, d.now.Epoch))
	}
	if d.plan.Bytes > 0 {
		lines = append(lines, fmt.Sprintf("- Size: %d bytes", d.plan.Bytes))
	}
	return strings.Join(lines, "\n")
}

func title(s models.State) string {
	words := strings.ReplaceAll(string(s), "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
