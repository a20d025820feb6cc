package models

import (
	"time"

	"github.com/google/uuid"
)

// Business days between a counter-notice and what restores the content: "not
// less than 10, nor more than 14" (17 U.S.C. § 512(g)(2)(C)).
const (
	MinCounterDays = 10
	MaxCounterDays = 14
)

// CounterNotice is an owner's statement that content was blocked by mistake. Its
// clock is the workflow's; this row is the truth.
type CounterNotice struct {
	ID           uuid.UUID  `gorm:"type:uuid;primaryKey"`
	NoticeID     uuid.UUID  `gorm:"type:uuid"`
	UserID       *uuid.UUID `gorm:"type:uuid"` // nil if it came from elsewhere, or the account was deleted
	Name         string
	Address      string
	Phone        string
	Text         string
	Mistake      bool // it states, under penalty of perjury, the belief that this is a mistake: § 512(g)(3)(C)
	Jurisdiction bool // it consents to a court and to being served: § 512(g)(3)(D)
	Signature    string
	Days         int // business days that the clock runs
	ReceivedAt   time.Time
	ForwardedAt  *time.Time // nil if the complainant has no e-mail address
	DueAt        time.Time  // when the content is restored
	RemindAt     time.Time  // when administrators are reminded
	RemindedAt   *time.Time
	NextAt       *time.Time // when the workflow acts next; nil when the clock stopped
	EndedAt      *time.Time

	Email string `gorm:"->"` // of the account; empty without one
}

// TableName returns the table of counter-notices.
func (CounterNotice) TableName() string { return "counter_notices" }

// WorkflowID returns the id of the workflow that keeps the clock.
func (c CounterNotice) WorkflowID() string { return "counter-notice-" + c.ID.String() }

// Checked refuses a counter-notice that lacks what 17 U.S.C. § 512(g)(3) asks
// for, naming the field.
func (c CounterNotice) Checked() error {
	for _, f := range []struct{ name, value string }{
		{"name", c.Name}, {"address", c.Address}, {"phone", c.Phone}, {"signature", c.Signature},
	} {
		if n := len([]rune(f.value)); n == 0 || n > MaxNoticeField {
			return Errorf(CodeInvalid, "A counter-notice needs this, in at most %d characters.", MaxNoticeField).In(f.name)
		}
	}
	switch {
	case !c.Mistake:
		return Errorf(CodeInvalid, "A counter-notice must state, under penalty of perjury, that the content was blocked by mistake.").In("mistake")
	case !c.Jurisdiction:
		return Errorf(CodeInvalid, "A counter-notice must accept the jurisdiction of a court.").In("jurisdiction")
	case len(c.Text) > MaxNoticeText:
		return Errorf(CodeInvalid, "Use at most %d bytes.", MaxNoticeText).In("text")
	}
	return nil
}

// CounterClock is what the workflow of a counter-notice needs to know.
type CounterClock struct {
	Over bool      // the clock stopped
	Next time.Time // when it acts next; zero when it is over
}
