package activities

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"longhaul/internal/mail"
	"longhaul/models"
)

// MailStore is what sending mails needs from the database.
type MailStore interface {
	Mail(ctx context.Context, id uuid.UUID) (models.Mail, error)
	MailSent(ctx context.Context, id uuid.UUID) error
	MailTried(ctx context.Context, id uuid.UUID, why string) error
	MailFailed(ctx context.Context, id uuid.UUID, why string) error
}

// MailSender gives a mail to the provider. Its error is a mail.SendError.
type MailSender interface {
	Send(ctx context.Context, m models.Mail) error
}

// Mails sends mails.
type Mails struct {
	Store  MailStore
	Sender MailSender // nil while no provider is configured
}

// mailIsOff is why a mail queued without a provider failed.
const mailIsOff = "No mail provider is configured. Set RESEND_API_KEY."

// SendMail gives one mail to the provider and records the outcome. It skips a
// mail that was already sent or given up on. The history contains only the id
// and whether it worked.
func (a *Mails) SendMail(ctx context.Context, in MailInput) (MailResult, error) {
	m, err := a.Store.Mail(ctx, in.MailID)
	if models.IsNotFound(err) {
		return MailResult{}, nil // pruned
	}
	if err != nil {
		return MailResult{}, border(ctx, err)
	}
	if m.State != models.MailQueued {
		return MailResult{State: m.State}, nil
	}
	if a.Sender == nil {
		return MailResult{State: models.MailFailed}, border(ctx, a.Store.MailFailed(ctx, m.ID, mailIsOff))
	}
	err = a.Sender.Send(ctx, m)
	if err == nil {
		return MailResult{State: models.MailSent}, border(ctx, a.Store.MailSent(ctx, m.ID))
	}
	refused, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return MailResult{}, border(ctx, err)
	}
	return MailResult{}, a.refused(ctx, m.ID, refused)
}

// refused records why the provider did not accept the mail, and tells Temporal
// when to retry, if at all. The reason stays out of the history.
func (a *Mails) refused(ctx context.Context, id uuid.UUID, e *mail.SendError) error {
	if !e.Retry {
		if err := a.Store.MailFailed(ctx, id, e.Reason); err != nil {
			return border(ctx, err)
		}
		return border(ctx, models.Errorf(models.CodeInvalid, "The mail can't be sent; the admins' list of mails says why.").Because(e))
	}
	if err := a.Store.MailTried(ctx, id, e.Reason); err != nil {
		return border(ctx, err)
	}
	fault := models.Errorf(models.CodeUnavailable, "The mail provider did not accept the mail; will retry.").Because(e)
	if e.After > 0 {
		logCause(ctx, fault)
		return failure(fault, rule{delay: e.After}, models.FaultDetails{})
	}
	return border(ctx, fault)
}

// GiveUpMail records that a mail was not accepted in time.
func (a *Mails) GiveUpMail(ctx context.Context, in MailInput) error {
	return border(ctx, a.Store.MailFailed(ctx, in.MailID, ""))
}
