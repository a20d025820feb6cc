package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ReasonCode says why a job is in its state, or what a transfer waits for. Its
// value is stable: clients and operators may depend on it. Every Problem is
// also a reason code, for what a fault led to. models/wording has the texts.
type ReasonCode string

// Reasons of a job in the queue. A job that waits for storage, an agent or
// Seedr has the problem of that name as its reason: storage_full, no_agent,
// seedr_slots, seedr_full, seedr_auth, seedr_failing.
const (
	ReasonAccepted          ReasonCode = "accepted"             // submitted; waits for a free slot
	ReasonWaitsForSlot      ReasonCode = "waits_for_slot"       // nothing more is known
	ReasonWaitsForUserSlot  ReasonCode = "waits_for_user_slot"  // running, limit: jobs of the user
	ReasonWaitsForAgentSlot ReasonCode = "waits_for_agent_slot" // every agent is at capacity
	ReasonWaitsForPool      ReasonCode = "waits_for_pool"       // no agent of the owner's pool has a free slot; online: 0 if none is there; pool: its name, for administrators only
	ReasonHasSlot           ReasonCode = "has_slot"             // admitted; starts within seconds
	ReasonRulesApplied      ReasonCode = "rules_applied"        // chosen, files: how many of how many the owner's rules leave
	ReasonRulesIdle         ReasonCode = "rules_idle"           // files: how many; the owner's rules would leave none of them
	ReasonFilesChosen       ReasonCode = "files_chosen"         // chosen, files: how many of how many, if known
	ReasonResumed           ReasonCode = "resumed"              // after a pause
	ReasonGaveWay           ReasonCode = "gave_way"             // slow while others waited
	ReasonRetried           ReasonCode = "retried"              // another attempt was requested
	ReasonMovedByAdmin      ReasonCode = "moved_by_admin"       // provider: where it continues
	ReasonMovedByFailover   ReasonCode = "moved_by_failover"    // provider, and problem: why it left the other one
)

// Reasons of a job that runs.
const (
	ReasonLooksUpFiles     ReasonCode = "looks_up_files"       // agent: its name, if known
	ReasonSeedrLooksUp     ReasonCode = "seedr_looks_up_files" // Seedr fetches all of it first
	ReasonFilesKnown       ReasonCode = "files_known"          // files: how many, if they were just found
	ReasonDownloading      ReasonCode = "downloading"          // agent: its name, if known
	ReasonSeedrDownloading ReasonCode = "seedr_downloading"
	ReasonCopyingFromSeedr ReasonCode = "copying_from_seedr"
	ReasonCompleting       ReasonCode = "completing" // objects are completed and checked
)

// Reasons of a job that waits for a person, or has ended.
const (
	ReasonChooseFiles     ReasonCode = "choose_files"
	ReasonPaused          ReasonCode = "paused"
	ReasonCancelRequested ReasonCode = "cancel_requested" // it stops within seconds
	ReasonPauseRequested  ReasonCode = "pause_requested"  // it pauses within seconds
	ReasonResumeRequested ReasonCode = "resume_requested" // it queues within seconds
	ReasonMoveRequested   ReasonCode = "move_requested"   // provider: where to
	ReasonActRefused      ReasonCode = "act_refused"      // act, and state: the one that did not allow it; in timelines only
	ReasonAdminActed      ReasonCode = "admin_acted"      // act: what an administrator did; note: theirs, if any; in timelines only
	ReasonCancelled       ReasonCode = "cancelled"
	ReasonReady           ReasonCode = "ready"
	ReasonExpired         ReasonCode = "expired"
	ReasonDeleted         ReasonCode = "deleted"      // in timelines only
	ReasonFileBlocked     ReasonCode = "file_blocked" // path: of the file; in timelines only
	ReasonUnblocked       ReasonCode = "unblocked"    // its content, or a file; in timelines only

	ReasonTrashed      ReasonCode = "trashed"       // it can be restored; in timelines only
	ReasonRestored     ReasonCode = "restored"      // from the trash; in timelines only
	ReasonFileTrashed  ReasonCode = "file_trashed"  // path: of the file; in timelines only
	ReasonFileRestored ReasonCode = "file_restored" // path: of the file; in timelines only
	ReasonFileDeleted  ReasonCode = "file_deleted"  // path: of the file, for good; in timelines only
)

// Reasons in timelines only: what of a source is not used, or not certain.
const (
	ReasonTrackersUnused ReasonCode = "trackers_unused" // what: kinds of addresses and ports; left: how many trackers are used
	ReasonServersUnused  ReasonCode = "servers_unused"  // what: web seeds and other servers that it names
	ReasonNamesGuessed   ReasonCode = "names_guessed"   // encoding: what the file names are taken for
	ReasonNamesReplaced  ReasonCode = "names_replaced"  // files: how many had a name that no system allows
)

// Reasons why a transfer receives no bytes. A fault from which the transfer
// itself tries to recover, such as a failing server, has its problem as the
// reason.
const (
	ReasonWaitsForMetadata     ReasonCode = "waits_for_metadata"      // since; seen: peers known of; peers: connected ones
	ReasonWaitsForPeers        ReasonCode = "waits_for_peers"         // since; peers: connected ones; seeders: of them
	ReasonWaitsForDisk         ReasonCode = "waits_for_disk"          // the agent's, until parts are uploaded
	ReasonWaitsForControlPlane ReasonCode = "waits_for_control_plane" // the agent can't reach it
	ReasonWaitsForAgent        ReasonCode = "waits_for_agent"         // agent: its name; it does not respond, and there is no other
	ReasonSeedrRemovesEarlier  ReasonCode = "seedr_removes_earlier"   // an earlier copy goes first
	ReasonSeedrLooksForPeers   ReasonCode = "seedr_looks_for_peers"
	ReasonSeedrUnconfirmed     ReasonCode = "seedr_unconfirmed"  // the answer to the add was lost
	ReasonSeedrIdle            ReasonCode = "seedr_idle"         // since
	ReasonSeedrPaused          ReasonCode = "seedr_paused"       // someone paused it there
	ReasonSeedrPlacesFiles     ReasonCode = "seedr_places_files" // it has all of it
)

// Faults without a problem of their own.
const (
	ReasonInternal    ReasonCode = "internal"    // a fault of ours
	ReasonUnavailable ReasonCode = "unavailable" // something needed is unavailable for now
)

// The causes of source_failing, as its parameter "cause".
const (
	CauseNoHost       = "no_host"       // the name does not exist
	CauseLookup       = "lookup"        // the name could not be looked up
	CauseCertificate  = "certificate"   // not valid
	CauseTimeout      = "timeout"       // no answer in time
	CauseSilent       = "silent"        // it stopped sending
	CauseSlow         = "slow"          // it sends too slowly to ever finish
	CauseBroken       = "broken"        // the connection broke
	CauseRedirects    = "redirects"     // too many
	CauseRedirectLoop = "redirect_loop" // they lead back to where they began
	CauseBadRedirect  = "bad_redirect"  // to an address that can't be read
	CauseWrongBytes   = "wrong_bytes"   // not the ones requested
	CauseNotHTTP      = "not_http"      // an answer that can't be read
)

// Causes returns every cause.
func Causes() []string {
	return []string{
		CauseNoHost, CauseLookup, CauseCertificate, CauseTimeout, CauseSilent, CauseSlow, CauseBroken, CauseRedirects, CauseRedirectLoop,
		CauseBadRedirect, CauseWrongBytes, CauseNotHTTP,
	}
}

var ownReasons = []ReasonCode{
	ReasonAccepted, ReasonWaitsForSlot, ReasonWaitsForUserSlot, ReasonWaitsForAgentSlot, ReasonWaitsForPool, ReasonHasSlot,
	ReasonFilesChosen,
	ReasonRulesApplied,
	ReasonRulesIdle,
	ReasonResumed, ReasonGaveWay, ReasonRetried, ReasonMovedByAdmin, ReasonMovedByFailover,
	ReasonLooksUpFiles, ReasonSeedrLooksUp, ReasonFilesKnown, ReasonDownloading, ReasonSeedrDownloading, ReasonCopyingFromSeedr,
	ReasonCompleting,
	ReasonChooseFiles, ReasonPaused, ReasonCancelRequested, ReasonPauseRequested, ReasonResumeRequested,
	ReasonMoveRequested, ReasonActRefused, ReasonAdminActed, ReasonCancelled, ReasonReady, ReasonExpired, ReasonDeleted,
	ReasonFileBlocked, ReasonUnblocked, ReasonTrashed, ReasonRestored, ReasonFileTrashed, ReasonFileRestored, ReasonFileDeleted, ReasonTrackersUnused, ReasonServersUnused, ReasonNamesGuessed, ReasonNamesReplaced,
	ReasonWaitsForMetadata, ReasonWaitsForPeers, ReasonWaitsForDisk, ReasonWaitsForControlPlane, ReasonWaitsForAgent,
	ReasonSeedrRemovesEarlier,
	ReasonSeedrLooksForPeers, ReasonSeedrUnconfirmed, ReasonSeedrIdle, ReasonSeedrPaused, ReasonSeedrPlacesFiles,
	ReasonInternal, ReasonUnavailable,
}

// ReasonCodes returns every reason code: first those that are not problems, in
// the order of a job's life, then all problems by name.
func ReasonCodes() []ReasonCode {
	out := slices.Clone(ownReasons)
	problems := Problems()
	slices.Sort(problems)
	for _, p := range problems {
		out = append(out, ReasonCode(p))
	}
	return out
}

// Valid reports whether c is a known reason code.
func (c ReasonCode) Valid() bool { return slices.Contains(ownReasons, c) || c.Problem() != "" }

// Problem returns the problem of the same name, empty if there is none.
func (c ReasonCode) Problem() Problem {
	if _, ok := problemCodes[Problem(c)]; ok {
		return Problem(c)
	}
	return ""
}

// Fault reports whether the code stands for a fault.
func (c ReasonCode) Fault() bool {
	return c.Problem() != "" || c == ReasonInternal || c == ReasonUnavailable
}

// Reason is why something is in its state, as data: a code and the details of
// this case. The zero value is no reason.
type Reason struct {
	Code   ReasonCode `json:"code"`
	Params Params     `json:"params,omitempty" gorm:"serializer:json"`
}

// Because returns the reason of the code; names and values of its parameters
// alternate.
func Because(code ReasonCode, kv ...any) Reason {
	r := Reason{Code: code}
	for i := 0; i+1 < len(kv); i += 2 {
		r.Params = r.Params.with(fmt.Sprint(kv[i]), kv[i+1])
	}
	return r
}

// Reason returns the reason of a job that met the problem.
func (p Problem) Reason(params Params) Reason { return Reason{Code: ReasonCode(p), Params: params} }

// Because is like the function of that name, for a problem.
func (p Problem) Because(kv ...any) Reason { return Because(ReasonCode(p), kv...) }

// With returns a copy of the reason with one more parameter.
func (r Reason) With(name string, value any) Reason {
	r.Params = maps.Clone(r.Params).with(name, value)
	return r
}

// As returns the reason under another code and keeps the old code as its
// problem: what the fault led to.
func (r Reason) As(code ReasonCode) Reason {
	why := r.With("problem", r.Code)
	why.Code = code
	return why
}

// None reports whether there is no reason.
func (r Reason) None() bool { return r.Code == "" }

// Equal reports whether both are the same.
func (r Reason) Equal(o Reason) bool { return r.Code == o.Code && maps.Equal(r.Params, o.Params) }

// Params are the details of a reason by name: whole numbers (bytes, counts,
// seconds), names, and instants as RFC 3339 text. Values are int64, string or
// bool only.
type Params map[string]any

// ParamsOf returns outside values as parameters and drops those of other types.
func ParamsOf(values map[string]any) Params {
	var out Params
	for name, value := range values {
		switch v := value.(type) {
		case string, bool, int64:
			out = out.with(name, v)
		case float64: // the type of untyped JSON numbers
			if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
				out = out.with(name, int64(v))
			}
		}
	}
	return out
}

// with returns p with one more parameter.
func (p Params) with(name string, value any) Params {
	if p == nil {
		p = Params{}
	}
	p[name] = scalar(value)
	return p
}

// scalar turns a value into a parameter. Reflection depends on the value alone
// here, so workflows may call it.
//
//workflowcheck:ignore
func scalar(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case time.Duration:
		return int64(v / time.Second)
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint()) // sizes and counts are far below the limit
	case v.Kind() == reflect.Bool:
		return v.Bool()
	default:
		return fmt.Sprint(value)
	}
}

// Int returns a whole number.
func (p Params) Int(name string) (int64, bool) {
	n, ok := p[name].(int64)
	return n, ok
}

// Text returns a name or other text.
func (p Params) Text(name string) (string, bool) {
	s, ok := p[name].(string)
	return s, ok
}

// Time returns an instant.
func (p Params) Time(name string) (time.Time, bool) {
	s, _ := p.Text(name)
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// UnmarshalJSON reads whole numbers as integers and drops values that are not
// parameters.
func (p *Params) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	*p = nil
	for name, value := range raw {
		switch v := value.(type) {
		case json.Number:
			if n, err := v.Int64(); err == nil {
				*p = p.with(name, n)
			}
		case string, bool:
			*p = p.with(name, v)
		}
	}
	return nil
}

// Bounds of parameters from outside.
const (
	maxParams    = 8
	maxParamName = 40
	maxParamText = 120 // bytes
)

// Bounded returns outside parameters within bounds: few of them, with short,
// printable texts.
func (p Params) Bounded() Params {
	var out Params
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if len(out) == maxParams {
			break
		}
		if name == "" || len(name) > maxParamName || strings.ContainsFunc(name, notWord) {
			continue
		}
		switch v := p[name].(type) {
		case string:
			out = out.with(name, bounded(v))
		case int64, bool:
			out = out.with(name, v)
		}
	}
	return out
}

func notWord(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && r != '_' }

// bounded returns a text as one line of bounded length.
func bounded(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	end := 0
	for i, r := range s {
		if i+len(string(r)) > maxParamText {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimSpace(s[:end])
}
