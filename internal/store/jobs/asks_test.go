package jobs_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// told returns the kinds of the job's events after the first n.
func told(t *testing.T, b *storetest.World, id uuid.UUID, n int) []models.EventKind {
	t.Helper()
	events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(t.Context(), b.User.ID, id, 0, 1000))
	var out []models.EventKind
	for _, e := range events[n:] {
		out = append(out, e.Kind)
	}
	return out
}

// What a job is asked for stands until a transition meets it; what came too late
// is told, and an ask that was replaced is forgotten.
func TestAsksAreMetOrRefused(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	pause := func(id uuid.UUID) error { return ignoreJob(b.Jobs.RequestPause(ctx, b.User.ID, id)) }
	resume := func(id uuid.UUID) error { return ignoreJob(b.Jobs.RequestResume(ctx, b.User.ID, id)) }
	cancel := func(id uuid.UUID) error { return ignoreJob(b.Jobs.RequestCancel(ctx, b.User.ID, id)) }
	requested, refused := models.EventState, models.EventRefused
	tests := []struct {
		name   string
		state  models.State
		acts   []func(uuid.UUID) error
		then   models.State
		asks   models.Action // what is still asked for after that
		events []models.EventKind
	}{
		{"paused", models.StateDownloading, []func(uuid.UUID) error{pause}, models.StatePaused, "", []models.EventKind{requested, models.EventState}},
		{"still to pause", models.StateQueued, []func(uuid.UUID) error{pause}, models.StateDownloading, models.ActionPause, []models.EventKind{requested, models.EventState}},
		{"resumed", models.StatePaused, []func(uuid.UUID) error{resume}, models.StateQueued, "", []models.EventKind{requested, models.EventState}},
		{"too late", models.StateStoring, nil, models.StateReady, "", []models.EventKind{refused, models.EventState}},
		{"replaced", models.StateDownloading, []func(uuid.UUID) error{pause, resume, pause}, models.StatePaused, "", []models.EventKind{requested, requested, requested, models.EventState}},
		{"cancelled instead", models.StateDownloading, []func(uuid.UUID) error{pause, cancel}, models.StateCancelled, "", []models.EventKind{requested, requested, models.EventState}},
	}
	for _, tt := range tests {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, tt.state)
		if tt.state == models.StateStoring { // asked for while it was downloading
			storetest.Exec(t, `update jobs set asked_act = 'pause', asked_at = now() where id = $1`, job.ID)
		}
		before := len(told(t, b, job.ID, 0))
		for _, act := range tt.acts {
			storetest.OK(t, act(job.ID))
		}
		got := storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: tt.then, Reason: models.Because(models.ReasonReady)}))
		if got.Asked.Act != tt.asks {
			t.Errorf("%s: asked to %q", tt.name, got.Asked.Act)
		}
		if events := told(t, b, job.ID, before); !slices.Equal(events, tt.events) {
			t.Errorf("%s: events %v", tt.name, events)
		}
	}
}

// A refusal ends only the ask that it is about.
func TestARefusalIsAboutOneAsk(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	b.To(t, job.ID, models.StateDownloading)
	first := storetest.Must[models.Job](t)(b.Jobs.RequestPause(ctx, b.User.ID, job.ID))
	second := storetest.Must[models.Job](t)(b.Jobs.RequestResume(ctx, b.User.ID, job.ID))
	storetest.OK(t, b.W.Jobs.RefuseAsk(ctx, job.ID, first.Asked))
	if got := storetest.Must[models.Job](t)(b.W.Jobs.Job(ctx, job.ID)); !got.Asked.Equal(second.Asked) {
		t.Errorf("asked to %q", got.Asked.Act)
	}
	// The pause was taken back before it came about, so nothing failed.
	before := len(told(t, b, job.ID, 0))
	storetest.OK(t, b.W.Jobs.RefuseAsk(ctx, job.ID, second.Asked))
	if got := told(t, b, job.ID, before); !slices.Equal(got, []models.EventKind{models.EventState}) {
		t.Errorf("events %v", got)
	}
	third := storetest.Must[models.Job](t)(b.Jobs.RequestPause(ctx, b.User.ID, job.ID))
	before = len(told(t, b, job.ID, 0))
	storetest.OK(t, b.W.Jobs.RefuseAsk(ctx, job.ID, third.Asked))
	if got := told(t, b, job.ID, before); !slices.Equal(got, []models.EventKind{models.EventRefused}) {
		t.Errorf("events %v", got)
	}
}

// A job that was asked to pause is not admitted meanwhile.
func TestNoSlotForAJobThatIsToPause(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	storetest.Agent(t, b.Store, 8)
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.OK(t, ignoreJob(b.Jobs.RequestPause(ctx, b.User.ID, job.ID)))
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10)); len(got) != 0 {
		t.Errorf("admitted %v", got)
	}
	storetest.OK(t, ignoreJob(b.Jobs.RequestResume(ctx, b.User.ID, job.ID)))
	if got := storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10)); len(got) != 1 {
		t.Errorf("admitted %v after the pause was taken back", got)
	}
}
