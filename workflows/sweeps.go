package workflows

import (
	"go.temporal.io/sdk/workflow"

	"longhaul/activities"
)

// Purge removes a deleted job: first the rows, so that it disappears, then its
// objects and open uploads. It waits for the job's own workflow to end.
func Purge(ctx workflow.Context, in activities.JobInput) error {
	return workflow.ExecuteActivity(cleaning(ctx, "remove rows, then objects"), sweeps.PurgeJob, in).Get(ctx, nil)
}

// KeepFiles makes those files of a parked job available that are complete.
func KeepFiles(ctx workflow.Context, in activities.JobInput) (activities.FinalizeResult, error) {
	var res activities.FinalizeResult
	err := workflow.ExecuteActivity(storing(ctx, "complete and check the files that have all bytes"), files.KeepComplete, in).Get(ctx, &res)
	return res, err
}

// SweepOrphans marks objects and open multipart uploads without a row, and
// removes those that were marked long enough ago.
func SweepOrphans(ctx workflow.Context, in activities.SweepInput) (activities.SweepResult, error) {
	var res activities.SweepResult
	err := workflow.ExecuteActivity(sweeping(ctx, "compare storage with the database"), sweeps.SweepObjects, in).Get(ctx, &res)
	return res, err
}

// CheckFiles looks for the object of every stored file.
func CheckFiles(ctx workflow.Context, in activities.CheckInput) (activities.CheckResult, error) {
	var res activities.CheckResult
	err := workflow.ExecuteActivity(sweeping(ctx, "compare stored files with storage"), sweeps.CheckFiles, in).Get(ctx, &res)
	return res, err
}

// ReconcileJobs starts the workflow of every open job that has none.
func ReconcileJobs(ctx workflow.Context, in activities.RepairInput) (activities.RepairResult, error) {
	var res activities.RepairResult
	err := workflow.ExecuteActivity(sweeping(ctx, "compare open jobs with their workflows"), sweeps.RepairJobs, in).Get(ctx, &res)
	return res, err
}

// PruneRecords removes expired rows.
func PruneRecords(ctx workflow.Context) (activities.PruneResult, error) {
	var res activities.PruneResult
	err := workflow.ExecuteActivity(sweeping(ctx, "remove expired rows"), sweeps.PruneRows).Get(ctx, &res)
	return res, err
}

// SweepTrash deletes for good what was in the trash for long enough.
func SweepTrash(ctx workflow.Context, in activities.RepairInput) (activities.TrashResult, error) {
	var res activities.TrashResult
	err := workflow.ExecuteActivity(sweeping(ctx, "delete for good what was in the trash for long enough"), sweeps.SweepTrash, in).Get(ctx, &res)
	return res, err
}

// LearnChecksums learns what zips need to know of files that were stored before
// it was asked for.
func LearnChecksums(ctx workflow.Context) (activities.ChecksumsResult, error) {
	var res activities.ChecksumsResult
	err := workflow.ExecuteActivity(storing(ctx, "read files whose checksum for zips is not known"), sweeps.LearnChecksums).Get(ctx, &res)
	return res, err
}

// PlaceFiles puts stored files that have no place yet into their owners' libraries.
func PlaceFiles(ctx workflow.Context) (activities.PlaceResult, error) {
	var res activities.PlaceResult
	err := workflow.ExecuteActivity(sweeping(ctx, "put stored files without a place into libraries"), sweeps.PlaceFiles).Get(ctx, &res)
	return res, err
}

// SweepThumbnails removes the thumbnails of files that are no longer delivered.
func SweepThumbnails(ctx workflow.Context) (activities.ThumbnailsResult, error) {
	var res activities.ThumbnailsResult
	err := workflow.ExecuteActivity(sweeping(ctx, "remove thumbnails of files that are no longer delivered"), sweeps.SweepThumbnails).Get(ctx, &res)
	return res, err
}
