package worker_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"longhaul/internal/objstore"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A magnet that turns out larger than the room waits in the queue, starts when
// another job is deleted, and needs no extra history for it.
func TestMagnetWaitsForRoom(t *testing.T) {
	s := newSystem(t, options{})
	room := int64(len(s.content)) + 1
	storetest.Plan(t, s.store, s.user.ID, models.Plan{StorageBytes: &room})
	m := storetest.Manifest(2)
	blocker := storetest.Submit(t, s.store, s.user.ID, &m) // holds its two bytes from the submit on
	if err := s.flows.Start(t.Context(), blocker); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Jobs.RequestPause(t.Context(), s.user.ID, blocker.ID); err != nil {
		t.Fatal(err)
	}
	s.until(blocker.ID, models.StatePaused) // and before there is an agent, so that it does not end
	s.agent(s.works)
	job := s.submit(models.NewJob{})
	s.eventually(func() string {
		if got := s.job(job.ID); got.State != models.StateQueued || !got.Reason.Equal(models.NeedsRoom(5, 4)) {
			return fmt.Sprintf("it says %s: %v", got.State, got.Reason)
		}
		return ""
	})
	if err := s.store.Jobs.RequestDelete(t.Context(), s.user.ID, blocker.ID); err != nil {
		t.Fatal(err)
	}
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("waits_for_room", s.closed(job.ID, completed))
	got, err := s.store.Quota.Room(t.Context(), s.user.ID)
	if err != nil || got.Used != int64(len(s.content)) || got.Reserved != 0 {
		t.Errorf("in the end %+v, %v", got, err)
	}
}

// A plan that keeps files for a day: the schedule removes those of a job that
// was ready two days ago from storage, and leaves one of today alone.
func TestExpiredFilesLeaveStorage(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.works)
	day := 1
	other := storetest.User(t, s.store)
	plan := storetest.Plan(t, s.store, s.user.ID, models.Plan{RetentionDays: &day})
	if err := s.store.Quota.AssignPlan(t.Context(), models.Actor{Kind: models.ActorConsole}, other.ID, plan.ID); err != nil {
		t.Fatal(err)
	}
	content := models.Source{Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + s.infoHash(), InfoHashV1: s.infoHash()}
	young := s.submit(models.NewJob{Source: content})
	old, _, err := s.store.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: other.ID, Source: content})
	if err != nil {
		t.Fatal(err)
	}
	s.until(old.ID, models.StateReady)
	s.until(young.ID, models.StateReady)
	objects := func(job models.Job) (n int) {
		if err := s.objects.List(t.Context(), "jobs/"+job.ID.String()+"/", func(objstore.Object) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if a, b := objects(old), objects(young); a != 1 || b != 1 {
		t.Errorf("%d and %d objects in storage, want one of each job", a, b)
	}
	conn, err := pgx.Connect(t.Context(), storetest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `update jobs set finished_at = finished_at - interval '2 days', deadline = deadline - interval '2 days' where id = $1`, old.ID)
	if err != nil || conn.Close(t.Context()) != nil {
		t.Fatal(err)
	}
	s.eventually(func() string { // the worker has made the schedule
		err := s.temporal.ScheduleClient().GetHandle(t.Context(), "sys-expire-files").Trigger(t.Context(), client.ScheduleTriggerOptions{})
		if err != nil {
			return err.Error()
		}
		return ""
	})
	got := s.until(old.ID, models.StateExpired)
	if got.Reason.Code != models.ReasonExpired {
		t.Errorf("it says %v", got.Reason)
	}
	s.gone(old.ID)
	if files, err := s.store.Files.Files(t.Context(), other.ID, old.ID); err != nil || len(files) != 0 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
	s.delivered(young.ID)
	if got := s.job(young.ID); got.State != models.StateReady || got.Deadline == nil {
		t.Errorf("the other job is %s", got.State)
	}
	for id, used := range map[uuid.UUID]int64{other.ID: 0, s.user.ID: int64(len(s.content))} {
		if room, err := s.store.Quota.Room(t.Context(), id); err != nil || room.Used != used || room.Reserved != 0 {
			t.Errorf("in the end %+v, %v; want %d used", room, err, used)
		}
	}
}
