package seedr

import (
	"errors"
	"fmt"
	"time"

	"longhaul/models"
)

// Kind says what went wrong with a call.
type Kind string

// The kinds of failure.
const (
	KindAuth      Kind = "auth"      // e-mail or password are refused
	KindPlan      Kind = "plan"      // the account's plan does not include it
	KindSpace     Kind = "space"     // no room in the account; see Error.Wish
	KindSlots     Kind = "slots"     // all of the account's slots are taken; see Error.Wish
	KindDuplicate Kind = "duplicate" // the account has the transfer already; look it up by its info hash
	KindInvalid   Kind = "invalid"   // Seedr cannot read the source, or finds a parameter wrong
	KindLimited   Kind = "limited"   // too many calls; see Error.RetryAfter
	KindGone      Kind = "gone"      // no such transfer, folder or file
	KindTransient Kind = "transient" // 5xx, a broken connection, no answer in time
	KindHTML      Kind = "html"      // a web page or a redirect came instead of data
	KindMalformed Kind = "malformed" // JSON that means nothing to this client
	KindLink      Kind = "link"      // a download link is expired or not ready: take a new one after Error.RetryAfter
	KindReaders   Kind = "readers"   // a download link has too many readers: take a new one
	KindLength    Kind = "length"    // a download is longer or shorter than the listing says
	KindOpen      Kind = "open"      // not called: Seedr failed too often just now; see Error.RetryAfter
	KindBug       Kind = "bug"       // Seedr does not know the call: a fault of this client
)

// Kinds returns every kind, for tests that walk the border.
func Kinds() []Kind {
	return []Kind{
		KindAuth, KindPlan, KindSpace, KindSlots, KindDuplicate, KindInvalid, KindLimited, KindGone, KindTransient,
		KindHTML, KindMalformed, KindLink, KindReaders, KindLength, KindOpen, KindBug,
	}
}

// Error is the one error type of this package. It never holds a credential,
// an address or text of an answer other than Seedr's own one-word reasons.
type Error struct {
	Kind       Kind
	Call       string        // what was asked, such as "add magnet"
	Status     int           // HTTP status; 0 when there was no answer
	Word       string        // Seedr's reason, such as "queue_full_added_to_wishlist"; may be empty
	RetryAfter time.Duration // when to try again; 0 when Seedr does not say
	Wish       *Wish         // the wishlist entry that the refusal left behind; nil if there is none
	Cause      error         // for logs; nil when the answer itself is the failure
}

// Wish is an entry of the account's wishlist: a source that Seedr could not
// take and put aside. Nothing downloads it.
type Wish struct {
	ID       int64
	Size     int64  // bytes; 0 when unknown
	InfoHash string // 40 lower-case hex digits; may be empty
	Title    string
}

// Error returns the call, the kind and the reason, for logs.
func (e *Error) Error() string {
	s := "seedr: " + e.Call + ": " + string(e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Word != "" {
		s += " " + e.Word
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the failure in the project's terms, so that the borders
// understand it; the cause is behind that.
func (e *Error) Unwrap() error { return e.Fault() }

// problems says which problem each kind is for a user, and in which words.
var problems = map[Kind]struct {
	problem models.Problem
	message string
}{
	KindAuth:      {models.ProblemSeedrAuth, "Seedr refuses the e-mail address or the password."},
	KindPlan:      {models.ProblemSeedrPlan, "The Seedr account's plan doesn't include this."},
	KindSpace:     {models.ProblemSeedrFull, "The Seedr account has no room for it."},
	KindSlots:     {models.ProblemSeedrSlots, "All slots of the Seedr account are in use."},
	KindDuplicate: {models.ProblemSeedrDuplicate, "The Seedr account already has this transfer."},
	KindInvalid:   {models.ProblemSeedrRejected, "Seedr can't use this source."},
	KindLimited:   {models.ProblemSeedrLimited, "Seedr asks for fewer calls."},
	KindGone:      {models.ProblemSeedrGone, "It is no longer in the Seedr account."},
	KindTransient: {models.ProblemSeedrFailing, "Seedr is not responding correctly."},
	KindHTML:      {models.ProblemSeedrFailing, "Seedr sent a web page instead of data."},
	KindMalformed: {models.ProblemSeedrFailing, "Seedr sent an unknown answer."},
	KindLink:      {models.ProblemSeedrFailing, "Seedr's download link doesn't work."},
	KindReaders:   {models.ProblemSeedrFailing, "Seedr refuses another connection for the file."},
	KindLength:    {models.ProblemLengthMismatch, "Seedr sent more or fewer bytes than it announced."},
	KindOpen:      {models.ProblemSeedrFailing, "Seedr failed several times, so calls are paused."},
	KindBug:       {models.ProblemSeedrFailing, "Seedr no longer knows this call."},
}

// Fault returns the failure in the project's terms.
func (e *Error) Fault() *models.Error {
	p, ok := problems[e.Kind]
	if !ok {
		p = problems[KindTransient]
	}
	f := models.Fault(p.problem, "%s", p.message)
	if e.Cause != nil {
		return f.Because(e.Cause)
	}
	return f
}

// KindOf returns the kind of a failure, "" for errors of other packages.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// RetryAfter returns how long Seedr, or the breaker, asks to wait; 0 when
// neither says.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
