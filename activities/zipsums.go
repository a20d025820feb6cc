package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"longhaul/internal/zipsums"
)

// ChecksumsResult is what a run learned.
type ChecksumsResult struct {
	Learned int64 `json:"learned"` // files
	Bytes   int64 `json:"bytes"`   // that were read for them
	Unread  int64 `json:"unread"`  // files that could not be read; the next run tries again
}

// LearnChecksums learns the checksums that zips need of files that have none. How
// far it is stands in the heartbeat, so that another attempt continues, also
// within a file. Each checksum is its own transaction: an attempt that is killed
// costs what was read since its last heartbeat.
func (a *Sweeps) LearnChecksums(ctx context.Context) (ChecksumsResult, error) {
	var from zipsums.Progress
	if activity.IsActivity(ctx) && activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &from); err != nil {
			from = zipsums.Progress{}
		}
	}
	stopped := false
	p, err := a.Checksums.Learn(ctx, from, func(p zipsums.Progress) bool {
		if activity.IsActivity(ctx) {
			activity.RecordHeartbeat(ctx, p)
		}
		stopped = workerStops(ctx)
		return !stopped
	})
	if err == nil && stopped {
		err = handover()
	}
	return ChecksumsResult{Learned: p.Learned, Bytes: p.Bytes, Unread: p.Unread}, border(ctx, err)
}
