package activities_test

import (
	"testing"

	"longhaul/activities"
	"longhaul/models"
)

func (d *downloaded) moves(to models.State) {
	d.Helper()
	if _, err := d.work.Jobs.Transition(d.Context(), d.job.ID, changeTo(to)); err != nil {
		d.Fatal(err)
	}
}

func (d *downloaded) states() (out [3]models.FileState) {
	d.Helper()
	files, err := d.store.Files.Files(d.Context(), d.user.ID, d.job.ID)
	if err != nil {
		d.Fatal(err)
	}
	for i, f := range files {
		out[i] = f.State
	}
	return out
}

func (d *downloaded) usage() (used, reserved int64) {
	d.Helper()
	u, err := d.store.Quota.Usage(d.Context(), d.user.ID)
	if err != nil {
		d.Fatal(err)
	}
	return u.Room.Used, u.Room.Reserved
}

func (d *downloaded) keep() error {
	d.Helper()
	_, err := env(d.act).ExecuteActivity(d.act.KeepComplete, activities.JobInput{JobID: d.job.ID})
	return err
}

// A job that is parked because a swarm lacks one file gives out the complete ones,
// stays parked, and is charged once for everything: what it holds while it is
// open, what is stored once it has failed, and all of it after a retry.
func TestCompleteFilesOfAParkedJob(t *testing.T) {
	d := newDownloaded(t)
	all := int64(len(d.big)) + 5
	d.moves(models.StateNeedsAttention)
	for range 2 { // the activity may run again
		if err := d.keep(); err != nil {
			t.Fatal(err)
		}
		want := [3]models.FileState{models.FileStored, models.FilePending, models.FilePending}
		if got := d.states(); got != want {
			t.Errorf("files are %v, want %v", got, want)
		}
	}
	if got := d.bench.job(d.job.ID); got.State != models.StateNeedsAttention {
		t.Errorf("the job is %s", got.State)
	}
	if used, reserved := d.usage(); used != 0 || reserved != all {
		t.Errorf("parked: used %d, reserved %d, want it to hold %d", used, reserved, all)
	}
	d.moves(models.StateFailed)
	if used, reserved := d.usage(); used != int64(len(d.big)) || reserved != 0 {
		t.Errorf("failed: used %d, reserved %d, want %d used", used, reserved, len(d.big))
	}
	if _, err := d.store.Jobs.RequestRetry(t.Context(), d.user.ID, d.job.ID); err != nil {
		t.Fatal(err)
	}
	d.moves(models.StateDownloading)
	if _, err := d.finalize(); err != nil {
		t.Fatal(err)
	}
	d.whole()
	if used, reserved := d.usage(); used != all || reserved != 0 {
		t.Errorf("ready: used %d, reserved %d, want %d used", used, reserved, all)
	}
}

// What storage does not have in full is not given out, and the job stays parked.
func TestIncompleteFilesOfAParkedJob(t *testing.T) {
	d := newDownloaded(t)
	if err := d.objects.AbortMultipart(t.Context(), d.files[0].Key(), d.upload); err != nil {
		t.Fatal(err)
	}
	d.moves(models.StateNeedsAttention)
	if got := failedWith(t, d.keep()).Type(); got != string(models.ProblemLengthMismatch) {
		t.Errorf("failed with %q", got)
	}
	if got := d.states(); got[0] != models.FilePending {
		t.Errorf("files are %v", got)
	}
	if got := d.bench.job(d.job.ID); got.State != models.StateNeedsAttention {
		t.Errorf("the job is %s", got.State)
	}
}

// A retry that overtakes finds nothing to keep.
func TestKeepLeavesRunningJobsAlone(t *testing.T) {
	d := newDownloaded(t)
	if err := d.keep(); err != nil {
		t.Fatal(err)
	}
	if got := d.states(); got[0] != models.FilePending {
		t.Errorf("files are %v", got)
	}
}
