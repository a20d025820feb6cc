package worker_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/activities"
	"longhaul/internal/mail"
	"longhaul/models"
	"longhaul/workflows"
)

// mailer is a provider that does what the test says.
type mailer func(context.Context, models.Mail) error

func (m mailer) Send(ctx context.Context, to models.Mail) error { return m(ctx, to) }

// queueMail queues a mail with a link and returns its id.
func (s *system) queueMail() uuid.UUID {
	s.t.Helper()
	token := uuid.New()
	m := models.Mail{
		ID: s.store.DB.NewID(), UserID: &s.user.ID, To: s.user.Email, Kind: models.MailReset, TokenID: &token,
		Params: map[string]string{models.MailParamIP: "192.0.2.77"},
	}
	if err := s.store.Mails.QueueMail(s.t.Context(), m); err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

// mailEnds waits until the mail and its workflow have ended.
func (s *system) mailEnds(id uuid.UUID, state models.MailState, status enumspb.WorkflowExecutionStatus) models.Mail {
	s.t.Helper()
	var m models.Mail
	s.eventually(func() string {
		var err error
		if m, err = s.store.Worker().Mails.Mail(s.t.Context(), id); err != nil {
			return err.Error()
		}
		d, err := s.temporal.DescribeWorkflow(s.t.Context(), workflows.MailWorkflowID(id.String()), "")
		if err != nil {
			return err.Error()
		}
		if m.State != state || d.Status != status {
			return "the mail is " + string(m.State) + ", its workflow " + d.Status.String()
		}
		return ""
	})
	return m
}

// mailHistory returns the mail's history, which must replay and contain only
// ids.
func (s *system) mailHistory(id uuid.UUID, name string) string {
	s.t.Helper()
	return s.keepFlow(workflows.SendMail, workflows.MailWorkflowID(id.String()), filepath.Join("mail", name+".json"))
}

func TestMailIsDelayedWhileTheProviderIsDown(t *testing.T) {
	var tries atomic.Int32
	s := newSystem(t, options{mails: mailer(func(context.Context, models.Mail) error {
		if tries.Add(1) < 3 {
			return &mail.SendError{Retry: true, After: 10 * time.Millisecond, Reason: "The mail provider answered 503 (canary-reason)."}
		}
		return nil
	})})
	id := s.queueMail()
	m := s.mailEnds(id, models.MailSent, completed)
	if m.Attempts != 3 || m.LastError != "" || m.EndedAt == nil {
		t.Errorf("sent after %d attempts, last error %q", m.Attempts, m.LastError)
	}
	h := s.mailHistory(id, "delayed")
	if n := strings.Count(h, `"eventId"`); n > 12 {
		t.Errorf("a delayed mail costs %d events", n)
	}
	for _, private := range []string{s.user.Email, "192.0.2.77", "canary", m.TokenID.String()} {
		if strings.Contains(h, private) {
			t.Errorf("the history contains %q", private)
		}
	}
	if err := s.flows.SendMail(t.Context(), id); err != nil || tries.Load() != 3 {
		t.Errorf("sent again: %v, %d", err, tries.Load())
	}
}

func TestMailThatTheProviderRefuses(t *testing.T) {
	var tries atomic.Int32
	s := newSystem(t, options{mails: mailer(func(context.Context, models.Mail) error {
		tries.Add(1)
		return &mail.SendError{Reason: "The mail provider answered 422 (canary-reason)."}
	})})
	id := s.queueMail()
	m := s.mailEnds(id, models.MailFailed, failed)
	if tries.Load() != 1 || m.LastError != "The mail provider answered 422 (canary-reason)." {
		t.Errorf("%d tries, last error %q", tries.Load(), m.LastError)
	}
	if h := s.mailHistory(id, "refused"); strings.Contains(h, "canary") {
		t.Errorf("the history contains what the provider said: %s", h)
	}
}

func TestMailWithoutAProvider(t *testing.T) {
	s := newSystem(t, options{})
	if m := s.mailEnds(s.queueMail(), models.MailFailed, completed); !strings.Contains(m.LastError, "RESEND_API_KEY") {
		t.Errorf("last error %q", m.LastError)
	}
}

// A request made with an e-mail address leads to a mail, with only the worker
// running.
func TestAskedForMailIsSent(t *testing.T) {
	sent := make(chan models.Mail, 1)
	s := newSystem(t, options{mails: mailer(func(_ context.Context, m models.Mail) error {
		sent <- m
		return nil
	})})
	link := models.OneTime{ID: s.store.DB.NewID(), Hash: make([]byte, 32), ExpiresAt: s.store.DB.Now().Add(time.Minute)}
	for _, email := range []string{"stranger@example.com", s.user.Email} {
		err := s.store.Accounts.SaveAccountRequest(t.Context(), models.AccountRequest{Kind: models.RequestReset, Email: email, Link: link})
		if err != nil {
			t.Fatal(err)
		}
	}
	select {
	case m := <-sent:
		if m.To != s.user.Email || m.Kind != models.MailReset || *m.TokenID != link.ID {
			t.Errorf("%+v", m)
		}
	case <-time.After(patience):
		t.Error("no mail")
	}
}

// A mail accepted just before the worker died is recognised by its id.
func TestMailIsRecordedAfterACrash(t *testing.T) {
	s := newSystem(t, options{})
	id := s.queueMail()
	if err := s.store.Worker().Mails.MailSent(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	a := &activities.Mails{Store: s.store.Mails.Worker(), Sender: mailer(func(context.Context, models.Mail) error {
		t.Error("sent twice")
		return nil
	})}
	if res, err := a.SendMail(t.Context(), activities.MailInput{MailID: id}); err != nil || res.State != models.MailSent {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := a.SendMail(t.Context(), activities.MailInput{MailID: uuid.New()}); err != nil {
		t.Errorf("a mail that was pruned: %v", err)
	}
}
