package wording

import "longhaul/models"

// problems is the catalogue of problems: what is wrong, and what a person can
// do about it.
var problems = map[models.Problem]entry{
	// sources
	models.ProblemMalformedMagnet:  {why: []string{"The magnet link is not valid."}, next: []string{"Copy the whole link again."}},
	models.ProblemMalformedTorrent: {why: []string{"The torrent's metadata is not valid."}, next: []string{"Get the .torrent file or the magnet link again."}},
	models.ProblemMalformedURL:     {why: []string{"The address is not valid."}, next: []string{"Correct the address."}},
	models.ProblemSourceTooLarge: {
		why:  []string{"The source itself is {bytes|bytes}; at most {limit|bytes} are accepted.", "The magnet link, address or .torrent file is too large."},
		next: []string{"Use a shorter link or a smaller .torrent file."},
	},
	models.ProblemContentTooLarge: {
		why: []string{
			"It is {bytes|bytes}; at most {limit|bytes} per {job} are allowed.", "It is larger than the {limit|bytes} that one {job} may have.",
			"It has {pieces} pieces; at most {maxPieces} can be handled.",
			"It is larger than a {job} may be.",
		},
		next: []string{"Submit it again with fewer files."},
	},
	models.ProblemTooManyFiles:     {why: []string{"It has more than {limit} files.", "It has too many files."}, next: []string{"Look for a packed version."}},
	models.ProblemUnsupported:      {why: []string{"This kind of torrent is not supported."}, next: []string{"Look for a v1 torrent of the same content."}},
	models.ProblemUnsafePath:       {why: []string{"It contains a file whose name is not safe to use."}, next: []string{"Be careful with this source and look for another one."}},
	models.ProblemNoFiles:          {why: []string{"It contains no files."}, next: []string{"Check the source."}},
	models.ProblemBlockedAddress:   {why: []string{"The address leads to a network that may not be opened."}, next: []string{"Use a public address."}},
	models.ProblemBlockedContent:   {why: []string{"This content is blocked here."}, next: []string{"Ask the operator if you think that is wrong."}},
	models.ProblemNotFoundAtSource: {why: []string{"The server has no such file (HTTP {status}).", "The server has no such file."}, next: []string{"Look for a newer address."}},
	models.ProblemRefusedBySource: {
		why: []string{"The server refuses to send the file (HTTP {status}).", "The server refuses to send the file."}, next: []string{"Get a fresh address; this one may have expired or need a sign-in."},
	},
	models.ProblemNotAFile: {why: []string{"The address is a web page, not a file."}, next: []string{"Open it in a browser and copy the download link itself, or retry and keep the page."}},
	models.ProblemSourceFailing: {
		why: []string{
			"The server cannot send the file right now (HTTP {status}).", "The server cannot send the file right now: {cause|cause}.",
			"The server cannot send the file right now.",
		},
		next: []string{"Retry it later."},
	},
	models.ProblemLengthMismatch: {
		why:  []string{"{bytes|bytes} arrived instead of {limit|bytes}.", "More or fewer bytes arrived than were announced."},
		next: []string{"Retry it; if that fails again, the source is broken."},
	},
	models.ProblemSourceChanged: {why: []string{"The file changed while it was being downloaded."}, next: []string{"Retry it to get the new version."}},
	models.ProblemNoPeers: {
		why: []string{"No peers for {seconds|duration}.", "No peers were found."}, next: []string{"Retry it another day, or look for a torrent with more seeders."},
	},
	models.ProblemMetadataTimeout: {
		why:  []string{"No peer sent the file list within {seconds|duration}.", "No peer sent the file list in time."},
		next: []string{"Retry it later, add trackers to the link, or upload the .torrent file."},
	},
	models.ProblemStalled: {
		why: []string{"Nothing has arrived for {seconds|duration}.", "Nothing has arrived for too long."}, next: []string{"Retry it later."},
	},
	models.ProblemEngineCrashed: {why: []string{"This source crashes the download engine."}, next: []string{"Use another source."}},
	models.ProblemEngineHung:    {why: []string{"The download engine hangs on this source."}, next: []string{"Use another source."}},
	models.ProblemBadSelection:  {why: []string{"The selection does not fit the files."}, next: []string{"Choose from the list of files."}},
	models.ProblemDuplicateJob:  {why: []string{"You already have a {job} for the same content."}, next: []string{"Look for it in the list."}},

	// infrastructure
	models.ProblemAgentLost:        {why: []string{"The agent stopped answering."}, next: []string{"Retry it."}, wait: []string{"Another agent takes over what is stored."}},
	models.ProblemAgentUnreachable: {why: []string{"The agent could not be reached."}, next: []string{"Retry it."}, wait: []string{"Tries again within seconds."}},
	models.ProblemNoAgent: {
		why: []string{"No agent of the pool {pool} can take it right now.", "{online|none}No compute agent is online.", "No compute agent can take it right now."}, next: []string{"Retry it later."},
		wait: patient("Starts when an agent can take it"),
	},
	models.ProblemSentAway:   {why: []string{"An administrator moved it to another agent."}, next: []string{"Retry it."}, wait: []string{"Another agent takes over what is stored."}},
	models.ProblemDrained:    {why: []string{"The agent is being drained."}, next: []string{"Retry it."}, wait: []string{"Another agent takes over what is stored."}},
	models.ProblemAgentInUse: {why: []string{"The agent is in use."}, next: []string{"Drain it and wait until its jobs have moved."}},
	models.ProblemSuperseded: {why: []string{"A newer attempt took over."}, next: []string{"Retry it."}},
	models.ProblemWrongContent: {
		why:  []string{"What agent {agent} stored isn't the torrent's content.", "What is in storage isn't what was checked, or isn't the torrent's content."},
		next: []string{"Retry it; delete the {job} and submit it again if it was ready."}, wait: []string{"Fetches it again, on another agent if there is one."},
	},
	models.ProblemDiskFull: {
		why: []string{"The agent is out of disk space."}, next: []string{"Retry it later, or ask the operator to free space."},
		wait: patient("Continues when an agent has disk space"),
	},
	models.ProblemStorageFailing: {
		why: []string{"The object storage does not accept data right now."}, next: []string{"Retry it later; the operator should check the storage."},
		wait: patient("Continues when the storage works again"),
	},
	models.ProblemFileLost: {
		why:  []string{"{lost} of {files|files} are no longer in storage.", "This file is no longer in storage."},
		next: []string{"Delete the {job} and submit it again to fetch what is missing."},
	},
	models.ProblemSelectionExpired: {
		why: []string{"No files were chosen in time."}, next: []string{"Retry it and choose the files."},
	},
	models.ProblemGaveUp: {
		why: []string{"{problem|why} It needed your attention and got none in time.", "It needed your attention and got none in time."}, next: []string{"You can retry or delete it."},
	},
	models.ProblemEndedByOperator: {why: []string{"An operator ended it."}, next: []string{"Retry it to continue with what is stored."}},
	models.ProblemWrongState:      {why: []string{"That is not possible in this state."}, next: []string{"Reload and look at where it stands."}},
	models.ProblemKeyReused:       {why: []string{"The Idempotency-Key belongs to another request."}, next: []string{"Use a new key for a new request."}},

	// Seedr
	models.ProblemSeedrAuth: {
		why: []string{"Longhaul cannot sign in to Seedr."}, next: []string{"An administrator has to check the Seedr credentials."},
		wait: patient("Starts when an administrator has corrected the Seedr credentials"),
	},
	models.ProblemSeedrPlan: {
		why: []string{"The Seedr account's plan doesn't include this."}, next: []string{"An administrator has to change the plan of the Seedr account."},
		wait: patient("Starts when the plan of the Seedr account includes it"),
	},
	models.ProblemSeedrFull: {
		why: []string{
			"The Seedr account is full: it needs {need|bytes}, {free|bytes} are free.", "The Seedr account is full: {free|bytes} are free.",
			"The Seedr account is full.",
		},
		next: []string{"Retry it later, or ask the operator to free space on Seedr."},
		wait: patient("Starts when the Seedr account has room"),
	},
	models.ProblemSeedrTooSmall: {
		why:  []string{"It needs {need|bytes}, but the whole Seedr account has {size|bytes}.", "It is larger than the whole Seedr account."},
		next: []string{"Ask an administrator to move it to the agents."},
	},
	models.ProblemSeedrSlots: {
		why: []string{"{taken} of {slots} Seedr slots are taken.", "All Seedr slots are taken."}, next: []string{"Retry it later."},
		wait: patient("Starts when a Seedr slot is free"),
	},
	models.ProblemSeedrDuplicate: {
		why: []string{"Seedr says it already has this transfer, but it cannot be found there."}, next: []string{"An administrator has to remove it on Seedr's site."},
	},
	models.ProblemSeedrRejected: {why: []string{"Seedr can't use this source."}, next: []string{"Try it on the agents."}},
	models.ProblemSeedrLimited:  {why: []string{"Seedr asks for fewer calls."}, next: []string{"Retry it later."}, wait: patient("Starts when Seedr accepts calls again")},
	models.ProblemSeedrGone:     {why: []string{"It is no longer on the Seedr account."}, next: []string{"Retry it; Seedr then downloads it again."}},
	models.ProblemSeedrFailing: {
		why: []string{"Seedr has not answered since {since|time}.", "Seedr is not answering properly."}, next: []string{"Retry it later."},
		wait: patient("Starts when Seedr answers again"),
	},

	// accounts
	models.ProblemReauthenticate:     {why: []string{"This needs a fresh confirmation of who you are."}, next: []string{"Confirm it with your password, a code or a passkey."}},
	models.ProblemSecondFactorNeeded: {why: []string{"Administrators need two-factor sign-in here."}, next: []string{"Set it up in the settings."}},
	models.ProblemScopeMissing:       {why: []string{"The API token may not do this."}, next: []string{"Use a token with the right scope, or sign in."}},
	models.ProblemEmailUnverified:    {why: []string{"The e-mail address is not verified yet."}, next: []string{"Use the link in the mail, or ask for a new one."}},
	models.ProblemLinkNotValid:       {why: []string{"The link has expired or was already used."}, next: []string{"Ask for a new link."}},
	models.ProblemSignInExpired:      {why: []string{"The sign-in took too long or failed too often."}, next: []string{"Sign in again."}},
	models.ProblemWrongCode:          {why: []string{"The code is wrong."}, next: []string{"Wait for the next code, and check your phone's clock."}},
	models.ProblemPasskeyRefused:     {why: []string{"The passkey was not accepted."}, next: []string{"Use another passkey, or your password."}},
	models.ProblemPasskeyCopied:      {why: []string{"The passkey looks like a copy."}, next: []string{"Sign in another way and replace it."}},
	models.ProblemPasskeyExpired:     {why: []string{"The request for a passkey has expired."}, next: []string{"Try again."}},
	models.ProblemPasskeysOff:        {why: []string{"Passkeys do not work at this address."}, next: []string{"An administrator has to serve Longhaul over https."}},
	models.ProblemLastAdmin:          {why: []string{"That would leave no administrator."}, next: []string{"Invite another administrator first."}},
	models.ProblemRegistrationClosed: {why: []string{"Registration is closed."}, next: []string{"Ask the operator for an invitation."}},
	models.ProblemBotCheck:           {why: []string{"The check against bots failed."}, next: []string{"Reload the page and try again."}},
	models.ProblemBotCheckAway:       {why: []string{"The check against bots is unavailable."}, next: []string{"Try again later."}},
	models.ProblemMailOff:            {why: []string{"This server sends no mail."}, next: []string{"An administrator has to configure mail."}},
	models.ProblemFeatureOff:         {why: []string{"An administrator switched this off."}, next: []string{"Ask an administrator."}},

	// limits
	models.ProblemQuotaExceeded: {
		why: []string{
			"It needs {need|bytes}; the plan {plan} allows {limit|bytes} per {job}.",
			"It needs {need|bytes}; the plan {plan} has {total|bytes} of storage in all.",
			"It needs {need|bytes}; there is room for {free|bytes}.",
			"It has {files} files; the plan {plan} allows {maxFiles} in total, and {kept} are kept already.",
			"It is larger than your plan allows.",
		},
		next: []string{"Choose fewer files, free storage, or ask for another plan."},
	},
	models.ProblemStorageFull: {
		why:  []string{"Not enough storage: it needs {need|bytes}, {free|bytes} are free.", "Your storage is full."},
		next: []string{"Delete something, or wait for another {job} to end."},
		wait: []string{"Starts when there is room: delete something, or wait for another {job} to end."},
	},
	models.ProblemTooManyStrikes:    {why: []string{"New downloads are off: your account has too many strikes."}, next: []string{"Object to the notices, wait until a strike expires, or ask the operator."}},
	models.ProblemBandwidthExceeded: {why: []string{"Your bandwidth for this month is used up."}, next: []string{"Wait for the next month, or ask for another plan."}},
}

// patient returns the forms of waiting that ends with a move to another
// provider, or with a question to a person.
func patient(what string) []string {
	return []string{
		what + "; moves to {moves_to|provider} at {deadline|time} at the latest.",
		"{deadline|set}" + what + "; after a while it moves to {moves_to|provider}.",
		what + "; asks for your attention at {deadline|time}.",
		"{deadline|set}" + what + "; after a day of waiting it asks for your attention.",
		what + ".",
	}
}

// causes says what is behind a server that fails.
var causes = map[string]string{
	models.CauseNoHost:       "its name does not exist",
	models.CauseLookup:       "its name could not be looked up",
	models.CauseCertificate:  "its certificate is not valid",
	models.CauseTimeout:      "it did not answer in time",
	models.CauseSilent:       "it stopped sending",
	models.CauseSlow:         "it sends too slowly to ever finish",
	models.CauseBroken:       "the connection broke",
	models.CauseRedirects:    "it redirects too often",
	models.CauseRedirectLoop: "it redirects in a circle",
	models.CauseBadRedirect:  "it redirects to an address that can't be read",
	models.CauseWrongBytes:   "it sends other bytes than it was asked for",
	models.CauseNotHTTP:      "it doesn't answer as web servers do",
}
