package store_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// submitted leaves out whether the submit was a replay.
func submitted(job models.Job, _ bool, err error) (models.Job, error) { return job, err }

// TestNobodySeesOthersRows walks every method that takes a user with the ids
// of another user's rows.
func TestNobodySeesOthersRows(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, p := b.Running(t, 10)
	storetest.OK(t, b.W.Progress.FlushProgress(ctx, []models.Progress{{JobID: job.ID, Phase: models.PhaseDownloading, UpdatedAt: b.DB.Now()}}))
	storetest.OK(t, b.Sources.SaveInspection(ctx, b.User.ID, []byte("hash"), storetest.Manifest(1)))
	storetest.OK(t, b.Accounts.CreateSession(ctx, session(b, b.User.ID, 1)))
	evil := b.Evil.ID
	_, err := b.Jobs.Job(ctx, evil, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Files.Files(ctx, evil, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Files.File(ctx, evil, p.Files[0].ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	for _, request := range []func(context.Context, uuid.UUID, uuid.UUID) (models.Job, error){
		b.Jobs.RequestCancel, b.Jobs.RequestPause, b.Jobs.RequestResume,
		func(ctx context.Context, userID, jobID uuid.UUID) (models.Job, error) {
			return b.Jobs.RequestSelect(ctx, userID, jobID, []int{0})
		},
	} {
		_, err = request(ctx, evil, job.ID)
		storetest.WantCode(t, err, models.CodeNotFound)
	}
	storetest.WantCode(t, b.Jobs.RequestDelete(ctx, evil, job.ID), models.CodeNotFound)
	_, err = b.Jobs.RequestRetry(ctx, evil, job.ID)
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Sources.Inspection(ctx, evil, []byte("hash"))
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.WantCode(t, b.Accounts.DeleteSession(ctx, evil, session(b, b.User.ID, 1).IDHash), models.CodeNotFound)
	storetest.OK(t, b.Accounts.DeleteOtherSessions(ctx, evil, []byte("none")))
	if got := storetest.Must[[]models.Session](t)(b.Accounts.Sessions(ctx, b.User.ID)); len(got) != 1 {
		t.Error("another user ended the session")
	}
	counts := []int{
		len(storetest.Must[[]models.Session](t)(b.Accounts.Sessions(ctx, evil))),
		len(storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, evil, models.JobFilter{})).Jobs),
		int(storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, evil, models.JobFilter{Search: "sample"})).Total),
		len(storetest.Must[map[models.State]int64](t)(b.Jobs.JobCounts(ctx, evil, models.JobFilter{}))),
		len(storetest.Must[map[uuid.UUID]models.Progress](t)(b.Progress.ProgressOf(ctx, evil, []uuid.UUID{job.ID}))),
		len(storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, evil, job.ID, 0, 100))),
		len(storetest.Must[[]models.Event](t)(b.Timeline.EventsAfter(ctx, evil, 0, 100))),
		int(storetest.Must[int64](t)(b.Timeline.LastEventID(ctx, evil))),
		storetest.Must[models.QueueNote](t)(b.Admission.QueueNote(ctx, evil)).Running,
	}
	for i, n := range counts {
		if n != 0 {
			t.Errorf("read %d gave the other user %d rows", i, n)
		}
	}
	if got := storetest.Must[models.Job](t)(b.Jobs.Job(ctx, b.User.ID, job.ID)); got.State != models.StateDownloading || got.DeleteAt != nil {
		t.Errorf("another user changed the job: %+v", got)
	}
}

func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	_, err := b.Accounts.User(ctx, uuid.New())
	storetest.WantCode(t, err, models.CodeNotFound)
	storetest.WantCode(t, b.Accounts.CreateUser(ctx, b.User), models.CodeConflict)
	err = b.Accounts.CreateSession(ctx, models.Session{IDHash: []byte("short"), UserID: b.User.ID})
	storetest.WantCode(t, err, models.CodeInternal)
	if public := models.AsError(err).Message; strings.Contains(public, "constraint") {
		t.Errorf("the public message reveals the schema: %s", public)
	}
	storetest.OK(t, b.DB.Close())
	_, err = b.Accounts.User(ctx, b.User.ID)
	if err == nil {
		t.Error("a closed store answers")
	}
}

func TestTxIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	err := b.DB.Tx(ctx, func(ctx context.Context) error {
		storetest.Must[models.Job](t)(submitted(b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet()})))
		return b.DB.Tx(ctx, func(context.Context) error { return models.Errorf(models.CodeBlocked, "No.") })
	})
	storetest.WantCode(t, err, models.CodeBlocked)
	if n := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{})).Total; n != 0 {
		t.Errorf("%d jobs are left of a transaction that failed", n)
	}
}

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func session(b *storetest.World, userID uuid.UUID, n byte) models.Session {
	return models.Session{
		IDHash: hash(n), UserID: userID, CreatedAt: b.DB.Now(), LastSeenAt: b.DB.Now(),
		ExpiresAt: b.DB.Now().Add(60 * 24 * time.Hour), IP: "192.0.2.1", UserAgent: "test",
	}
}
