package mail

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// maxSaid bounds what a mail repeats of a notice or a counter-notice, in
// characters.
const maxSaid = 4000

// notice is a mail about a takedown notice, or about what follows from several.
func (w writer) notice() letter {
	switch w.mail.Kind {
	case models.MailContentBlocked:
		return w.blocked()
	case models.MailContentRestored:
		return letter{
			Subject: "Your download is available again",
			Lead:    w.listed("A takedown notice was reversed, so this is no longer blocked for it, and its strike no longer counts."),
			Facts:   w.said("Why", models.MailParamNote),
			Button:  &button{"Open your downloads", w.page("/")},
		}
	case models.MailNoticeReceived:
		return w.received()
	case models.MailNoticeRejected:
		return letter{
			Subject: "Your notice was rejected",
			Lead:    []string{"The operator of " + w.base.Host + " decided not to act on your takedown notice."},
			Facts:   append(w.said("Works", models.MailParamWorks), w.said("Why", models.MailParamNote)...),
			Tail:    []string{"If you disagree, reply to the operator with what is missing."},
		}
	case models.MailCounterNotice:
		return w.forwarded()
	case models.MailCounterDue:
		return letter{
			Subject: "A counter-notice is about to run out",
			Lead: []string{
				"The time of a counter-notice ends at " + w.due() + ". Longhaul then lifts the blocks of its notice.",
				"If the complainant went to court, uphold the notice before that.",
			},
			Button: &button{"Open the notice", w.page("admin", "notices", w.param(models.MailParamNotice))},
		}
	case models.MailAccountDisabled:
		return letter{
			Subject: "Your account was disabled",
			Lead:    []string{"Your Longhaul account has " + w.strikes() + " for takedown notices that were accepted, so it was disabled."},
			Tail:    []string{"If you think that is wrong, tell the operator of " + w.base.Host + "."},
		}
	default:
		return letter{
			Subject: "New downloads are off for your account",
			Lead:    []string{"Your Longhaul account has " + w.strikes() + " for takedown notices that were accepted, so it can't add downloads until a strike expires or is withdrawn."},
			Button:  &button{"See the notices", w.page("notices")},
			Tail:    []string{"You can object to each notice there."},
		}
	}
}

// blocked is the statement of reasons that Article 17 of the Digital Services Act
// asks for: what, why, and how to object.
func (w writer) blocked() letter {
	return letter{
		Subject: "A takedown notice blocks your download",
		Lead: append(w.listed("A rights holder sent a takedown notice, and the operator of "+w.base.Host+" accepted it. This is blocked from now on:"),
			"Your account has "+w.strikes()+"."),
		Facts:  append(w.said("Works", models.MailParamWorks), w.said("Note", models.MailParamNote)...),
		Button: &button{"Read the notice and object", w.page("notices")},
		Tail: []string{
			"If this is a mistake, send a counter-notice on that page. If the complainant doesn't go to court in time, the blocks are lifted.",
		},
	}
}

// forwarded is the copy of a counter-notice.
func (w writer) forwarded() letter {
	l := letter{
		Subject: "A counter-notice to your takedown notice",
		Lead: []string{
			"The owner of what your takedown notice names says, under penalty of perjury, that it was removed by mistake.",
			"Unless you tell the operator of " + w.base.Host + " that you filed an action in court, it is restored at " + w.due() + ".",
		},
	}
	for _, f := range []fact{
		{"Works", models.MailParamWorks}, {"From", models.MailParamName}, {"Address", models.MailParamAddress}, {"They write", models.MailParamNote},
	} {
		l.Facts = append(l.Facts, w.said(f.Label, f.Value)...)
	}
	return l
}

// received acknowledges a notice. It repeats none of the sender's words, because
// anyone can give anyone's address.
func (w writer) received() letter {
	l := letter{
		Subject: "We received your notice",
		Lead: []string{
			"Someone, hopefully you, sent a takedown notice to the operator of " + w.base.Host + " and gave this address.",
			"An administrator reads it and decides. The page below says what became of it.",
		},
		Facts: append([]fact{{"Received", w.mail.CreatedAt.UTC().Format(timeForm)}}, w.said("Reference", models.MailParamRef)...),
		Tail:  []string{"If it wasn't you, ignore this mail and keep the link to yourself."},
	}
	if id, err := uuid.Parse(w.mail.Params[models.MailParamNotice]); err == nil {
		u := w.base.JoinPath("dmca", "status")
		u.RawQuery = url.Values{"token": {w.secrets.Notice(id)}}.Encode()
		l.Button = &button{"See what became of it", u.String()}
	}
	return l
}

// listed is a sentence with the downloads that it is about.
func (w writer) listed(sentence string) []string {
	out := []string{sentence}
	if w.mail.Params[models.MailParamNames] != "" {
		out = append(out, w.names()...)
	}
	if more, _ := strconv.Atoi(w.mail.Params[models.MailParamMore]); more > 0 {
		out = append(out, fmt.Sprintf("… and %d more.", more))
	}
	return out
}

// said is a parameter in full, if it is not empty.
func (w writer) said(label, param string) []fact {
	if v := oneLine(strings.TrimSpace(w.mail.Params[param]), maxSaid); v != "" {
		return []fact{{label, v}}
	}
	return nil
}

func (w writer) due() string {
	at, err := time.Parse(time.RFC3339, w.mail.Params[models.MailParamDue])
	if err != nil {
		return "the end of its time"
	}
	return at.UTC().Format(timeForm)
}

func (w writer) strikes() string {
	if n := w.param(models.MailParamCount); n != "1" {
		return n + " strikes"
	}
	return "1 strike"
}
