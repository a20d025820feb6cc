package notifications_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func hook(t *testing.T, b *storetest.World, user uuid.UUID, events ...models.Notable) models.Webhook {
	t.Helper()
	return storetest.Must[models.Webhook](t)(b.Notifications.CreateWebhook(t.Context(), models.Webhook{
		ID: b.DB.NewID(), UserID: user, Name: "hook", Host: "example.com", Sealed: "sealed", Events: events,
	}))
}

func told(t *testing.T, b *storetest.World, user uuid.UUID) models.NotificationPage {
	t.Helper()
	return storetest.Must[models.NotificationPage](t)(b.Notifications.Notifications(t.Context(), user, models.NotificationFilter{}))
}

func sent(t *testing.T, b *storetest.World, h models.Webhook) []models.WebhookDelivery {
	t.Helper()
	out, _, err := b.Notifications.Deliveries(t.Context(), h.UserID, h.ID, "", 0)
	storetest.OK(t, err)
	return out
}

// An owner is told once of each end of a job, where they chose: in the app, by one
// mail for several jobs, and by the webhooks that want the event.
func TestOwnersAreTold(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	storetest.Must[[]models.Notable](t)(b.Notifications.SetMailEvents(ctx, b.User.ID, []models.Notable{models.NotableFailed}))
	all, ready := hook(t, b, b.User.ID, models.JobNotables()...), hook(t, b, b.User.ID, models.NotableReady)
	theirs := hook(t, b, b.Evil.ID, models.JobNotables()...)
	first, second := b.Submit(t, 100), b.Submit(t, 100)
	b.To(t, first.ID, models.StateFailed)
	b.To(t, second.ID, models.StateFailed)
	b.Finish(t, b.Submit(t, 100).ID)

	p := told(t, b, b.User.ID)
	var events []models.Notable
	for _, n := range p.Notifications {
		events = append(events, n.Event)
	}
	if !slices.Equal(events, []models.Notable{models.NotableReady, models.NotableFailed, models.NotableFailed}) || p.Unread != 3 {
		t.Errorf("told of %v, %d unread", events, p.Unread)
	}
	if n := len(told(t, b, b.Evil.ID).Notifications) + len(sent(t, b, theirs)); n != 0 {
		t.Errorf("another user was told %d times", n)
	}
	if len(sent(t, b, all)) != 3 || len(sent(t, b, ready)) != 1 {
		t.Errorf("%d and %d deliveries; want 3 and 1", len(sent(t, b, all)), len(sent(t, b, ready)))
	}
	var body struct {
		Type string
		Data struct{ ID, State, Reason string }
	}
	storetest.OK(t, json.Unmarshal([]byte(sent(t, b, ready)[0].Body), &body))
	if body.Type != "download.ready" || body.Data.State != "ready" || body.Data.Reason == "" {
		t.Errorf("the webhook gets %s", sent(t, b, ready)[0].Body)
	}
	mails := storetest.Must[[]models.Mail](t)(b.Mails.MailsOf(ctx, b.User.ID, time.Time{}, 10))
	if len(mails) != 1 || mails[0].Kind != models.MailDownloadsFailed || strings.Count(mails[0].Params[models.MailParamNames], "\n") != 1 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestReadingNotifications(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	var jobs []uuid.UUID
	for range 5 {
		clock.Add(time.Second)
		job := b.Submit(t, 100)
		b.To(t, job.ID, models.StateFailed)
		jobs = append(jobs, job.ID)
	}
	page := storetest.Must[models.NotificationPage](t)(b.Notifications.Notifications(ctx, b.User.ID, models.NotificationFilter{Limit: 2}))
	next := storetest.Must[models.NotificationPage](t)(b.Notifications.Notifications(ctx, b.User.ID, models.NotificationFilter{Cursor: page.NextCursor, Limit: 2}))
	if *page.Notifications[0].JobID != jobs[4] || *next.Notifications[1].JobID != jobs[1] {
		t.Error("the pages are not newest first, one after the other")
	}
	storetest.OK(t, b.Notifications.ReadNotifications(ctx, b.Evil.ID, []uuid.UUID{page.Notifications[0].ID}, clock.Now))
	storetest.OK(t, b.Notifications.ReadNotifications(ctx, b.User.ID, []uuid.UUID{page.Notifications[0].ID}, time.Time{}))
	storetest.OK(t, b.Notifications.ReadNotifications(ctx, b.User.ID, nil, next.Notifications[0].CreatedAt))
	unread := storetest.Must[models.NotificationPage](t)(b.Notifications.Notifications(ctx, b.User.ID, models.NotificationFilter{Unread: true}))
	if unread.Unread != 1 || len(unread.Notifications) != 1 || *unread.Notifications[0].JobID != jobs[3] {
		t.Errorf("unread: %+v", unread)
	}
	for event, want := range map[models.Notable]int{models.NotableFailed: 5, models.NotableReady: 0} {
		some := storetest.Must[models.NotificationPage](t)(b.Notifications.Notifications(ctx, b.User.ID, models.NotificationFilter{Event: event}))
		if len(some.Notifications) != want {
			t.Errorf("%d notifications of %s", len(some.Notifications), event)
		}
	}
	clock.Add(91 * 24 * time.Hour)
	if n := storetest.Must[int64](t)(b.W.Notifications.PruneNotifications(ctx)); n != 5 {
		t.Errorf("%d of 5 old ones were removed", n)
	}
}

// A delivery is tried as often as it should be, and its log says how each went.
func TestDeliveryIsTriedForDays(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	h := hook(t, b, b.User.ID, models.NotableFailed)
	b.To(t, b.Submit(t, 100).ID, models.StateFailed)
	id := sent(t, b, h)[0].ID
	tries := models.WebhookTries()
	for i := range tries {
		d, pause, err := b.W.Notifications.DeliveryTried(ctx, id, models.WebhookAttempt{At: clock.Now, Status: 500, Error: "The server answered 500."})
		storetest.OK(t, err)
		last := i == len(tries)-1
		if last != (d.State == models.DeliveryFailed) || !last && pause != tries[i+1] {
			t.Fatalf("after attempt %d it is %s and waits %s", i+1, d.State, pause)
		}
		clock.Add(pause)
	}
	_, log, err := b.Notifications.Delivery(ctx, b.User.ID, h.ID, id)
	storetest.OK(t, err)
	if len(log) != len(tries) || log[0].N != 1 || log[0].Status != 500 {
		t.Errorf("the log is %+v", log)
	}
	d := storetest.Must[models.WebhookDelivery](t)(b.Notifications.Replay(ctx, b.User.ID, h.ID, id))
	if d.ID == id || d.MessageID != sent(t, b, h)[1].MessageID {
		t.Errorf("the replay is %+v", d)
	}
	_, err = b.Notifications.Replay(ctx, b.User.ID, h.ID, d.ID)
	storetest.WantCode(t, err, models.CodeConflict)
	_, _, err = b.Notifications.Delivery(ctx, b.Evil.ID, h.ID, id)
	storetest.WantCode(t, err, models.CodeNotFound)
}

// A webhook whose server is gone, or at which nothing arrives for days, is turned
// off and its owner is told; tests of it change nothing.
func TestWebhookIsTurnedOff(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	try := func(h models.Webhook, status int) {
		t.Helper()
		why := ""
		if status != 200 {
			why = "failed"
		}
		_, _, err := b.W.Notifications.DeliveryTried(ctx, sent(t, b, h)[0].ID, models.WebhookAttempt{At: clock.Now, Status: status, Error: why})
		storetest.OK(t, err)
	}
	state := func(h models.Webhook) models.Webhook {
		return storetest.Must[models.Webhook](t)(b.Notifications.Webhook(ctx, b.User.ID, h.ID))
	}
	failing, gone := hook(t, b, b.User.ID, models.NotableFailed), hook(t, b, b.User.ID, models.NotableFailed)
	fail := func() { b.To(t, b.Submit(t, 100).ID, models.StateFailed) }
	fail()
	try(failing, 500)
	try(gone, 410)
	if h := state(gone); h.Enabled || h.OffReason != models.WebhookGone {
		t.Errorf("after 410 it is %+v", h)
	}
	clock.Add(models.WebhookFails - time.Hour)
	fail()
	try(failing, 0)
	storetest.Must[models.WebhookDelivery](t)(b.Notifications.TestWebhook(ctx, b.User.ID, failing.ID))
	try(failing, 200)
	if h := state(failing); !h.Enabled || h.FailingSince == nil {
		t.Errorf("a test that arrives counts: %+v", h)
	}
	clock.Add(2 * time.Hour)
	fail()
	try(failing, 500)
	if h := state(failing); h.Enabled || h.OffReason != models.WebhookFailing {
		t.Errorf("after days it is %+v", h)
	}
	off := 0
	for _, n := range told(t, b, b.User.ID).Notifications {
		if n.Event == models.NotableWebhookOff {
			off++
		}
	}
	if off != 2 {
		t.Errorf("the owner was told %d times", off)
	}
	on := true
	storetest.Must[models.Webhook](t)(b.Notifications.ChangeWebhook(ctx, b.User.ID, failing.ID, models.WebhookChange{Enabled: &on}))
	fail()
	try(failing, 200)
	if h := state(failing); !h.Enabled || h.OffReason != "" || h.FailingSince != nil {
		t.Errorf("turned on again it is %+v", h)
	}
}

// A delivery whose start was lost, as when a program of the release before took
// it from the outbox, is started again; one on its way is not.
func TestLostDeliveryIsStartedAgain(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	clock := storetest.FakeClock(b.Store)
	h := hook(t, b, b.User.ID, models.NotableFailed)
	b.To(t, b.Submit(t, 100).ID, models.StateFailed)
	storetest.Drain(t, b.Store) // and nothing came of it
	id := sent(t, b, h)[0].ID
	restarted := func() int { return storetest.Must[int](t)(b.W.Notifications.RestartDeliveries(ctx, 10)) }
	if n := restarted(); n != 0 {
		t.Errorf("%d were started again at once", n)
	}
	clock.Add(16 * time.Minute)
	if n := restarted(); n != 1 {
		t.Errorf("%d of 1 lost was started again", n)
	}
	if got := storetest.Drain(t, b.Store); !slices.Equal(got, []string{"webhook " + id.String()}) {
		t.Errorf("dispatched %v", got)
	}
	if n := restarted(); n != 0 {
		t.Errorf("%d were started again twice in a row", n)
	}
	storetest.Exec(t, `update users set disabled_at = now() where id = $1`, b.User.ID)
	if send := storetest.Must[models.WebhookSend](t)(b.W.Notifications.Delivery(ctx, id)); !send.Closed || send.Webhook.ID != h.ID {
		t.Errorf("the account is disabled, and the delivery is %+v", send)
	}
	_, _, err := b.W.Notifications.DeliveryTried(ctx, id, models.WebhookAttempt{At: clock.Now, Error: "x"})
	storetest.OK(t, err)
	if n := restarted(); n != 0 {
		t.Errorf("%d were started again that wait for their next attempt", n)
	}
}

func TestWebhooksAreBounded(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	for range models.MaxWebhooks {
		hook(t, b, b.User.ID)
	}
	_, err := b.Notifications.CreateWebhook(ctx, models.Webhook{ID: b.DB.NewID(), UserID: b.User.ID, Name: "one more", Sealed: "x"})
	storetest.WantCode(t, err, models.CodeConflict)
	for _, w := range []models.Webhook{{Name: " "}, {Name: "a\x00b"}, {Name: strings.Repeat("x", 101)}, {Name: "x", Events: []models.Notable{"no.such"}}} {
		w.ID, w.UserID, w.Sealed = b.DB.NewID(), b.Evil.ID, "x"
		_, err := b.Notifications.CreateWebhook(ctx, w)
		storetest.WantCode(t, err, models.CodeInvalid)
	}
}

// Each channel that is limited to labels tells of jobs that have one, and of no
// others; a label that is deleted limits nothing.
func TestChannelsAreLimitedToLabels(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	label := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, "Films", "teal"))
	theirs := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.Evil.ID, "Films", "teal"))
	limited, free := hook(t, b, b.User.ID, models.NotableFailed), hook(t, b, b.User.ID, models.NotableFailed)
	limited = storetest.Must[models.Webhook](t)(b.Notifications.ChangeWebhook(ctx, b.User.ID, limited.ID, models.WebhookChange{Labels: []uuid.UUID{label.ID}}))
	_, err := b.Notifications.ChangeWebhook(ctx, b.User.ID, free.ID, models.WebhookChange{Labels: []uuid.UUID{theirs.ID}})
	storetest.WantCode(t, err, models.CodeInvalid)
	_, err = b.Notifications.SetSettings(ctx, b.User.ID, models.NotificationSettings{AppLabels: []uuid.UUID{theirs.ID}})
	storetest.WantCode(t, err, models.CodeInvalid)
	s := storetest.Must[models.NotificationSettings](t)(b.Notifications.SetSettings(ctx, b.User.ID, models.NotificationSettings{
		Mail: []models.Notable{models.NotableFailed}, AppLabels: []uuid.UUID{label.ID}, MailLabels: []uuid.UUID{label.ID},
	}))
	if len(s.AppLabels) != 1 || len(s.MailLabels) != 1 || len(limited.Labels) != 1 {
		t.Errorf("limited to %+v, %+v", s, limited.Labels)
	}
	fail := func(labels ...uuid.UUID) {
		job := b.Submit(t, 100)
		storetest.Must[models.Job](t)(b.Jobs.SetLabels(ctx, b.User.ID, job.ID, labels))
		b.To(t, job.ID, models.StateFailed)
	}
	mails := func() int { return storetest.Count(t, "select count(*) from mails where user_id = $1", b.User.ID) }
	fail()
	if n := len(told(t, b, b.User.ID).Notifications); n != 0 || mails() != 0 || len(sent(t, b, limited)) != 0 || len(sent(t, b, free)) != 1 {
		t.Errorf("of a job without the label: %d told, %d mails, %d and %d sent", n, mails(), len(sent(t, b, limited)), len(sent(t, b, free)))
	}
	fail(label.ID)
	if n := len(told(t, b, b.User.ID).Notifications); n != 1 || mails() != 1 || len(sent(t, b, limited)) != 1 || len(sent(t, b, free)) != 2 {
		t.Errorf("of a job with the label: %d told, %d mails, %d and %d sent", n, mails(), len(sent(t, b, limited)), len(sent(t, b, free)))
	}
	if hooks := storetest.Must[[]models.Webhook](t)(b.Notifications.Webhooks(ctx, b.User.ID)); len(hooks[0].Labels) != 1 || len(hooks[1].Labels) != 0 {
		t.Errorf("listed: %+v", hooks)
	}
	other := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, "Books", "teal"))
	storetest.Must[models.NotificationSettings](t)(b.Notifications.SetSettings(ctx, b.User.ID, models.NotificationSettings{AppLabels: []uuid.UUID{}, MailLabels: []uuid.UUID{}}))
	storetest.WantCode(t, b.Labels.DeleteLabel(ctx, b.User.ID, label.ID), models.CodeConflict) // the webhook would get everything
	storetest.Must[models.Webhook](t)(b.Notifications.ChangeWebhook(ctx, b.User.ID, limited.ID, models.WebhookChange{Labels: []uuid.UUID{label.ID, other.ID}}))
	storetest.OK(t, b.Labels.DeleteLabel(ctx, b.User.ID, label.ID))
	storetest.WantCode(t, b.Labels.DeleteLabel(ctx, b.User.ID, other.ID), models.CodeConflict)
	fail()
	if n := len(sent(t, b, limited)); n != 1 {
		t.Errorf("once one of its labels is gone: %d sent", n)
	}
}
