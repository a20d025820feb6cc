package worker_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"longhaul/activities"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/internal/seedrtrack"
	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

// rendezvous makes two trackers read the account's rows at the same time: each
// waits for the other after it has read them. One that is alone continues.
type rendezvous struct {
	seedrtrack.Store
	meet chan struct{}
	met  chan struct{} // has room for one: they did meet
}

// SeedrItems returns when both have read.
func (r *rendezvous) SeedrItems(ctx context.Context) (map[string]models.SeedrItem, error) {
	items, err := r.Store.SeedrItems(ctx)
	alone := time.NewTimer(5 * time.Second)
	defer alone.Stop()
	select {
	case r.meet <- struct{}{}:
		select {
		case r.met <- struct{}{}:
		default:
		}
	case <-r.meet:
	case <-alone.C:
	case <-ctx.Done():
	}
	return items, err
}

// When two trackers of one account act on the same rows at the same time, as
// can happen for a moment after a lost worker, nothing is added twice, no
// completion is lost, and the account is empty in the end.
func TestTwoTrackersAtOnce(t *testing.T) {
	a := newAccount(t, seedrtest.Default())
	r := &rendezvous{meet: make(chan struct{}), met: make(chan struct{}, 1)}
	a.between = func(s seedrtrack.Store) seedrtrack.Store {
		r.Store = s
		return r
	}
	s := newSystem(t, options{seedr: a})
	s.switchTo(models.ProviderSeedr, models.FailoverNone)
	_, err := s.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "track-seedr-too", TaskQueue: workflows.TaskQueue(models.QueueControl)},
		workflows.TrackProvider, activities.TrackInput{Provider: models.ProviderSeedr})
	if err != nil {
		t.Fatal(err)
	}
	<-r.met
	type owned struct {
		job  models.Job
		user models.User
		hash string
	}
	var all []owned
	for n := range 8 {
		s.user = storetest.User(t, s.store)
		a.has(s)
		var job models.Job
		if n%2 == 0 {
			job = s.known()
		} else {
			job = s.submit(models.NewJob{})
		}
		all = append(all, owned{job, s.user, s.infoHash()})
	}
	for _, o := range all {
		s.user = o.user
		if got := s.until(o.job.ID, models.StateReady); got.Epoch != 1 {
			t.Errorf("job %s took %d attempts", o.job.ID, got.Epoch)
		}
		s.delivered(o.job.ID)
		if n := a.Stats().Adds[o.hash]; n != 1 {
			t.Errorf("%s was added %d times", o.hash, n)
		}
	}
	s.emptied(a)
}
