package models

import (
	"time"

	"github.com/google/uuid"
)

// MailKind is what a mail is about; each kind has a template.
type MailKind string

// The kinds of mail, each with its parameters. A mail whose kind has a link
// names the row of the link's one-time token in Mail.TokenID.
const (
	MailVerify          MailKind = "verify_email"     // link
	MailReset           MailKind = "reset_password"   // link; ip
	MailConfirmEmail    MailKind = "confirm_email"    // link, to the new address of an account
	MailInvitation      MailKind = "invitation"       // link; inviter
	MailAddressInUse    MailKind = "address_in_use"   // someone tried to register an address that already has an account
	MailPasswordChanged MailKind = "password_changed" // ip, device
	MailEmailChanged    MailKind = "email_changed"    // to the old address: new_email, ip, device
	MailEmailIsNew      MailKind = "email_is_new"     // to the new address: ip, device
	MailNewDevice       MailKind = "new_device"       // ip, device
	MailCodesFailed     MailKind = "codes_failed"     // wrong second factors: ip, device
	MailTOTPOn          MailKind = "totp_on"          // ip, device
	MailTOTPOff         MailKind = "totp_off"         // ip, device
	MailPasskeyAdded    MailKind = "passkey_added"    // name, ip, device
	MailPasskeyRemoved  MailKind = "passkey_removed"  // name, ip, device
	MailFactorsReset    MailKind = "factors_reset"    // by an administrator: nothing
	MailTokenMade       MailKind = "api_token_made"   // name, scopes, ip, device
	MailAccountDeleted  MailKind = "account_deleted"  // nothing
	MailJobsDeleted     MailKind = "jobs_deleted"     // by an administrator: names, more, note, trash

	MailContentBlocked   MailKind = "content_blocked"   // for a notice: names, more, works, note, count (of strikes)
	MailContentRestored  MailKind = "content_restored"  // names, more, note
	MailNoticeReceived   MailKind = "notice_received"   // to the complainant: notice, reference
	MailNoticeRejected   MailKind = "notice_rejected"   // to the complainant: works, note
	MailCounterNotice    MailKind = "counter_notice"    // to the complainant: works, name, address, note, due
	MailCounterDue       MailKind = "counter_due"       // to administrators: notice, due
	MailSubmitsSuspended MailKind = "submits_suspended" // count
	MailAccountDisabled  MailKind = "account_disabled"  // for strikes: count

	MailExportReady      MailKind = "export_ready"       // due
	MailDownloadsReady   MailKind = "downloads_ready"    // names, more
	MailDownloadsFailed  MailKind = "downloads_failed"   // names, more
	MailDownloadsNeedYou MailKind = "downloads_need_you" // names, more
)

// The parameters of mails. None is a secret.
const (
	MailParamIP       = "ip"        // where it was done
	MailParamDevice   = "device"    // with what, such as a browser's name
	MailParamName     = "name"      // what the user calls the thing
	MailParamScopes   = "scopes"    // what an API token may do
	MailParamNewEmail = "new_email" // the address that took over
	MailParamInviter  = "inviter"   // who invites
	MailParamNames    = "names"     // of several things, one on each line
	MailParamMore     = "more"      // how many others there are
	MailParamNote     = "note"      // what an administrator, or the sender of a counter-notice, wrote
	MailParamWorks    = "works"     // that a notice is about
	MailParamAddress  = "address"   // of the sender of a counter-notice
	MailParamNotice   = "notice"    // the notice's id
	MailParamRef      = "reference" // by which the notice goes
	MailParamDue      = "due"       // when a clock runs out
	MailParamCount    = "count"     // of strikes
	MailParamTrash    = "trash"     // "yes" if what was deleted can be restored
)

// MailKinds returns every kind of mail.
func MailKinds() []MailKind {
	return []MailKind{
		MailVerify, MailReset, MailConfirmEmail, MailInvitation, MailAddressInUse, MailPasswordChanged, MailEmailChanged,
		MailEmailIsNew, MailNewDevice, MailCodesFailed, MailTOTPOn, MailTOTPOff, MailPasskeyAdded, MailPasskeyRemoved,
		MailFactorsReset,
		MailTokenMade, MailAccountDeleted, MailJobsDeleted, MailContentBlocked, MailContentRestored, MailNoticeReceived, MailNoticeRejected,
		MailCounterNotice, MailCounterDue, MailSubmitsSuspended, MailAccountDisabled, MailExportReady,
		MailDownloadsReady, MailDownloadsFailed, MailDownloadsNeedYou,
	}
}

// Valid reports whether k is a known kind.
func (k MailKind) Valid() bool {
	for _, known := range MailKinds() {
		if k == known {
			return true
		}
	}
	return false
}

// HasLink reports whether a mail of the kind carries a one-time link and so
// needs a TokenID.
func (k MailKind) HasLink() bool {
	return k == MailVerify || k == MailReset || k == MailConfirmEmail || k == MailInvitation
}

// MailState is the state of a mail.
type MailState string

// The states of a mail.
const (
	MailQueued MailState = "queued" // on its way; retried for a day
	MailSent   MailState = "sent"   // the provider accepted it
	MailFailed MailState = "failed" // given up; LastError says why
)

// Mail is a mail to one person. It holds no secret: its link's token is
// token.Keys.OneTime of TokenID, derived when the mail is sent.
type Mail struct {
	ID        uuid.UUID  `gorm:"type:uuid;primaryKey"`
	UserID    *uuid.UUID `gorm:"type:uuid"` // the account it concerns; nil if there is none or it was deleted
	To        string     `gorm:"column:recipient"`
	Kind      MailKind
	TokenID   *uuid.UUID        `gorm:"type:uuid"` // the one-time token behind the link
	Params    map[string]string `gorm:"serializer:json"`
	State     MailState
	Attempts  int    // how often it was tried
	LastError string // why the last attempt failed, in words that hold no secret
	CreatedAt time.Time
	ExpiresAt *time.Time // when its link expires; it is not sent after that. Nil means never.
	EndedAt   *time.Time // when it was sent or given up
}
