package wording

import "longhaul/models"

// Next steps that many reasons share.
var (
	whenSlot   = []string{"Starts when a slot is free."}
	whenStored = []string{"The files become available when all of them are stored."}

	retries = []string{
		"Tries again at {deadline|time} (attempt {attempt} of {attempts}).",
		"Tries again soon (attempt {attempt} of {attempts}).",
		"Starts when a slot is free.",
	}
	attention = []string{
		"Retry or cancel it; otherwise it fails at {deadline|time}.",
		"Retry or cancel it; otherwise it fails at the deadline.",
	}
	triedAgain = []string{
		"Keeps trying; gives up at {deadline|time} (attempt {attempt} of {attempts}).",
		"Keeps trying; gives up at {deadline|time}.",
		"Keeps trying (attempt {attempt} of {attempts}).",
		"Keeps trying.",
	}
	looking = []string{
		"Keeps looking; gives up at {deadline|time} (attempt {attempt} of {attempts}).",
		"Keeps looking; gives up at {deadline|time}.",
		"Keeps looking (attempt {attempt} of {attempts}).",
		"Keeps looking.",
	}
)

// reasons is the catalogue of reasons that are no problem.
var reasons = map[models.ReasonCode]entry{
	// in the queue
	models.ReasonAccepted:         {why: []string{"Accepted; waiting for a free slot."}, next: whenSlot},
	models.ReasonWaitsForSlot:     {why: []string{"Waiting for a free slot."}, next: whenSlot},
	models.ReasonWaitsForUserSlot: {why: []string{"No free slot: {running} of {limit} {jobs} running.", "No free slot."}, next: []string{"Starts when one of your {jobs} ends."}},
	models.ReasonWaitsForAgentSlot: {
		why: []string{"No free slot: all compute agents are busy."}, next: []string{"Starts when an agent has a free slot."},
	},
	models.ReasonWaitsForPool: {
		why: []string{"No agent of the pool {pool} has a free slot.", "No agent is free for your plan."}, next: []string{"Starts when an agent for it has a free slot."},
	},
	models.ReasonHasSlot:      {why: []string{"It has a slot and is about to start."}, next: []string{"Starts within seconds."}},
	models.ReasonRulesApplied: {why: []string{"Your rules choose {chosen} of {files|files}.", "Your rules choose the files."}, next: whenSlot},
	models.ReasonRulesIdle:    {why: []string{"Your rules would leave none of {files|files}, so all are taken.", "Your rules would leave no file, so all are taken."}, next: whenSlot},
	models.ReasonFilesChosen:  {why: []string{"You chose {chosen} of {files|files}.", "You chose the files."}, next: whenSlot},
	models.ReasonResumed:      {why: []string{"It was resumed; waiting for a free slot."}, next: whenSlot},
	models.ReasonRetried:      {why: []string{"Another try was requested."}, next: whenSlot},
	models.ReasonGaveWay: {
		why:  []string{"It was slow while others waited, so it gave its slot up. It keeps what it has."},
		next: []string{"Continues when a slot is free."},
	},
	models.ReasonMovedByAdmin: {
		why: []string{"An administrator moved it to {provider|provider}.", "An administrator moved it to another provider."}, next: whenSlot,
	},
	models.ReasonMovedByFailover: {
		why: []string{
			"{problem|why} It moves to {provider|provider}.", "It moves to {provider|provider}, which may do better.",
			"It moves to another provider, which may do better.",
		},
		next: whenSlot,
	},

	// running
	models.ReasonLooksUpFiles: {
		why:  []string{"Agent {agent} is looking up name, size and files.", "An agent is looking up name, size and files."},
		next: []string{"Continues when they are known."},
	},
	models.ReasonSeedrLooksUp: {
		why: []string{"Seedr is downloading it to find out what it contains."}, next: []string{"Continues when Seedr has all of it."},
	},
	models.ReasonFilesKnown:       {why: []string{"The files are known: {files|files}.", "The files are known already."}, next: []string{"Continues at once."}},
	models.ReasonDownloading:      {why: []string{"Agent {agent} is downloading it.", "An agent is downloading it."}, next: whenStored},
	models.ReasonSeedrDownloading: {why: []string{"Seedr is downloading it."}, next: []string{"It is copied to storage when Seedr has all of it."}},
	models.ReasonCopyingFromSeedr: {why: []string{"Seedr has all of it; it is being copied to storage."}, next: whenStored},
	models.ReasonCompleting: {
		why: []string{"Everything is in storage; the files are being checked."}, next: []string{"The files become available after the check."},
	},

	// waiting for a person, or over
	models.ReasonChooseFiles: {
		why: []string{"You asked to choose the files."},
		next: []string{
			"Choose files by {deadline|time}; after that the {job} fails.", "Choose files before the deadline; after that the {job} fails.",
		},
	},
	models.ReasonPaused:          {why: []string{"It is paused."}, next: []string{"Nothing happens until you resume or cancel it."}},
	models.ReasonCancelRequested: {why: []string{"It is being cancelled."}, next: []string{"It stops within seconds."}},
	models.ReasonPauseRequested: {
		why: []string{"It is being paused."}, next: []string{"It pauses within seconds, or as soon as the server is ready for it."},
	},
	models.ReasonResumeRequested: {
		why: []string{"It is being resumed."}, next: []string{"It continues within seconds, or as soon as the server is ready for it."},
	},
	models.ReasonMoveRequested: {
		why:  []string{"An administrator is moving it to {provider|provider}.", "An administrator is moving it to another provider."},
		next: []string{"It moves within seconds, or as soon as the server is ready for it."},
	},
	models.ReasonActRefused: {
		why:  []string{"It could not be {act|act}: by then it was {state|state}.", "What it was asked for could not be done in time."},
		next: []string{"You can ask again when its state allows it."},
	},
	models.ReasonAdminActed: {
		why:  []string{"It was {act|act} by an administrator: “{note}”", "It was {act|act} by an administrator.", "An administrator acted on it."},
		next: []string{"You can act on it as its state allows."},
	},
	models.ReasonCancelled: {why: []string{"It was cancelled."}, next: []string{"You can retry or delete it."}},
	models.ReasonReady: {
		why: []string{"Every file is stored; you can stream or download all of them."},
		next: []string{
			"Your plan keeps the files until {deadline|time}; download them before.",
			"{deadline|set}Your plan keeps the files until the deadline; download them before.",
			"It stays until you delete it.",
		},
	},
	models.ReasonExpired: {
		why: []string{"Its time in your plan is over, so its files were removed."}, next: []string{"Submit it again if you still want it."},
	},
	models.ReasonDeleted: {why: []string{"It was deleted."}, next: []string{"Its files are being removed."}},
	models.ReasonFileBlocked: {
		why:  []string{"The file “{path}” is blocked here.", "One of its files is blocked here."},
		next: []string{"The other files stay available. Ask the operator if you think that is wrong."},
	},
	models.ReasonTrashed:  {why: []string{"It was moved to the trash."}, next: []string{"You can restore it from the trash."}},
	models.ReasonRestored: {why: []string{"It was restored from the trash."}, next: []string{"You can act on it as its state allows."}},
	models.ReasonFileTrashed: {
		why:  []string{"The file “{path}” was moved to the trash.", "One of its files was moved to the trash."},
		next: []string{"You can restore it from the trash."},
	},
	models.ReasonFileRestored: {
		why:  []string{"The file “{path}” was restored from the trash.", "One of its files was restored from the trash."},
		next: []string{"It can be streamed and downloaded again."},
	},
	models.ReasonFileDeleted: {
		why: []string{"The file “{path}” was deleted.", "One of its files was deleted."}, next: []string{"The other files stay available."},
	},
	models.ReasonUnblocked: {why: []string{"It is no longer blocked."}, next: []string{"You can act on it as its state allows."}},

	// notes on a source
	models.ReasonTrackersUnused: {
		why: []string{
			"{left|none}None of its trackers can be used: {what}.", "Some of its trackers can't be used: {what}.", "Some of its trackers can't be used.",
		},
		next: []string{"{left|none}Peers are looked for without trackers.", "Its other trackers are used."},
	},
	models.ReasonServersUnused: {
		why:  []string{"Some servers that it names can't be used: {what}.", "Some servers that it names can't be used."},
		next: []string{"The content comes from peers and its other servers."},
	},
	models.ReasonNamesGuessed: {
		why:  []string{"Its file names don't say how they are encoded; they are read as {encoding}.", "Its file names don't say how they are encoded."},
		next: []string{"If the names look wrong, look for a version of the torrent with Unicode names."},
	},
	models.ReasonNamesReplaced: {
		why:  []string{"{files|files} had no usable name and got a new one.", "Some files had no usable name and got a new one."},
		next: []string{"The content is not affected."},
	},

	// no bytes come
	models.ReasonWaitsForMetadata: {
		why: []string{
			"{peers|some}{peers|peers} connected, but none has sent the file list since {since|time}.",
			"{peers|some}{peers|peers} connected, but none has sent the file list yet.",
			"{seen|some}{seen|peers} found, but none has answered since {since|time}.",
			"{seen|some}{seen|peers} found, but none has answered yet.",
			"No peers found since {since|time}.",
			"No peers found yet.",
		},
		next: looking,
	},
	models.ReasonWaitsForPeers: {
		why: []string{
			"{seeders|some}{peers|peers} connected, but nothing has arrived since {since|time}.",
			"{seeders|some}{peers|peers} connected, but nothing arrives.",
			"{peers|peers} connected, none with the whole torrent; nothing has arrived since {since|time}.",
			"{peers|peers} connected, none with the whole torrent; nothing arrives.",
			"No peers since {since|time}.",
			"No peers.",
		},
		next: looking,
	},
	models.ReasonWaitsForDisk: {
		why: []string{"The agent's disk is full until finished parts are uploaded."}, next: []string{"Continues as parts are uploaded."},
	},
	models.ReasonWaitsForControlPlane: {
		why: []string{"The agent cannot reach Longhaul; it keeps what it has."}, next: []string{"Continues when the connection is back."},
	},
	models.ReasonWaitsForAgent: {
		why:  []string{"Agent {agent} does not respond, and there is no other.", "The agent does not respond, and there is no other."},
		next: []string{"Continues where it was when the agent is back, or on another agent as soon as there is one."},
	},
	models.ReasonSeedrRemovesEarlier: {
		why: []string{"Seedr is still removing an earlier copy of it."}, next: []string{"Starts when that is done."},
	},
	models.ReasonSeedrLooksForPeers: {why: []string{"Seedr is looking for peers."}, next: looking},
	models.ReasonSeedrUnconfirmed: {
		why: []string{"Seedr has not confirmed yet that it accepted it."}, next: []string{"It is checked again within a minute."},
	},
	models.ReasonSeedrIdle: {
		why: []string{"Nothing has arrived at Seedr since {since|time}.", "Nothing is arriving at Seedr."}, next: triedAgain,
	},
	models.ReasonSeedrPaused: {why: []string{"It is paused on Seedr."}, next: []string{"Gives up at {deadline|time} unless somebody resumes it there.", "Continues when somebody resumes it there."}},
	models.ReasonSeedrPlacesFiles: {
		why: []string{"Seedr has all of it and is putting the files in place."}, next: []string{"It is copied to storage after that."},
	},

	// faults without a problem
	models.ReasonInternal:    {why: []string{"Something went wrong on our side."}, next: []string{"Retry it; if that fails again, tell the operator."}},
	models.ReasonUnavailable: {why: []string{"Something that it needs is unavailable right now."}, next: []string{"Retry it later."}, wait: []string{"Tries again soon."}},
}
