package worker_test

import (
	"strings"
	"testing"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A magnet that turns out larger than the room waits in the queue, starts by
// itself when another job is deleted, and costs no more history for it.
func TestMagnetWaitsForRoom(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.works)
	room := int64(len(s.content)) + 1
	storetest.Plan(t, s.store, s.user.ID, models.Plan{StorageBytes: &room})
	m := storetest.Manifest(2)
	blocker := storetest.Submit(t, s.store, s.user.ID, &m) // holds its two bytes from the submit on
	if err := s.flows.Start(t.Context(), blocker); err != nil {
		t.Fatal(err)
	}
	job := s.submit(store.NewJob{})
	s.eventually(func() string {
		if got := s.job(job.ID); got.State != models.StateQueued || !strings.HasPrefix(got.Reason, models.WaitingForStorage+" needs 5 B") {
			return "it says " + string(got.State) + ": " + got.Reason
		}
		return ""
	})
	if err := s.store.RequestDelete(t.Context(), s.user.ID, blocker.ID); err != nil {
		t.Fatal(err)
	}
	s.until(job.ID, models.StateReady)
	s.delivered(job.ID)
	s.keep("waits_for_room", s.closed(job.ID, completed))
	got, err := s.store.Room(t.Context(), s.user.ID)
	if err != nil || got.Used != int64(len(s.content)) || got.Reserved != 0 {
		t.Errorf("in the end %+v, %v", got, err)
	}
}
