package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
	"longhaul/models"
)

const (
	describeBudget = time.Second
	queryBudget    = 2 * time.Second

	memoRun = "run" // which run of a job a workflow is
)

// Client starts workflows and talks to them. Only it knows their ids, queues
// and names. Its errors are models errors: unavailable while Temporal is down.
type Client struct {
	t         client.Client
	namespace string
	app       string
}

// NewClient returns a client on top of a Temporal client of the namespace. The
// web app's address goes into what operators read in the Temporal UI.
func NewClient(t client.Client, namespace, app string) *Client {
	return &Client{t: t, namespace: namespace, app: strings.TrimSuffix(app, "/")}
}

// Start starts the workflow of a submitted job, unless it was already started,
// whether it still runs or has ended.
func (c *Client) Start(ctx context.Context, job models.Job) error {
	o := c.options(job)
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	err := c.download(ctx, job, o)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return translate(err, "start job")
}

// Restart starts the workflow of an open job again unless it is running.
func (c *Client) Restart(ctx context.Context, job models.Job) error {
	o := c.options(job)
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	err := c.download(ctx, job, o)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return translate(err, "restart job")
}

// Retry retries a job, as its row says: it signals a parked one, whose workflow
// it starts if an operator ended it, and starts a new run under the same id for
// one that was queued again after its end. While the run before is still
// cleaning up, it is unavailable.
func (c *Client) Retry(ctx context.Context, job models.Job) error {
	switch job.State {
	case models.StateNeedsAttention:
		o := c.options(job)
		o.WorkflowIDConflictPolicy, o.WorkflowExecutionErrorWhenAlreadyStarted = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, false
		_, err := c.t.SignalWithStartWorkflow(ctx, job.WorkflowID(), SignalRetry, nil, o, Download, c.input(job))
		return translate(err, "signal retry")
	case models.StateQueued:
	default:
		return nil // it has moved on meanwhile
	}
	o := c.options(job)
	o.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	err := c.download(ctx, job, o)
	if !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return translate(err, "retry job")
	}
	run, err := c.runOf(ctx, job)
	if err != nil {
		return err
	}
	if run < job.Run {
		return models.Errorf(models.CodeUnavailable, "The job's last run is still cleaning up.")
	}
	return nil
}

// Admit tells a job that it holds a slot of its provider. It is not_found while
// the workflow does not run.
func (c *Client) Admit(ctx context.Context, job models.Job) error {
	return translate(c.t.SignalWorkflow(ctx, job.WorkflowID(), "", SignalAdmit, nil), "signal admit")
}

// Yield asks a job to give its slot up and keep what it has. One that does not
// fetch right now keeps it.
func (c *Client) Yield(ctx context.Context, job models.Job) error {
	return translate(c.t.SignalWorkflow(ctx, job.WorkflowID(), "", SignalYield, nil), "signal yield")
}

// Cancel asks a job to end and clean up. It is not_found while the workflow
// does not run.
func (c *Client) Cancel(ctx context.Context, jobID uuid.UUID) error {
	return translate(c.t.CancelWorkflow(ctx, JobWorkflowID(jobID.String()), ""), "cancel job")
}

// Ask tells a job what its row asks for. It is not_found while the workflow does
// not run.
func (c *Client) Ask(ctx context.Context, job models.Job) error {
	return translate(c.t.SignalWorkflow(ctx, job.WorkflowID(), "", SignalAsk, job.Asked), "signal ask")
}

// TellReset tells a run that a reset made it, unless it has ended.
func (c *Client) TellReset(ctx context.Context, run workflow.Execution) error {
	err := c.t.SignalWorkflow(ctx, run.ID, run.RunID, SignalReset, ResetInput{RunID: run.RunID})
	return ignoreGone(translate(err, "signal reset"))
}

// Chosen tells a job that its files were chosen.
func (c *Client) Chosen(ctx context.Context, job models.Job) error {
	return translate(c.t.SignalWorkflow(ctx, job.WorkflowID(), "", SignalChosen, nil), "signal chosen")
}

// VerifySeedr has a worker make a real call to Seedr and returns the outcome.
func (c *Client) VerifySeedr(ctx context.Context) (models.ProviderCheck, error) {
	var check models.ProviderCheck
	run, err := c.t.ExecuteWorkflow(ctx, again("verify-seedr", "verifies the Seedr account"), VerifySeedr)
	if err == nil {
		err = run.Get(ctx, &check)
	}
	return check, translate(err, "verify Seedr")
}

// TrackSeedr starts the Seedr account's tracker unless it is running.
func (c *Client) TrackSeedr(ctx context.Context) error {
	o := again(SeedrTrackerWorkflowID, "follows the Seedr account")
	_, err := c.t.ExecuteWorkflow(ctx, o, TrackProvider, activities.TrackInput{Provider: models.ProviderSeedr})
	return translate(err, "track Seedr")
}

// View is what Temporal knows of a job.
type View struct {
	RunID  string
	Status string     // running, completed, failed, canceled …
	State  *StateView // the workflow's own view; nil when no worker answers or the run has ended
}

// State asks for the workflow's own view of itself; if no worker answers in
// time, it returns only what Temporal knows.
func (c *Client) State(ctx context.Context, jobID uuid.UUID) (View, error) {
	id := JobWorkflowID(jobID.String())
	dctx, cancel := context.WithTimeout(ctx, describeBudget)
	defer cancel()
	d, err := c.t.DescribeWorkflow(dctx, id, "")
	if err != nil {
		return View{}, translate(err, "describe job")
	}
	v := View{RunID: d.WorkflowExecution.RunID, Status: statusWord(d.Status)}
	if d.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return v, nil
	}
	qctx, cancel := context.WithTimeout(ctx, queryBudget)
	defer cancel()
	var s StateView
	res, err := c.t.QueryWorkflow(qctx, id, v.RunID, QueryState)
	if err == nil && res.Get(&s) == nil {
		v.State = &s
	}
	return v, nil
}

// Track starts an agent's tracker unless it is running.
func (c *Client) Track(ctx context.Context, agentID uuid.UUID) error {
	o := again(TrackerWorkflowID(agentID.String()), "follows agent "+short(agentID))
	_, err := c.t.ExecuteWorkflow(ctx, o, TrackProvider, activities.TrackInput{AgentID: agentID})
	return translate(err, "track agent")
}

// Purge removes a deleted job, unless a purge is already running.
func (c *Client) Purge(ctx context.Context, jobID uuid.UUID) error {
	o := again(PurgeWorkflowID(jobID.String()), "removes job "+short(jobID))
	_, err := c.t.ExecuteWorkflow(ctx, o, Purge, activities.JobInput{JobID: jobID})
	return translate(err, "purge job")
}

// Keep makes the complete files of a parked job available, unless that is being
// done already.
func (c *Client) Keep(ctx context.Context, jobID uuid.UUID) error {
	o := again(KeepWorkflowID(jobID.String()), "keeps the complete files of job "+short(jobID))
	_, err := c.t.ExecuteWorkflow(ctx, o, KeepFiles, activities.JobInput{JobID: jobID})
	return translate(err, "keep files")
}

// Bulk carries out an act on many jobs, unless that is being done already.
func (c *Client) Bulk(ctx context.Context, id uuid.UUID) error {
	o := again(models.BulkAct{ID: id}.WorkflowID(), "carries out act "+short(id)+" on many jobs")
	_, err := c.t.ExecuteWorkflow(ctx, o, BulkAct, activities.BulkInput{ID: id})
	return translate(err, "act on many jobs")
}

// CleanUp carries a cleanup of storage on, unless that is being done already.
// Looking and removing are one workflow each.
func (c *Client) CleanUp(ctx context.Context, in models.Cleanup) error {
	o := again(in.WorkflowID(), "cleanup "+short(in.ID)+" of storage")
	_, err := c.t.ExecuteWorkflow(ctx, o, CleanUp, activities.CleanupInput{ID: in.ID})
	return translate(err, "clean up storage")
}

// SendMail sends a queued mail, unless it was sent or is on its way.
func (c *Client) SendMail(ctx context.Context, mailID uuid.UUID) error {
	_, err := c.t.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: MailWorkflowID(mailID.String()), TaskQueue: TaskQueue(models.QueueControl), StaticSummary: "sends mail " + short(mailID),
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, SendMail, activities.MailInput{MailID: mailID})
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return translate(err, "send mail")
}

// DeliverEvent starts the workflow of a delivery to a webhook unless it is running.
func (c *Client) DeliverEvent(ctx context.Context, id uuid.UUID) error {
	_, err := c.t.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: DeliveryWorkflowID(id.String()), TaskQueue: TaskQueue(models.QueueControl), StaticSummary: "delivers event " + short(id),
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, DeliverEvent, activities.DeliveryInput{ID: id})
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return translate(err, "deliver event")
}

// ProbeMedia starts the workflow that reads the media files of a job, unless it is running.
func (c *Client) ProbeMedia(ctx context.Context, jobID uuid.UUID) error {
	_, err := c.t.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: MediaWorkflowID(jobID.String()), TaskQueue: TaskQueue(models.QueueControl), StaticSummary: "reads the media files of job " + short(jobID),
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, ProbeMedia, activities.MediaInput{JobID: jobID})
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return translate(err, "read media files")
}

// Sweep compares storage with the rows now and returns what it found.
func (c *Client) Sweep(ctx context.Context, in activities.SweepInput) (activities.SweepResult, error) {
	var res activities.SweepResult
	run, err := c.t.ExecuteWorkflow(ctx, again("sweep-orphans-now", "compares storage with the database, now"), SweepOrphans, in)
	if err == nil {
		err = run.Get(ctx, &res)
	}
	return res, translate(err, "sweep orphans")
}

// options are those of a job's workflow. Nothing in them is secret: ids,
// summaries and search attributes are plain text in Temporal.
func (c *Client) options(job models.Job) client.StartWorkflowOptions {
	in := c.input(job)
	attrs := []temporal.SearchAttributeUpdate{
		AttrState.ValueSet(string(models.StateQueued)),
		AttrReason.ValueSet(string(submitted().Reason.Code)),
		AttrUser.ValueSet(job.UserID.String()),
		AttrProvider.ValueSet(string(job.Provider)),
		AttrAttempts.ValueSet(1),
	}
	if job.Size != nil {
		attrs = append(attrs, AttrBytes.ValueSet(*job.Size))
	}
	return client.StartWorkflowOptions{
		ID: job.WorkflowID(), TaskQueue: TaskQueue(models.QueueControl),
		WorkflowIDConflictPolicy:                 enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		Memo:                                     map[string]any{memoRun: job.Run},
		TypedSearchAttributes:                    temporal.NewSearchAttributes(attrs...),
		StaticSummary:                            in.summary(job.Provider),
		StaticDetails:                            in.guide(),
	}
}

func (c *Client) download(ctx context.Context, job models.Job, o client.StartWorkflowOptions) error {
	_, err := c.t.ExecuteWorkflow(ctx, o, Download, c.input(job))
	return err
}

func (c *Client) input(job models.Job) DownloadInput {
	return DownloadInput{JobID: job.ID.String(), Run: job.Run, Kind: string(job.SourceKind), App: c.app, Counts: true}
}

func (c *Client) runOf(ctx context.Context, job models.Job) (int, error) {
	d, err := c.t.DescribeWorkflow(ctx, job.WorkflowID(), "")
	if err != nil {
		return 0, translate(err, "describe job")
	}
	return runNumber(d.Memo)
}

// runNumber reads which run of its job a workflow is.
func runNumber(memo *commonpb.Memo) (run int, err error) {
	if v := memo.GetFields()[memoRun]; v != nil {
		if err := converter.GetDefaultDataConverter().FromPayload(v, &run); err != nil {
			return 0, fmt.Errorf("read memo: %w", err)
		}
	}
	return run, nil
}

// again is for workflows of which one at a time is enough.
func again(id, summary string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: id, TaskQueue: TaskQueue(models.QueueControl), StaticSummary: summary,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}
}

func short(id uuid.UUID) string { return id.String()[len(id.String())-8:] }
