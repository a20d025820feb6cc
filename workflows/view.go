package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
	"longhaul/models/wording"
)

// Search attributes of a Download, for operators' lists in the Temporal UI.
// They are plain text and hold ids and states only.
var (
	AttrState    = temporal.NewSearchAttributeKeyKeyword("JobState")
	AttrUser     = temporal.NewSearchAttributeKeyKeyword("JobUser")
	AttrProvider = temporal.NewSearchAttributeKeyKeyword("JobProvider")
	AttrAgent    = temporal.NewSearchAttributeKeyKeyword("JobAgent") // of the last ended transfer
	AttrReason   = temporal.NewSearchAttributeKeyKeyword("JobReason")
	AttrProblem  = temporal.NewSearchAttributeKeyKeyword("JobProblem")
	AttrAttempts = temporal.NewSearchAttributeKeyInt64("JobAttempts") // the current or next one; each counted fault leads to another
	AttrBytes    = temporal.NewSearchAttributeKeyInt64("JobBytes")
)

// attributes are what operators' lists show and what each change of costs an
// event.
type attributes struct {
	state    models.State
	reason   models.ReasonCode
	problem  models.Problem
	provider models.Provider
	attempts int // 0 if the run does not show them
}

func (d *download) attributes() attributes {
	a := attributes{state: d.now.State, reason: d.now.Reason.Code, problem: d.now.Problem, provider: d.now.Provider}
	if d.in.Counts {
		a.attempts = d.now.Failures + 1
	}
	return a
}

// moved records the job's new state and shows it to operators.
func (d *download) moved(ctx workflow.Context, in activities.StateInput) {
	if in.To != d.now.State {
		d.now.Since = workflow.Now(ctx)
	}
	d.now.State, d.now.Problem, d.now.Reason = in.To, in.Problem, in.Reason
	d.now.Deadline = time.Time{}
	if in.Deadline != nil {
		d.now.Deadline = *in.Deadline
	}
	d.refresh(ctx)
}

// refresh shows operators the job's state. Their lists lag behind if the
// attributes can't be written; the job itself is not affected.
func (d *download) refresh(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, d.details())
	now := d.attributes()
	if now == d.shown {
		return
	}
	before := d.shown
	d.shown = now
	attrs := []temporal.SearchAttributeUpdate{
		AttrState.ValueSet(string(now.state)), AttrReason.ValueSet(string(now.reason)), AttrProvider.ValueSet(string(now.provider)),
	}
	if now.problem != "" {
		attrs = append(attrs, AttrProblem.ValueSet(string(now.problem)))
	} else {
		attrs = append(attrs, AttrProblem.ValueUnset())
	}
	if now.attempts != before.attempts {
		attrs = append(attrs, AttrAttempts.ValueSet(int64(now.attempts)))
	}
	if d.now.AgentID != "" {
		attrs = append(attrs, AttrAgent.ValueSet(d.now.AgentID))
	}
	if d.now.Bytes > 0 {
		attrs = append(attrs, AttrBytes.ValueSet(d.now.Bytes))
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, attrs...); err != nil {
		d.log.Warn("could not write search attributes", "error", err)
	}
}

// summary names a job in lists: no names, because histories are plain text.
func (in DownloadInput) summary(at models.Provider) string {
	return fmt.Sprintf("%s · %s · job %s", in.Kind, at, in.JobID[max(0, len(in.JobID)-8):])
}

// guide says what an operator can do with a job's workflow, and where to look.
func (in DownloadInput) guide() string {
	lines := []string{
		"- *Cancel* ends the job and cleans up. *Terminate* leaves it in `needs_attention` until it is retried.",
		"- The signal `retry`, without input, retries a job in `needs_attention`.",
	}
	if in.App != "" {
		lines = append(lines, fmt.Sprintf("- [Audit log](%s/admin/audit?target=%s) · [Page for its owner](%s/jobs/%s)", in.App, in.JobID, in.App, in.JobID))
	}
	return strings.Join(lines, "\n")
}

// details says in plain words where the job is, for readers who don't know the
// code.
func (d *download) details() string {
	lines := []string{
		fmt.Sprintf("**%s** since %s", wording.StateTitle(d.now.State), wording.UTC(d.now.Since)), "",
		wording.Console().Why(d.now.Reason), "", "Next: " + wording.Console().Next(d.now.Reason, d.condition()),
	}
	if d.now.Problem != "" {
		lines = append(lines, "", fmt.Sprintf("Problem: `%s`", d.now.Problem))
	}
	if d.refused != "" {
		lines = append(lines, "", d.refused)
	}
	lines = append(lines, "", fmt.Sprintf("- Run %d, transfers started: %d", d.in.Run, d.now.Attempt))
	if d.in.Before != nil {
		lines = append(lines, "- Earlier history is in the run that this one continues")
	}
	if d.in.AfterReset {
		lines = append(lines, "- An operator reset the run before; this one continues from the database row")
	}
	if d.now.Faults > 0 {
		lines = append(lines, fmt.Sprintf("- Faults since the last progress: %d; the job needs attention after %d", d.now.Faults, len(d.plan.RetryPauses)+1))
	}
	if d.now.AgentID != "" {
		lines = append(lines, fmt.Sprintf("- Last transfer ran on agent `%s`, epoch %d", d.now.AgentID, d.now.Epoch))
	}
	if d.now.Bytes > 0 {
		lines = append(lines, fmt.Sprintf("- Size: %d bytes", d.now.Bytes))
	}
	// What the first run of a job has as its static summary and details does not
	// cross runs, so each run says it here.
	lines = append(lines, "", d.in.summary(d.now.Provider), "", d.in.guide())
	return strings.Join(lines, "\n")
}

func (d *download) condition() wording.Condition {
	c := wording.Condition{State: d.now.State, Attempt: d.try(), MaxAttempts: d.tries()}
	if !d.now.Deadline.IsZero() {
		c.Deadline = &d.now.Deadline
	}
	return c
}
