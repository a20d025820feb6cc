package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// A job waits in the queue when nothing but a slot is missing.
func TestWaits(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		job  models.Job
		want bool
	}{
		"queued":                {models.Job{State: models.StateQueued}, true},
		"queued with a slot":    {models.Job{State: models.StateQueued, AdmittedAt: &now}, false},
		"queued after a fault":  {models.Job{State: models.StateQueued, Problem: models.ProblemSourceFailing}, false},
		"paused":                {models.Job{State: models.StatePaused}, false},
		"downloading":           {models.Job{State: models.StateDownloading, AdmittedAt: &now}, false},
		"downloading, no slot?": {models.Job{State: models.StateDownloading}, false},
	} {
		if got := c.job.Waits(); got != c.want {
			t.Errorf("%s: waits is %v", name, got)
		}
	}
}

// A workflow waits for wanted and for open attempts, and for no other.
func TestLiveAttempts(t *testing.T) {
	t.Parallel()
	for state, want := range map[models.AttemptState]bool{
		models.AttemptWanted: true, models.AttemptOpen: true,
		models.AttemptDone: false, models.AttemptFailed: false, models.AttemptSuperseded: false,
	} {
		if state.Live() != want {
			t.Errorf("%s: live is %v", state, state.Live())
		}
	}
}

// Only administrators read which pool has no agent to offer, also of a job that
// holds a slot and finds none.
func TestPoolsAreNamedToAdministrators(t *testing.T) {
	t.Parallel()
	now := time.Now()
	waits := models.Job{State: models.StateQueued, Provider: models.ProviderAgent, Reason: models.Because(models.ReasonAccepted)}
	holds := models.Job{State: models.StateQueued, Provider: models.ProviderAgent, AdmittedAt: &now, Problem: models.ProblemNoAgent, Reason: models.ProblemNoAgent.Because()}
	for name, c := range map[string]struct {
		note         models.QueueNote
		job          models.Job
		owner, admin models.Reason
	}{
		"waits":        {models.QueueNote{Pool: "fast", AgentsAlive: 1}, waits, models.Because(models.ReasonWaitsForPool), models.Because(models.ReasonWaitsForPool, "pool", "fast")},
		"holds a slot": {models.QueueNote{Pool: "fast"}, holds, models.ProblemNoAgent.Because(), models.ProblemNoAgent.Because("pool", "fast")},
		"no pool":      {models.QueueNote{}, holds, models.ProblemNoAgent.Because(), models.ProblemNoAgent.Because()},
	} {
		if got := c.note.Explain(c.job); !got.Equal(c.owner) {
			t.Errorf("%s: the owner reads %v", name, got)
		}
		if got := c.note.ExplainToAdmin(c.job); !got.Equal(c.admin) {
			t.Errorf("%s: an administrator reads %v", name, got)
		}
	}
}

// What a queued job waits for depends on what its owner, the agents and Seedr
// have left.
func TestQueueNoteExplains(t *testing.T) {
	t.Parallel()
	limit := int64(100)
	id := uuid.New()
	job := models.Job{ID: id, State: models.StateQueued, Provider: models.ProviderAgent, FileCount: 1, Reason: models.Because(models.ReasonAccepted)}
	note := models.QueueNote{Limit: 2, Running: 1, AgentsAlive: 1, FreeSlots: 1, Room: models.Room{Used: 60, Reserved: 30, Limit: &limit}}
	seedr := models.SeedrNote{Slots: 2, Taken: 1, Known: true, Free: 50, Needs: map[uuid.UUID]int64{id: 50}}
	onSeedr := func(n *models.QueueNote, j *models.Job, change func(*models.SeedrNote)) {
		j.Provider = models.ProviderSeedr
		own := seedr
		change(&own)
		n.Seedr = &own
	}
	for name, c := range map[string]struct {
		change func(*models.QueueNote, *models.Job)
		want   models.ReasonCode
	}{
		"nothing in the way":       {func(*models.QueueNote, *models.Job) {}, models.ReasonAccepted},
		"the owner's last slot":    {func(n *models.QueueNote, _ *models.Job) { n.Running = 2 }, models.ReasonWaitsForUserSlot},
		"no limit of slots":        {func(n *models.QueueNote, _ *models.Job) { n.Running, n.Limit = 9, 0 }, models.ReasonAccepted},
		"no agent":                 {func(n *models.QueueNote, _ *models.Job) { n.AgentsAlive, n.FreeSlots = 0, 0 }, "no_agent"},
		"busy agents":              {func(n *models.QueueNote, _ *models.Job) { n.FreeSlots = 0 }, models.ReasonWaitsForAgentSlot},
		"as much as there is room": {func(_ *models.QueueNote, j *models.Job) { j.QuotaWant = 10 }, models.ReasonAccepted},
		"a byte too many":          {func(_ *models.QueueNote, j *models.Job) { j.QuotaWant = 11 }, "storage_full"},
		"what it holds counts":     {func(_ *models.QueueNote, j *models.Job) { j.QuotaWant, j.QuotaReserved = 40, 30 }, models.ReasonAccepted},
		"unknown size, some room":  {func(_ *models.QueueNote, j *models.Job) { j.FileCount = 0 }, models.ReasonAccepted},
		"unknown size, no room": {func(n *models.QueueNote, j *models.Job) {
			j.FileCount, n.Room.Used = 0, 70
		}, "storage_full"},
		"room again": {func(_ *models.QueueNote, j *models.Job) {
			j.Reason = models.NeedsRoom(50, 10)
		}, models.ReasonWaitsForSlot},
		"a fault keeps its reason": {func(n *models.QueueNote, j *models.Job) {
			n.Running, j.Problem, j.Reason = 2, models.ProblemSourceFailing, models.ProblemSourceFailing.Reason(nil)
		}, "source_failing"},
		"seedr has room": {func(n *models.QueueNote, j *models.Job) { onSeedr(n, j, func(*models.SeedrNote) {}) }, models.ReasonAccepted},
		"seedr is down": {func(n *models.QueueNote, j *models.Job) {
			onSeedr(n, j, func(s *models.SeedrNote) { s.Down = models.ProblemSeedrAuth.Reason(nil) })
		}, "seedr_auth"},
		"seedr's last slot":   {func(n *models.QueueNote, j *models.Job) { onSeedr(n, j, func(s *models.SeedrNote) { s.Taken = 2 }) }, "seedr_slots"},
		"seedr, a byte short": {func(n *models.QueueNote, j *models.Job) { onSeedr(n, j, func(s *models.SeedrNote) { s.Free = 49 }) }, "seedr_full"},
		"seedr, space not known": {func(n *models.QueueNote, j *models.Job) {
			onSeedr(n, j, func(s *models.SeedrNote) { s.Known, s.Free = false, 0 })
		}, models.ReasonAccepted},
		"seedr refused just now": {func(n *models.QueueNote, j *models.Job) { onSeedr(n, j, func(s *models.SeedrNote) { s.Full = true }) }, "seedr_full"},
	} {
		n, j := note, job
		c.change(&n, &j)
		if got := n.Explain(j).Code; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
