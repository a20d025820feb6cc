package jobs_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// An administrator does to anyone's job what its owner could: the same happens,
// the owner reads who did it, and the audit log has the job before and after.
func TestAdministratorsActOnAnyJob(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	admin := models.Actor{Kind: models.ActorAdmin, ID: &b.Evil.ID, IP: "192.0.2.1"}
	for _, tt := range []struct {
		state         models.State
		act           models.Action
		outbox        []string
		changed       string // what of the job is different in the audit log
		before, after any
	}{
		{models.StateDownloading, models.ActionCancel, []string{"cancel"}, "reason", "because_of_downloading", "cancel_requested"},
		{models.StateDownloading, models.ActionPause, []string{"ask"}, "asked", nil, "pause"},
		{models.StatePaused, models.ActionResume, []string{"ask"}, "asked", nil, "resume"},
		{models.StateNeedsAttention, models.ActionRetry, []string{"retry"}, "reason", "because_of_needs_attention", "retried"},
		{models.StateFailed, models.ActionRetry, []string{"retry"}, "state", "failed", "queued"},
		{models.StateCancelled, models.ActionRetry, []string{"retry"}, "run", 1.0, 2.0},
		{models.StateDownloading, models.ActionDelete, []string{"cancel", "purge"}, "deleted", false, true},
	} {
		job := storetest.Submit(t, b.Store, b.User.ID, nil)
		b.To(t, job.ID, tt.state)
		storetest.Drain(t, b.Store)
		_, err := b.Jobs.Admin().RequestAct(ctx, admin, job.ID, models.AdminAct{Action: tt.act})
		storetest.OK(t, err)
		var want []string
		for _, kind := range tt.outbox {
			want = append(want, kind+" "+job.ID.String())
		}
		if got := storetest.Drain(t, b.Store); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.act, got, want)
		}
		events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 100))
		told := models.Because(models.ReasonAdminActed, "act", tt.act)
		if last := events[len(events)-1]; !last.Reason.Equal(told) || last.UserID != b.User.ID {
			t.Errorf("%s: the owner last reads %+v", tt.act, last)
		}
		log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: job.ID.String()}))
		if len(log) != 1 || log[0].Action != "job."+models.AuditAction(tt.act) || log[0].IP != admin.IP || *log[0].ActorID != b.Evil.ID ||
			log[0].Before[tt.changed] != tt.before || log[0].After[tt.changed] != tt.after {
			t.Errorf("%s: the audit log has %+v", tt.act, log)
		}
	}
	moved := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.Must[models.Job](t)(b.Jobs.Admin().RequestAct(ctx, admin, moved.ID, models.AdminAct{Action: models.ActionMove, Provider: models.ProviderSeedr}))
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: moved.ID.String()}))
	if len(log) != 1 || log[0].Action != models.AuditJobMoved || log[0].Before["askedProvider"] != nil || log[0].After["askedProvider"] != "seedr" {
		t.Errorf("a move: %+v", log)
	}
}

// What is refused, or changes nothing, leaves no trace; owners' routes open
// nothing to an administrator.
func TestAdministratorsAreRefusedAsOwnersAre(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	admin := models.Actor{Kind: models.ActorAdmin, ID: &b.Evil.ID}
	act := func(id uuid.UUID, a models.Action) error {
		return ignoreJob(b.Jobs.Admin().RequestAct(ctx, admin, id, models.AdminAct{Action: a, Provider: models.ProviderSeedr}))
	}
	job := storetest.Submit(t, b.Store, b.User.ID, nil)
	storetest.WantProblem(t, act(job.ID, models.ActionRetry), models.ProblemWrongState)
	storetest.WantProblem(t, act(job.ID, models.ActionResume), models.ProblemWrongState)
	storetest.WantCode(t, act(job.ID, models.ActionSelect), models.CodeInvalid)
	storetest.WantCode(t, act(uuid.New(), models.ActionCancel), models.CodeNotFound)
	storetest.WantCode(t, ignoreJob(b.Jobs.RequestCancel(ctx, b.Evil.ID, job.ID)), models.CodeNotFound)
	if log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: "job"})); len(log) != 0 {
		t.Errorf("audited although it was refused: %+v", log)
	}
	storetest.OK(t, act(job.ID, models.ActionPause))
	storetest.OK(t, act(job.ID, models.ActionPause))
	if log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: "job"})); len(log) != 1 {
		t.Errorf("a pause and a second one are %d entries", len(log))
	}
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, job.ID))
	storetest.WantCode(t, act(job.ID, models.ActionCancel), models.CodeNotFound)
	storetest.WantCode(t, act(job.ID, models.ActionMove), models.CodeNotFound)
	_, err := b.Jobs.Admin().JobDetail(ctx, admin, job.ID, 0, 10)
	storetest.WantCode(t, err, models.CodeNotFound)
}

// Every filter finds what it names, and together they find what all of them do.
func TestAllJobsFilters(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	const gib = storetest.GiB
	failed := b.Submit(t, 2*gib)
	fail := models.JobChange{To: models.StateFailed, Reason: models.ProblemStalled.Reason(nil), Problem: models.ProblemStalled}
	storetest.Must[models.Job](t)(b.W.Jobs.Transition(ctx, failed.ID, fail))
	running, _ := b.Running(t, 10)
	deleted := b.Submit(t, 10)
	storetest.OK(t, b.Jobs.RequestDelete(ctx, b.User.ID, deleted.ID))
	other := storetest.Submit(t, b.Store, b.Evil.ID, nil)
	storetest.Exec(t, "update jobs set name = 'Ünlike any other' where id = $1", failed.ID)
	hash := *failed.InfoHashV1
	for name, tt := range map[string]struct {
		match models.JobMatch
		want  []uuid.UUID
	}{
		"none":             {models.JobMatch{}, []uuid.UUID{failed.ID, running.ID, other.ID}},
		"state":            {models.JobMatch{States: []models.State{models.StateFailed, models.StateQueued}}, []uuid.UUID{failed.ID, other.ID}},
		"reason":           {models.JobMatch{Reasons: []models.ReasonCode{"stalled"}}, []uuid.UUID{failed.ID}},
		"problem":          {models.JobMatch{Problems: []models.Problem{models.ProblemStalled}}, []uuid.UUID{failed.ID}},
		"provider":         {models.JobMatch{Provider: models.ProviderSeedr}, nil},
		"agent":            {models.JobMatch{Agent: b.Agent.ID}, []uuid.UUID{running.ID}},
		"user":             {models.JobMatch{User: b.Evil.ID}, []uuid.UUID{other.ID}},
		"from":             {models.JobMatch{CreatedFrom: running.CreatedAt}, []uuid.UUID{running.ID, other.ID}},
		"to":               {models.JobMatch{CreatedTo: running.CreatedAt}, []uuid.UUID{failed.ID}},
		"large":            {models.JobMatch{SizeMin: gib}, []uuid.UUID{failed.ID}},
		"small":            {models.JobMatch{SizeMax: gib}, []uuid.UUID{running.ID}},
		"hash":             {models.JobMatch{Hash: hash}, []uuid.UUID{failed.ID}},
		"hash's beginning": {models.JobMatch{Hash: " " + hash[:12]}, []uuid.UUID{failed.ID}},
		"name":             {models.JobMatch{Name: " üNLIKE "}, []uuid.UUID{failed.ID}},
		"user and state":   {models.JobMatch{User: b.User.ID, States: []models.State{models.StateQueued}}, nil},
	} {
		got := storetest.Must[models.AllJobsPage](t)(b.Jobs.Admin().AllJobs(ctx, b.Admin(), models.AllJobsFilter{JobMatch: tt.match}))
		var ids []uuid.UUID
		for _, j := range got.Jobs {
			ids = append(ids, j.ID)
			owner, agent := b.User.Email, ""
			if j.ID == other.ID {
				owner = b.Evil.Email
			}
			if j.ID == running.ID {
				agent = b.Agent.Name
			}
			if j.OwnerEmail != owner || j.AgentName != agent || (j.AgentID != nil) != (agent != "") {
				t.Errorf("%s: job of %q on %q, want %q on %q", name, j.OwnerEmail, j.AgentName, owner, agent)
			}
		}
		if !slices.Equal(ids, tt.want) || got.Total != int64(len(tt.want)) || got.More {
			t.Errorf("%s: found %v of %d, want %v", name, ids, got.Total, tt.want)
		}
	}
}
