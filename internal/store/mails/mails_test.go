package mails_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestQueueMailIsPartOfTheTransaction(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	user := storetest.User(t, s)
	token := uuid.New()
	m := models.Mail{ID: s.DB.NewID(), UserID: &user.ID, To: user.Email, Kind: models.MailReset, TokenID: &token, Params: map[string]string{"ip": "192.0.2.1"}}
	undone := errors.New("undone")
	if err := s.DB.Tx(ctx, func(ctx context.Context) error {
		storetest.OK(t, s.Mails.QueueMail(ctx, m))
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if seen := storetest.Drain(t, s); len(seen) != 0 {
		t.Errorf("a mail of an undone transaction is dispatched: %v", seen)
	}
	storetest.OK(t, s.DB.Tx(ctx, func(ctx context.Context) error { return s.Mails.QueueMail(ctx, m) }))
	seen := storetest.Drain(t, s)
	if want := "mail " + m.ID.String(); len(seen) != 1 || seen[0] != want {
		t.Errorf("dispatched %v, want %q", seen, want)
	}
	got, err := s.Worker().Mails.Mail(ctx, m.ID)
	storetest.OK(t, err)
	if got.State != models.MailQueued || got.To != user.Email || *got.TokenID != token || *got.UserID != user.ID || got.Params["ip"] != "192.0.2.1" {
		t.Errorf("stored %+v", got)
	}
}

func TestQueueMailRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	s, id := storetest.New(t), uuid.New()
	for name, m := range map[string]models.Mail{
		"unknown kind":         {To: "a@x.example", Kind: "news"},
		"nobody":               {Kind: models.MailTOTPOn},
		"link without a token": {To: "a@x.example", Kind: models.MailVerify},
		"token without a link": {To: "a@x.example", Kind: models.MailTOTPOn, TokenID: &id},
	} {
		if err := s.Mails.QueueMail(t.Context(), m); err == nil {
			t.Errorf("%s: queued", name)
		}
	}
}

func TestMailStates(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	w := s.Worker()
	queue := func() uuid.UUID {
		m := models.Mail{ID: s.DB.NewID(), To: "a@x.example", Kind: models.MailNewDevice}
		storetest.OK(t, s.Mails.QueueMail(ctx, m))
		return m.ID
	}
	sent, failed := queue(), queue()
	storetest.OK(t, w.Mails.MailTried(ctx, sent, "The provider answered 503."))
	if m, err := w.Mails.Mail(ctx, sent); err != nil || m.State != models.MailQueued || m.Attempts != 1 || m.LastError == "" || m.EndedAt != nil {
		t.Errorf("after a failed attempt: %+v, %v", m, err)
	}
	storetest.OK(t, w.Mails.MailSent(ctx, sent))
	storetest.OK(t, w.Mails.MailFailed(ctx, sent, "too late")) // what was sent stays sent
	if m, err := w.Mails.Mail(ctx, sent); err != nil || m.State != models.MailSent || m.Attempts != 2 || m.LastError != "" || m.EndedAt == nil {
		t.Errorf("sent: %+v, %v", m, err)
	}
	storetest.OK(t, w.Mails.MailTried(ctx, failed, strings.Repeat("é", 600)))
	storetest.OK(t, w.Mails.MailFailed(ctx, failed, ""))
	if m, err := w.Mails.Mail(ctx, failed); err != nil || m.State != models.MailFailed || len([]rune(m.LastError)) != 500 || m.EndedAt == nil {
		t.Errorf("failed: %+v, %v", m, err)
	}
	if n, err := w.Mails.PruneMails(ctx, s.DB.Now().Add(-time.Minute)); err != nil || n != 0 {
		t.Errorf("pruned %d young mails, %v", n, err)
	}
	open := queue()
	if n, err := w.Mails.PruneMails(ctx, s.DB.Now().Add(time.Minute)); err != nil || n != 2 {
		t.Errorf("pruned %d mails, %v; want the two that ended", n, err)
	}
	if _, err := w.Mails.Mail(ctx, open); err != nil {
		t.Errorf("an open mail was pruned: %v", err)
	}
}

// A mail about a deleted account outlives it.
func TestMailOutlivesItsAccount(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	user := storetest.User(t, s)
	m := models.Mail{ID: s.DB.NewID(), UserID: &user.ID, To: user.Email, Kind: models.MailAccountDeleted}
	storetest.OK(t, s.Mails.QueueMail(ctx, m))
	storetest.Exec(t, "delete from users where id = $1", user.ID)
	got, err := s.Worker().Mails.Mail(context.WithoutCancel(ctx), m.ID)
	if err != nil || got.UserID != nil || got.To != user.Email {
		t.Errorf("mail %+v, %v", got, err)
	}
}
