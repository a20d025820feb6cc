package models

// Problem is a specific, documented fault. Its value is stable: clients and
// operators may depend on it (docs/problems.md lists each with its meaning).
type Problem string

// Problems of a source, found before or while it is fetched.
const (
	ProblemMalformedMagnet  Problem = "malformed_magnet"    // not a magnet link with a usable info hash
	ProblemMalformedTorrent Problem = "malformed_torrent"   // not a valid metainfo file
	ProblemMalformedURL     Problem = "malformed_url"       // not an absolute http or https URL
	ProblemSourceTooLarge   Problem = "source_too_large"    // the magnet, URL or metainfo itself is over its limit
	ProblemContentTooLarge  Problem = "content_too_large"   // what it would download is over the limit
	ProblemTooManyFiles     Problem = "too_many_files"      // more files than the limit
	ProblemUnsupported      Problem = "unsupported_torrent" // valid, but not supported by the engine
	ProblemUnsafePath       Problem = "unsafe_path"         // an unsafe or unusable file name
	ProblemNoFiles          Problem = "no_files"            // nothing to download
	ProblemBlockedAddress   Problem = "blocked_address"     // resolves or redirects to an address that is not public
	ProblemBlockedContent   Problem = "blocked_content"     // the info hash is blocked by policy
	ProblemNotFoundAtSource Problem = "not_found_at_source" // the server answers 404 or 410
	ProblemRefusedBySource  Problem = "refused_by_source"   // the server answers 401, 403 or another final 4xx
	ProblemNotAFile         Problem = "not_a_file"          // the server sent a web page instead of a file
	ProblemSourceFailing    Problem = "source_failing"      // the server fails (5xx, resets, endless redirects)
	ProblemLengthMismatch   Problem = "length_mismatch"     // more or fewer bytes than announced
	ProblemSourceChanged    Problem = "source_changed"      // the content changed while it was fetched
	ProblemNoPeers          Problem = "no_peers"            // no peer has had it for too long
	ProblemMetadataTimeout  Problem = "metadata_timeout"    // the metadata did not arrive in time
	ProblemStalled          Problem = "stalled"             // no progress for too long
	ProblemEngineCrashed    Problem = "engine_crashed"      // the source crashes the download engine
	ProblemEngineHung       Problem = "engine_hung"         // the engine stopped responding on this source
	ProblemBadSelection     Problem = "bad_selection"       // the selection names a file that does not exist, or no file
	ProblemDuplicateJob     Problem = "duplicate_job"       // the user has a running job for the same content
)

// Problems of the infrastructure.
const (
	ProblemAgentLost        Problem = "agent_lost"             // the agent stopped responding; its jobs move
	ProblemAgentUnreachable Problem = "agent_unreachable"      // the agent could not be called
	ProblemNoAgent          Problem = "no_agent"               // no agent has room
	ProblemDrained          Problem = "drained"                // the agent is being drained; the job moves
	ProblemSentAway         Problem = "sent_away"              // an administrator moves the job to another agent
	ProblemAgentInUse       Problem = "agent_in_use"           // the agent accepts jobs or still runs some, so it can't be removed
	ProblemSuperseded       Problem = "superseded"             // a report from an older epoch, which must stop and purge
	ProblemDiskFull         Problem = "disk_full"              // the agent is out of disk space
	ProblemStorageFailing   Problem = "storage_failing"        // object storage refuses requests or fails
	ProblemWrongContent     Problem = "wrong_content"          // what is in storage isn't the torrent's, or was changed after it was checked
	ProblemFileLost         Problem = "file_lost"              // was stored, but storage no longer has it
	ProblemSelectionExpired Problem = "selection_expired"      // no files were chosen in time
	ProblemGaveUp           Problem = "gave_up"                // needed attention and got none in time
	ProblemEndedByOperator  Problem = "ended_by_operator"      // an operator terminated the workflow in Temporal
	ProblemWrongState       Problem = "wrong_state"            // the job's state doesn't allow the act
	ProblemKeyReused        Problem = "idempotency_key_reused" // the key was already used for another request
)

// Problems of the Seedr.cc account.
const (
	ProblemSeedrAuth      Problem = "seedr_auth"      // the e-mail address or the password is refused
	ProblemSeedrPlan      Problem = "seedr_plan"      // the account's plan does not include it
	ProblemSeedrFull      Problem = "seedr_full"      // the account has no room
	ProblemSeedrTooSmall  Problem = "seedr_too_small" // it is larger than the whole account
	ProblemSeedrSlots     Problem = "seedr_slots"     // all slots of the account are taken
	ProblemSeedrDuplicate Problem = "seedr_duplicate" // the account already has the transfer
	ProblemSeedrRejected  Problem = "seedr_rejected"  // Seedr can't use the source; another provider might
	ProblemSeedrLimited   Problem = "seedr_limited"   // Seedr asks for fewer calls
	ProblemSeedrGone      Problem = "seedr_gone"      // the transfer or file is no longer in the account
	ProblemSeedrFailing   Problem = "seedr_failing"   // Seedr fails or cannot be reached
)

// Problems of accounts.
const (
	ProblemReauthenticate     Problem = "reauthentication_required" // the act requires a recent password, code or passkey
	ProblemSecondFactorNeeded Problem = "second_factor_required"    // the administrator must set up two-factor sign-in first
	ProblemScopeMissing       Problem = "scope_missing"             // the API token may not do this
	ProblemEmailUnverified    Problem = "email_not_verified"        // the password is correct, but the address is not verified
	ProblemLinkNotValid       Problem = "link_not_valid"            // a one-time link that was used, expired or replaced
	ProblemSignInExpired      Problem = "sign_in_expired"           // the second factor of a sign-in came too late or failed too often
	ProblemWrongCode          Problem = "wrong_code"                // a wrong two-factor or recovery code
	ProblemPasskeyRefused     Problem = "passkey_refused"           // an unknown passkey, or an invalid answer
	ProblemPasskeyCopied      Problem = "passkey_copied"            // the passkey's counter went back, so there may be a copy
	ProblemPasskeyExpired     Problem = "passkey_expired"           // the challenge is too old, or for another browser or purpose
	ProblemPasskeysOff        Problem = "passkeys_off"              // passkeys don't work at this installation's address
	ProblemLastAdmin          Problem = "last_admin"                // the act would leave no administrator
	ProblemRegistrationClosed Problem = "registration_closed"       // registration is closed or by invitation
	ProblemBotCheck           Problem = "bot_check_failed"          // the bot check failed
	ProblemBotCheckAway       Problem = "bot_check_unavailable"     // the bot check is unavailable
	ProblemMailOff            Problem = "mail_off"                  // mail is off
)

// Problems of what the account may use.
const (
	ProblemFeatureOff        Problem = "feature_off"        // an administrator switched the feature off, for the account or for everyone
	ProblemQuotaExceeded     Problem = "quota_exceeded"     // over a limit of the plan; waiting doesn't help
	ProblemStorageFull       Problem = "storage_full"       // no room now; the job waits for it
	ProblemBandwidthExceeded Problem = "bandwidth_exceeded" // the month's bandwidth is used up
	ProblemTooManyStrikes    Problem = "too_many_strikes"   // several notices about the account's content were accepted
)

var problemCodes = map[Problem]Code{
	ProblemMalformedMagnet: CodeInvalid, ProblemMalformedTorrent: CodeInvalid, ProblemMalformedURL: CodeInvalid,
	ProblemSourceTooLarge: CodeTooLarge, ProblemContentTooLarge: CodeTooLarge, ProblemTooManyFiles: CodeTooLarge,
	ProblemUnsupported: CodeInvalid, ProblemUnsafePath: CodeInvalid, ProblemNoFiles: CodeInvalid, ProblemBlockedAddress: CodeBlocked,
	ProblemBlockedContent: CodeBlocked, ProblemNotFoundAtSource: CodeInvalid, ProblemRefusedBySource: CodeInvalid,
	ProblemNotAFile: CodeInvalid, ProblemSourceFailing: CodeUnavailable, ProblemLengthMismatch: CodeUnavailable,
	ProblemSourceChanged: CodeUnavailable, ProblemNoPeers: CodeUnavailable, ProblemMetadataTimeout: CodeUnavailable,
	ProblemStalled: CodeUnavailable, ProblemEngineCrashed: CodeInvalid, ProblemEngineHung: CodeInvalid,
	ProblemBadSelection: CodeInvalid, ProblemDuplicateJob: CodeConflict,
	ProblemAgentLost: CodeUnavailable, ProblemAgentUnreachable: CodeUnavailable, ProblemNoAgent: CodeUnavailable,
	ProblemDrained: CodeUnavailable, ProblemSentAway: CodeUnavailable, ProblemAgentInUse: CodeConflict, ProblemSuperseded: CodeConflict, ProblemDiskFull: CodeUnavailable,
	ProblemStorageFailing: CodeUnavailable, ProblemWrongContent: CodeConflict, ProblemFileLost: CodeNotFound, ProblemSelectionExpired: CodeConflict, ProblemGaveUp: CodeConflict, ProblemEndedByOperator: CodeConflict,
	ProblemWrongState: CodeConflict, ProblemKeyReused: CodeConflict,
	ProblemSeedrAuth: CodeUnavailable, ProblemSeedrPlan: CodeConflict, ProblemSeedrFull: CodeUnavailable,
	ProblemSeedrSlots: CodeUnavailable, ProblemSeedrDuplicate: CodeConflict, ProblemSeedrRejected: CodeConflict,
	ProblemSeedrTooSmall: CodeUnavailable, ProblemSeedrLimited: CodeUnavailable, ProblemSeedrGone: CodeUnavailable, ProblemSeedrFailing: CodeUnavailable,
	ProblemReauthenticate: CodeForbidden, ProblemSecondFactorNeeded: CodeForbidden, ProblemScopeMissing: CodeForbidden,
	ProblemEmailUnverified: CodeForbidden, ProblemLinkNotValid: CodeInvalid, ProblemSignInExpired: CodeInvalid,
	ProblemPasskeyRefused: CodeInvalid, ProblemPasskeyCopied: CodeInvalid, ProblemPasskeyExpired: CodeInvalid, ProblemPasskeysOff: CodeConflict,
	ProblemWrongCode: CodeInvalid, ProblemLastAdmin: CodeConflict, ProblemRegistrationClosed: CodeForbidden,
	ProblemBotCheck: CodeForbidden, ProblemBotCheckAway: CodeUnavailable, ProblemMailOff: CodeConflict,
	ProblemQuotaExceeded: CodeQuotaExceeded, ProblemStorageFull: CodeConflict, ProblemBandwidthExceeded: CodeQuotaExceeded, ProblemFeatureOff: CodeForbidden,
	ProblemTooManyStrikes: CodeForbidden,
}

// Code returns the problem's kind of fault, CodeInternal for an unlisted one.
func (p Problem) Code() Code {
	if c, ok := problemCodes[p]; ok {
		return c
	}
	return CodeInternal
}

// Final reports whether a retry, here or on another provider, can't help.
func (p Problem) Final() bool {
	switch p.Code() {
	case CodeUnavailable, CodeInternal, CodeConflict:
		return false
	default:
		return true
	}
}

// Machinery reports whether the problem lies with the infrastructure that runs
// transfers and not with their source. Such a fault does not count as an
// attempt: the transfer waits or runs elsewhere.
func (p Problem) Machinery() bool {
	switch p {
	case ProblemAgentLost, ProblemAgentUnreachable, ProblemNoAgent, ProblemDrained, ProblemSentAway, ProblemDiskFull,
		ProblemStorageFailing, ProblemSeedrAuth, ProblemSeedrFull, ProblemSeedrSlots, ProblemSeedrLimited, ProblemSeedrFailing:
		return true
	default:
		return false
	}
}

// Problems returns every listed problem, in no particular order.
func Problems() []Problem {
	out := make([]Problem, 0, len(problemCodes))
	for p := range problemCodes {
		out = append(out, p)
	}
	return out
}
