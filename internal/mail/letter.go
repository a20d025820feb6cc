package mail

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"longhaul/models"
)

// letter is what a mail says, before it gets its form.
type letter struct {
	Subject string
	Lead    []string // paragraphs before the button
	Button  *button
	Facts   []fact
	Tail    []string // paragraphs at the end
}

type button struct{ Label, URL string }

type fact struct{ Label, Value string }

// Secrets derives the token behind a link.
type Secrets interface {
	OneTime(id uuid.UUID) string
	// Notice is that of the link to a takedown notice's state.
	Notice(id uuid.UUID) string
}

// maxValue bounds what a mail repeats of a user's own words, in characters.
const maxValue = 120

// timeForm is how mails tell a time; it is always UTC, as the reader's zone is
// not known.
const timeForm = "2 January 2006, 15:04 UTC"

// writer writes one letter.
type writer struct {
	mail    models.Mail
	base    *url.URL
	secrets Secrets
}

// write returns the letter of the mail's kind.
func (w writer) write() (letter, error) {
	switch w.mail.Kind {
	case models.MailVerify, models.MailReset, models.MailConfirmEmail, models.MailInvitation, models.MailAddressInUse:
		return w.request(), nil
	case models.MailPasswordChanged, models.MailEmailChanged, models.MailEmailIsNew, models.MailNewDevice, models.MailCodesFailed, models.MailTOTPOn,
		models.MailTOTPOff, models.MailPasskeyAdded, models.MailPasskeyRemoved, models.MailTokenMade:
		return w.alert(), nil
	case models.MailAccountDeleted:
		return letter{
			Subject: "Your account was deleted",
			Lead: []string{
				"Your Longhaul account was deleted, including all downloads and files. This can't be undone.",
			},
			Tail: []string{"If you didn't do this, tell the operator of " + w.base.Host + "."},
		}, nil
	case models.MailFactorsReset:
		return letter{
			Subject: "Your second factor was reset",
			Lead: []string{
				"An administrator removed the authenticator app, the passkeys and the recovery codes of your Longhaul account, and signed it out everywhere. " +
					"Your password stays the same.",
			},
			Button: &button{"Sign in and set up a new one", w.page("login")},
			Tail:   []string{"If you didn't ask for this, change your password and tell the operator of " + w.base.Host + " right away."},
		}, nil
	case models.MailExportReady:
		return letter{
			Subject: "Your data is ready",
			Lead:    []string{"You asked for all that Longhaul stores about your account. You can download it until " + w.due() + "."},
			Button:  &button{"Open your data", w.page("settings")},
			Tail:    []string{"It takes your sign-in. If you didn't ask for it, change your password and end all other sessions now."},
		}, nil
	case models.MailJobsDeleted:
		return w.deleted(), nil
	case models.MailContentBlocked, models.MailContentRestored, models.MailNoticeReceived, models.MailNoticeRejected, models.MailCounterNotice, models.MailCounterDue,
		models.MailSubmitsSuspended, models.MailAccountDisabled:
		return w.notice(), nil
	case models.MailDownloadsReady, models.MailDownloadsFailed, models.MailDownloadsNeedYou:
		return w.downloads(), nil
	default:
		return letter{}, fmt.Errorf("write mail: no text for kind %q", w.mail.Kind)
	}
}

// request is a mail that asks for something and mostly has a one-time link.
func (w writer) request() letter {
	switch w.mail.Kind {
	case models.MailReset:
		return letter{
			Subject: "Reset your password",
			Lead:    []string{"Someone, hopefully you, asked to reset the password of your Longhaul account."},
			Button:  &button{"Choose a new password", w.link("reset/confirm", "token")},
			Facts:   w.facts(),
			Tail:    []string{w.validity(), "If it wasn't you, ignore this mail. Your password stays the same."},
		}
	case models.MailConfirmEmail:
		return letter{
			Subject: "Confirm your new e-mail address",
			Lead:    []string{"You asked to use this address for your Longhaul account. Please confirm that it is yours."},
			Button:  &button{"Confirm the new address", w.link("confirm-email", "token")},
			Tail:    []string{w.validity(), "If you didn't ask for this, ignore this mail. Nothing changes."},
		}
	case models.MailInvitation:
		lead := "You're invited to Longhaul at " + w.base.Host + "."
		if inviter := w.param(models.MailParamInviter); inviter != "" {
			lead = inviter + " invited you to Longhaul at " + w.base.Host + "."
		}
		return letter{
			Subject: "You're invited to Longhaul",
			Lead:    []string{lead, "Longhaul downloads magnet links, torrents and files for you and stores them so that you can stream or save them."},
			Button:  &button{"Create your account", w.link("register", "invitation")},
			Tail:    []string{w.validity()},
		}
	case models.MailAddressInUse:
		return letter{
			Subject: "You already have an account",
			Lead:    []string{"Someone, hopefully you, tried to create a Longhaul account with this address. It already has one."},
			Button:  &button{"Sign in", w.page("login")},
			Tail:    []string{"If you forgot your password, reset it on the sign-in page. If it wasn't you, ignore this mail. Nothing changes."},
		}
	default:
		return letter{
			Subject: "Confirm your e-mail address",
			Lead:    []string{"Welcome to Longhaul. Please confirm that this address is yours."},
			Button:  &button{"Confirm the address", w.link("verify", "token")},
			Tail:    []string{w.validity(), "If you didn't create an account, ignore this mail. The account can't be used unless you confirm it."},
		}
	}
}

// alert is a mail about a change that its reader may not have made.
func (w writer) alert() letter {
	said := map[models.MailKind][2]string{
		models.MailPasswordChanged: {"Your password was changed", "The password of your Longhaul account was changed, which signed out all other sessions."},
		models.MailEmailChanged:    {"Your e-mail address was changed", "The e-mail address of your Longhaul account was changed. This is the last mail to the old address."},
		models.MailEmailIsNew:      {"Your e-mail address was changed", "This is now the e-mail address of your Longhaul account."},
		models.MailNewDevice:       {"New sign-in to your account", "Someone signed in to your Longhaul account from a new device."},
		models.MailCodesFailed:     {"Wrong sign-in codes", "Someone entered wrong two-factor codes for your Longhaul account several times. They know your password, or use a browser where you are signed in."},
		models.MailTOTPOn:          {"Two-factor sign-in is on", "Signing in to your Longhaul account now also takes a code from your authenticator app."},
		models.MailTOTPOff:         {"Two-factor sign-in is off", "Signing in to your Longhaul account no longer takes a code from an authenticator app."},
		models.MailPasskeyAdded:    {"A new passkey", "A passkey was added to your Longhaul account. It signs in without the password."},
		models.MailPasskeyRemoved:  {"A passkey was removed", "A passkey was removed from your Longhaul account. It no longer signs in."},
		models.MailTokenMade:       {"A new API token", "An API token was created for your Longhaul account. Anyone who has it can do what its scopes allow."},
	}[w.mail.Kind]
	l := letter{
		Subject: said[0], Lead: []string{said[1]}, Facts: w.facts(),
		Button: &button{"Review your account", w.page("settings")},
		Tail:   []string{"If it was you, there's nothing to do. If not, change your password and end all other sessions now."},
	}
	if w.mail.Kind == models.MailPasskeyAdded {
		l.Tail = []string{"If it was you, there's nothing to do. If not, remove the passkey, change your password and end all other sessions now."}
	}
	if w.mail.Kind == models.MailEmailChanged {
		l.Button = nil // the reader of the old address may no longer be able to sign in
		l.Tail = []string{"If it wasn't you, tell the operator of " + w.base.Host + " right away."}
	}
	return l
}

// deleted is a mail about downloads that an administrator deleted.
func (w writer) deleted() letter {
	names := w.names()
	more, _ := strconv.Atoi(w.mail.Params[models.MailParamMore])
	undo, trash := " This can't be undone.", w.mail.Params[models.MailParamTrash] != ""
	if trash {
		undo = " You can restore what is in your trash for a limited time."
	}
	l := letter{
		Subject: "An administrator deleted your download",
		Lead:    []string{"An administrator deleted " + names[0] + " and its files." + undo},
		Tail:    []string{"If you have questions, ask the operator of " + w.base.Host + "."},
	}
	if all := len(names) + more; all > 1 {
		l.Subject = fmt.Sprintf("An administrator deleted %d of your downloads", all)
		l.Lead = append([]string{fmt.Sprintf("An administrator deleted %d of your downloads and their files.%s", all, undo)}, names...)
	}
	if trash {
		l.Button = &button{"Open your trash", w.page("trash")}
	}
	if more > 0 {
		l.Lead = append(l.Lead, fmt.Sprintf("… and %d more.", more))
	}
	if note := oneLine(w.mail.Params[models.MailParamNote], models.MaxActNote); note != "" {
		l.Facts = []fact{{"Their note", note}}
	}
	return l
}

// names returns the downloads that the mail names, in quotes.
func (w writer) names() []string {
	names := strings.Split(w.mail.Params[models.MailParamNames], "\n")
	for i, name := range names {
		names[i] = "“" + oneLine(name, maxValue) + "”"
	}
	return names
}

// facts lists what is known of who did it, and when.
func (w writer) facts() []fact {
	out := []fact{{"When", w.mail.CreatedAt.UTC().Format(timeForm)}}
	for _, f := range []fact{
		{"Name", models.MailParamName},
		{"Scopes", models.MailParamScopes},
		{"New address", models.MailParamNewEmail},
		{"Device", models.MailParamDevice},
		{"IP address", models.MailParamIP},
	} {
		if v := w.param(f.Value); v != "" {
			out = append(out, fact{f.Label, v})
		}
	}
	return out
}

// validity says how long the link works.
func (w writer) validity() string {
	if w.mail.ExpiresAt == nil {
		return "The link works once."
	}
	return "The link works once and expires at " + w.mail.ExpiresAt.UTC().Format(timeForm) + "."
}

// page is the address of a page of the app, made from the configured origin
// and nothing else.
func (w writer) page(path ...string) string { return w.base.JoinPath(path...).String() }

// link is the address of a page with the mail's one-time token.
func (w writer) link(path, param string) string {
	u := w.base.JoinPath(path)
	if w.mail.TokenID != nil {
		u.RawQuery = url.Values{param: {w.secrets.OneTime(*w.mail.TokenID)}}.Encode()
	}
	return u.String()
}

// param returns a parameter as one line without anything that is not shown.
func (w writer) param(name string) string { return oneLine(w.mail.Params[name], maxValue) }

func oneLine(text string, most int) string {
	v := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
	if runes := []rune(v); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return v
}

// late reports whether the mail's link has expired, so that sending it is
// pointless.
func late(m models.Mail, now time.Time) bool { return m.ExpiresAt != nil && !now.Before(*m.ExpiresAt) }
