package workflows

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"longhaul/activities"
	"longhaul/models"
)

const (
	sweepCap     = 10_000
	repairQuiet  = 2 * time.Minute
	scheduleNote = "set by the worker when it starts"
)

// The schedules that others speak of.
const (
	scheduleSweep    = "sys-sweep-orphans"
	scheduleCheck    = "sys-check-files"
	scheduleExpire   = "sys-expire-files"
	scheduleContents = "sys-check-contents"
	scheduleSum      = "sys-sum-storage"
)

// schedule is a regular task that operators can see.
type schedule struct {
	id      string
	every   time.Duration
	flow    any
	args    []any
	summary string
	lasts   time.Duration // at most; 0 is half an hour
}

func schedules() []schedule {
	return []schedule{
		{
			id: scheduleSweep, every: time.Hour, flow: SweepOrphans, summary: "marks objects and uploads that no row refers to, and removes them after a week",
			args: []any{activities.SweepInput{Grace: models.OrphanGrace, Keep: models.OrphanRetention, Percent: models.StockPercent, Floor: models.StockFloor, Cap: sweepCap}},
		},
		{
			id: scheduleCheck, every: 24 * time.Hour, flow: CheckFiles, summary: "looks for the object of every stored file",
			args: []any{activities.CheckInput{Percent: models.StockPercent, Floor: models.StockFloor}},
		},
		{
			id: "sys-reconcile-jobs", every: 2 * time.Minute, flow: ReconcileJobs, summary: "starts a workflow for each open job without one",
			args: []any{activities.RepairInput{Quiet: repairQuiet}},
		},
		{
			id: "sys-sweep-trash", every: 2 * time.Minute, flow: SweepTrash, summary: "deletes for good what was in the trash for long enough",
			args: []any{activities.RepairInput{Quiet: repairQuiet}},
		},
		{id: scheduleExpire, every: time.Hour, flow: ExpireFiles, summary: "removes files that have outlived their plan's retention"},
		{id: "sys-roll-up-usage", every: time.Hour, flow: RollUpUsage, summary: "sums up each account's usage per day"},
		{id: scheduleContents, every: time.Hour, flow: StartDueCheck, summary: "starts a check of contents when one is planned and due; off by default"},
		{id: scheduleSum, every: time.Hour, flow: SumStorage, summary: "sums up what is stored, by owner, type and age"},
		{id: "sys-learn-checksums", every: time.Hour, flow: LearnChecksums, lasts: 25 * time.Hour, summary: "reads stored files whose checksum for zips is not known"},
		{id: "sys-place-files", every: 2 * time.Minute, flow: PlaceFiles, summary: "puts stored files without a place into their owners' libraries"},
		{id: "sys-reconcile-quota", every: time.Hour, flow: ReconcileQuota, summary: "compares quotas with stored files and repairs drift"},
		{id: "sys-sweep-exports", every: time.Hour, flow: SweepExports, summary: "removes exports of accounts' data whose time is over"},
		{id: "sys-sweep-thumbnails", every: time.Hour, flow: SweepThumbnails, summary: "removes thumbnails of files that were deleted or blocked"},
		{id: "sys-prune-records", every: time.Hour, flow: PruneRecords, summary: "removes expired rows"},
	}
}

// EnsureSchedules creates the schedules, or brings those that are there up to
// date. Whether an operator paused one is left as it is.
func (c *Client) EnsureSchedules(ctx context.Context) error {
	for _, s := range schedules() {
		if err := c.ensureSchedule(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) ensureSchedule(ctx context.Context, s schedule) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: s.every}}, Jitter: min(s.every/10, 30*time.Second)}
	action := &client.ScheduleWorkflowAction{
		ID: s.id, Workflow: s.flow, Args: s.args, TaskQueue: TaskQueue(models.QueueControl), WorkflowRunTimeout: cmp.Or(s.lasts, 30*time.Minute), StaticSummary: s.summary,
	}
	const catchup = 10 * time.Minute // after an outage one run is enough, not all that were missed
	_, err := c.t.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: s.id, Spec: spec, Action: action, CatchupWindow: catchup, Note: scheduleNote,
		Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return translate(err, "create schedule "+s.id)
	}
	err = c.t.ScheduleClient().GetHandle(ctx, s.id).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			now := in.Description.Schedule
			if now.Spec != nil && reflect.DeepEqual(now.Spec.Intervals, spec.Intervals) && now.Spec.Jitter == spec.Jitter && sameAction(now.Action, s) {
				return nil, temporal.ErrSkipScheduleUpdate
			}
			now.Spec, now.Action = &spec, action
			return &client.ScheduleUpdate{Schedule: &now}, nil
		},
	})
	if err != nil {
		return translate(fmt.Errorf("update: %w", err), "schedule "+s.id)
	}
	return nil
}

// sameAction compares what the schedule starts with what it should start.
func sameAction(a client.ScheduleAction, s schedule) bool {
	w, ok := a.(*client.ScheduleWorkflowAction)
	if !ok || w.TaskQueue != TaskQueue(models.QueueControl) || w.StaticSummary != s.summary || len(w.Args) != len(s.args) {
		return false
	}
	for i, arg := range s.args {
		want, err := converter.GetDefaultDataConverter().ToPayload(arg)
		have, ok := w.Args[i].(*commonpb.Payload)
		if err != nil || !ok || !bytes.Equal(have.GetData(), want.GetData()) {
			return false
		}
	}
	return true
}
