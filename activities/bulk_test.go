package activities_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/models"
)

// actor is an act on many jobs of which only the counts are kept.
type actor struct {
	act models.BulkAct
	at  []time.Time // when it acted
}

func (a *actor) LoadBulk(context.Context, uuid.UUID) (models.BulkAct, error) { return a.act, nil }

func (a *actor) FindBulk(context.Context, uuid.UUID) (models.BulkAct, error) {
	a.act.State = models.BulkActing
	return a.act, nil
}

func (a *actor) ActOnNext(context.Context, uuid.UUID) (models.BulkAct, error) {
	if a.act.Done == a.act.Total {
		a.act.State = models.BulkDone
		return a.act, nil
	}
	a.at = append(a.at, time.Now())
	a.act.Done++
	return a.act, nil
}

func (a *actor) StopActing(context.Context, uuid.UUID) (models.BulkAct, error) {
	a.act.State = models.BulkStopped
	return a.act, nil
}

// The rate is held, also by the attempt that continues, and a shift ends in time
// with the act unfinished.
func TestActsOnManyJobsKeepTheirRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		many := &actor{act: models.BulkAct{State: models.BulkFinding, Rate: 10, Total: 500}}
		act := &activities.Bulk{Store: many, Shift: 20 * time.Second}
		start := time.Now()
		shifts := 0
		for state := models.BulkActing; state == models.BulkActing; shifts++ {
			res, err := act.ActOnJobs(t.Context(), activities.BulkInput{ID: uuid.New()})
			if err != nil {
				t.Fatal(err)
			}
			state = res.State
		}
		if took := time.Since(start); took < 49*time.Second || took > 53*time.Second || shifts != 3 {
			t.Errorf("500 jobs at 10 a second took %s in %d shifts", took, shifts)
		}
		for i := 10; i < len(many.at); i++ {
			if d := many.at[i].Sub(many.at[i-10]); d < 900*time.Millisecond {
				t.Fatalf("jobs %d to %d were acted on within %s", i-10, i, d)
			}
		}
	})
}
