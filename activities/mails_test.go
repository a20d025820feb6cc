package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/mail"
	"longhaul/models"
)

// mailbox is the row of one mail, and the provider that it is handed to.
type mailbox struct {
	row    models.Mail
	sent   int
	answer error
}

func (m *mailbox) Mail(_ context.Context, id uuid.UUID) (models.Mail, error) {
	if id != m.row.ID {
		return models.Mail{}, models.Errorf(models.CodeNotFound, "There is no such mail.")
	}
	return m.row, nil
}

func (m *mailbox) MailSent(context.Context, uuid.UUID) error {
	m.row.State = models.MailSent
	return nil
}

func (m *mailbox) MailTried(_ context.Context, _ uuid.UUID, why string) error {
	m.row.Attempts++
	m.row.LastError = why
	return nil
}

func (m *mailbox) MailFailed(_ context.Context, _ uuid.UUID, why string) error {
	m.row.State, m.row.LastError = models.MailFailed, why
	return nil
}

func (m *mailbox) Send(context.Context, models.Mail) error {
	m.sent++
	return m.answer
}

func TestSendMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state   models.MailState
		answer  error
		off     bool // there is no provider
		sent    int
		becomes models.MailState
		retried bool
		after   time.Duration
	}{
		"queued":               {state: models.MailQueued, sent: 1, becomes: models.MailSent},
		"sent before":          {state: models.MailSent, becomes: models.MailSent},
		"given up before":      {state: models.MailFailed, becomes: models.MailFailed},
		"without a provider":   {state: models.MailQueued, off: true, becomes: models.MailFailed},
		"refused for good":     {state: models.MailQueued, answer: &mail.SendError{Reason: "no such address"}, sent: 1, becomes: models.MailFailed},
		"refused for now":      {state: models.MailQueued, answer: &mail.SendError{Reason: "busy", Retry: true}, sent: 1, becomes: models.MailQueued, retried: true},
		"refused for a minute": {state: models.MailQueued, answer: &mail.SendError{Reason: "busy", Retry: true, After: time.Minute}, sent: 1, becomes: models.MailQueued, retried: true, after: time.Minute},
		"a fault of ours":      {state: models.MailQueued, answer: errors.New("secret"), sent: 1, becomes: models.MailQueued, retried: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := &mailbox{row: models.Mail{ID: uuid.New(), State: c.state}, answer: c.answer}
			act := &activities.Mails{Store: box, Sender: box}
			if c.off {
				act.Sender = nil
			}
			_, err := act.SendMail(t.Context(), activities.MailInput{MailID: box.row.ID})
			if box.sent != c.sent || box.row.State != c.becomes {
				t.Errorf("handed over %d times, it is %s", box.sent, box.row.State)
			}
			if (c.answer == nil) != (err == nil) {
				t.Fatalf("ended with %v", err)
			}
			if err == nil {
				return
			}
			if ae := failedWith(t, err); ae.NonRetryable() == c.retried || ae.NextRetryDelay() != c.after || strings.Contains(err.Error(), "busy") {
				t.Errorf("final %v, after %s: %v", ae.NonRetryable(), ae.NextRetryDelay(), err)
			}
		})
	}
	if res, err := (&activities.Mails{Store: &mailbox{}}).SendMail(t.Context(), activities.MailInput{MailID: uuid.New()}); err != nil || res.State != "" {
		t.Errorf("a mail that was pruned: %+v, %v", res, err)
	}
}
