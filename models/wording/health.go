package wording

import (
	"strconv"
	"strings"

	"longhaul/models"
)

// Remedy is what a person reads about a finding: what is wrong, what to do, and
// the page of the web app that helps, if one does.
type Remedy struct {
	What   string
	Advice string
	Page   string
}

// remedies says it for each cause. In a text, {target} is which of several, {n} how
// many, {bytes} how many bytes and {time} how many milliseconds.
var remedies = map[models.Cause]Remedy{
	models.CauseProxyUntrusted: {
		"All clients behind the proxy count as one.",
		"Set TRUSTED_PROXIES to the proxy's address. Otherwise a few clients can use up everyone's sign-ins.", "",
	},
	models.CauseSecretGuessable: {
		"SECRET_KEY is easy to guess.", "Replace it with 32 random bytes, as the operations guide describes under rotating the key.", "",
	},
	models.CauseLegalUnnamed: {
		"The legal pages don't say who runs this service.", "Set {target}, then read the pages and change what doesn't fit.", "/terms",
	},
	models.CauseQueueUnserved: {
		"No worker serves the {target} queue.", "Start a worker, or add {target} to WORKER_QUEUES of one.", "",
	},
	models.CauseFilmsUnread: {
		"A worker of the media queue can't look at films: ffprobe is missing there, or can't be confined.",
		"Install ffmpeg, which has it, where the worker runs, and restart the worker. Its log says what is in the way.", "",
	},
	models.CauseFilmsUnstreamed: {
		"The API can't stream films: ffmpeg is missing there, or can't be confined.",
		"Install ffmpeg where the API runs, and restart the API; its log says what is in the way. MEDIA_CACHE_SIZE=0 turns streaming off.", "",
	},
	models.CauseAdmissionStands: {
		"Queued jobs get no slot, though some are free.", "Restart the workers: one of them may hang.", "/admin/jobs?state=queued",
	},
	models.CauseOutboxBacklog: {
		"{n} messages to the workflow engine are late.", "Check that a worker serves the control queue and that Temporal responds.", "",
	},
	models.CauseNoAgents: {
		"No agent accepts jobs.", "Add an agent, uncordon one, or start the program on its machine.", "/admin/agents",
	},
	models.CauseAgentLost: {
		"Agent {target} stopped responding.", "Check its machine and its network, or remove it.", "/admin/agents",
	},
	models.CauseAgentDiskLow: {
		"Agent {target} has {bytes} of disk left, too little for another job.", "Free space on the disk, or give the agent a larger one.", "/admin/agents",
	},
	models.CauseAgentDrained: {
		"Agent {target} is drained: it runs no job.", "Remove it, or uncordon it to use it again.", "/admin/agents",
	},
	models.CauseAgentOutdated: {
		"Agent {target} runs an older release than this server.", "Update the program on its machine and restart it.", "/admin/agents",
	},
	models.CausePoolEmpty: {
		"No agent of the pool {target} accepts jobs. Jobs that wait for one: {n}.", "Give an agent this pool on its page, or start one that has it.", "/admin/agents",
	},
	models.CausePoolsOnly: {
		"Every agent that accepts jobs has a pool. Jobs that wait for one without: {n}.", "Remove an agent from its pool, or add another agent.", "/admin/agents",
	},
	models.CauseTemporalAway: {
		"Temporal doesn't respond, so no job starts or continues.", "Check that its server runs and that TEMPORAL_ADDRESS is right.", "",
	},
	models.CauseDatabaseSlow: {
		"The database took {time} ms to respond.", "Look for load on its machine and for queries that run long.", "",
	},
	models.CauseStorageAway: {
		"Storage doesn't respond, so files can't be stored, streamed or downloaded.", "Check that it runs, and that its address and keys in the settings are right.", "/admin/storage",
	},
	models.CauseDeletionPaused: {
		"Nothing is removed from storage: it and the database don't belong together.", "Read why and accept storage on the Providers page, or restore the right backup.", "/admin/providers",
	},
	models.CauseOrphansRefused: {
		"{n} objects without a row are too many to remove at once.", "Look at them, and remove them with a cleanup if they are no longer needed.", "/admin/storage",
	},
	models.CauseLostRefused: {
		"{n} files are no longer in storage, too many to mark them as lost.", "Check the bucket first. If they are gone for good, accept storage on the Providers page.", "/admin/providers",
	},
	models.CauseSeedrFailing: {
		"Seedr doesn't accept calls.", "The Providers page shows its answer. Fix the account, or switch to the agents.", "/admin/providers",
	},
	models.CauseSeedrMissing: {
		"New jobs go to Seedr, but no worker has its credentials.", "Set SEEDR_EMAIL and SEEDR_PASSWORD for the worker, or switch to the agents.", "/admin/providers",
	},
	models.CauseSeedrOff:  {"Not set up.", "Set SEEDR_EMAIL and SEEDR_PASSWORD for the worker to use it.", "/admin/providers"},
	models.CauseAgentsOff: {"No agent is enrolled; Seedr fetches all jobs.", "Add an agent to fetch direct URLs.", "/admin/agents"},
	models.CauseMailFailing: {
		"{n} mails could not be sent within the last hour.", "The list of mails says why. Check RESEND_API_KEY and that MAIL_FROM is of a verified domain.", "/admin/audit/mails?state=failed",
	},
	models.CauseMailBacklog: {
		"{n} mails wait to be sent.", "Check that a worker serves the mail queue.", "/admin/audit/mails?state=queued",
	},
	models.CauseMailOff: {
		"Not set up, so users can't register openly, reset passwords or change addresses.", "Set RESEND_API_KEY and MAIL_FROM.", "",
	},
	models.CauseTurnstileFailing: {
		"The bot check doesn't respond, so users can't register, reset passwords or sign in where it is needed.",
		"Check TURNSTILE_SECRET_KEY, and that this server reaches Cloudflare.", "",
	},
	models.CauseTurnstileOff: {
		"Not set up, so bots are not blocked from sign-in, registration and password reset.", "Set TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY.", "",
	},
}

// Health returns what a person reads about a finding.
func Health(f models.Finding) Remedy {
	r := remedies[f.Cause]
	fill := strings.NewReplacer(
		"{target}", f.Target, "{n}", strconv.FormatInt(f.Count, 10), "{bytes}", models.BytesInWords(f.Count),
		"{time}", strconv.FormatInt(f.Count, 10),
	)
	one := f.Count == 1
	r.What, r.Advice = fill.Replace(singular(r.What, one)), fill.Replace(r.Advice)
	return r
}

// singular turns a sentence on {n} things into one on a single thing.
func singular(s string, one bool) string {
	if !one {
		return s
	}
	return strings.NewReplacer(
		"messages to the workflow engine are", "message to the workflow engine is", "objects without a row are", "object without a row is",
		"files are", "file is", "mails could", "mail could", "mails wait", "mail waits", "mark them", "mark it",
	).Replace(s)
}
