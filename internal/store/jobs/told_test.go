package jobs_test

import (
	"strings"
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// A deleted job has no timeline, so its owner gets a mail, one for all that are
// deleted within a minute with the same note. The administrator's own jobs, and
// those of an account that is leaving, cause none.
func TestOwnersAreToldOfDeletedJobs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	admin := models.Actor{Kind: models.ActorAdmin, ID: &b.Evil.ID}
	remove := func(owner models.User, name, note string) {
		t.Helper()
		m := storetest.Manifest(10)
		m.Name = name
		job := storetest.Submit(t, b.Store, owner.ID, &m)
		storetest.Must[models.Job](t)(b.Jobs.Admin().RequestAct(ctx, admin, job.ID, models.AdminAct{Action: models.ActionDelete, Note: note}))
	}
	mails := func() []models.Mail {
		t.Helper()
		return storetest.Must[[]models.Mail](t)(b.Mails.Mails(ctx, "", time.Time{}, 100))
	}
	remove(b.Evil, "mine", "")
	if got := mails(); len(got) != 0 {
		t.Errorf("a mail about one's own act: %+v", got)
	}
	remove(b.User, "first", "The disk is full.")
	clock.Add(30 * time.Second)
	remove(b.User, "second\nline", "The disk is full.")
	remove(b.User, "third", "")
	got := mails() // newest first
	if len(got) != 2 || got[0].Params["names"] != "third" || got[0].Params["note"] != "" {
		t.Fatalf("mails: %+v", got)
	}
	first := got[1]
	if first.Kind != models.MailJobsDeleted || first.To != b.User.Email || *first.UserID != b.User.ID || first.Params["names"] != "first\nsecond line" ||
		first.Params["note"] != "The disk is full." {
		t.Errorf("the mail: %+v", first)
	}
	for _, item := range storetest.Drain(t, b.Store) {
		if strings.HasPrefix(item, "mail ") {
			t.Errorf("a mail left before its minute was over: %s", item)
		}
	}
	clock.Add(time.Minute)
	remove(b.User, "fourth", "The disk is full.")
	if got := mails(); len(got) != 3 || got[0].Params["names"] != "fourth" {
		t.Errorf("after a minute: %+v", got)
	}
	storetest.Exec(t, "update users set delete_at = now() where id = $1", b.User.ID)
	job := b.Submit(t, 10)
	storetest.Must[models.Job](t)(b.Jobs.Admin().RequestAct(ctx, admin, job.ID, models.AdminAct{Action: models.ActionDelete}))
	if got := mails(); len(got) != 3 {
		t.Errorf("a mail to an account that is leaving: %+v", got[0])
	}
}

// What an administrator writes to the owner stands in the timeline and in the
// audit log, for a move as for any other act.
func TestOwnersReadWhatAdministratorsWrite(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := b.Submit(t, 10)
	for _, a := range []models.AdminAct{
		{Action: models.ActionPause, Note: "Tonight we repair the storage."},
		{Action: models.ActionMove, Provider: models.ProviderSeedr, Note: "The agents are full."},
	} {
		storetest.Must[models.Job](t)(b.Jobs.Admin().RequestAct(ctx, b.Admin(), job.ID, a))
		events := storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 100))
		if last := events[len(events)-1]; !last.Reason.Equal(models.Because(models.ReasonAdminActed, "act", a.Action, "note", a.Note)) {
			t.Errorf("%s: the owner last reads %+v", a.Action, last)
		}
		log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Target: job.ID.String()}))
		if log[0].Action != a.Action.Audit() || log[0].After["note"] != a.Note {
			t.Errorf("%s: the audit log has %+v", a.Action, log[0])
		}
	}
}

// A page that refreshes leaves one entry an hour, for each administrator and for
// each thing that is looked at.
func TestLooksAreAuditedOnceAnHour(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	job, other := b.Submit(t, 10), b.Submit(t, 10)
	one, two := models.Actor{Kind: models.ActorAdmin, ID: &b.Evil.ID}, models.Actor{Kind: models.ActorAdmin, ID: &b.User.ID}
	look := func(by models.Actor, id models.Job, name string) {
		t.Helper()
		storetest.Must[models.JobDetail](t)(b.Jobs.Admin().JobDetail(ctx, by, id.ID, 0, 10))
		storetest.Must[models.AllJobsPage](t)(b.Jobs.Admin().AllJobs(ctx, by, models.AllJobsFilter{JobMatch: models.JobMatch{Name: name}}))
	}
	want := func(when string, n int) {
		t.Helper()
		for _, what := range []models.AuditAction{models.AuditJobRead, models.AuditJobsListed} {
			if log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: string(what)})); len(log) != n {
				t.Errorf("%s, %s: %d entries, want %d", when, what, len(log), n)
			}
		}
	}
	for range 3 {
		look(one, job, "sintel")
	}
	want("the same look again", 1)
	look(two, job, "sintel")
	want("somebody else", 2)
	look(one, other, "steel")
	want("something else", 3)
	clock.Add(59 * time.Minute)
	look(one, job, "sintel")
	want("within the hour", 3)
	clock.Add(2 * time.Minute)
	look(one, job, "sintel")
	want("after the hour", 4)
	for range 2 {
		storetest.OK(t, b.Jobs.Admin().EachJob(ctx, one, models.JobMatch{}, func([]models.OwnedJob) error { return nil }))
	}
	if log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: string(models.AuditJobsExported)})); len(log) != 2 {
		t.Errorf("two exports are %d entries", len(log))
	}
}
