package legal

// BrowserItem is something that the app keeps in a browser.
type BrowserItem struct {
	Name string // of the cookie or the key
	Kind string
	Use  string
	Time string
}

// The kinds of item in a browser.
const (
	kindCookie  = "cookie"
	kindLocal   = "local storage"
	kindSession = "session storage"
)

// Browser returns everything that the app keeps in a browser. A test compares it
// with what the code sets, and another with what a browser has after a visit.
func Browser() []BrowserItem {
	return []BrowserItem{
		{"__Host-sid", kindCookie, "keeps you signed in", "until you sign out, 60 days at most"},
		{"__Host-passkey", kindCookie, "ties a sign-in with a passkey to the browser that began it", "5 minutes at most"},
		{"longhaul-color-scheme", kindLocal, "remembers light or dark", "until you clear it"},
		{"longhaul-dismissed-announcement", kindLocal, "remembers which announcement you closed", "until you clear it"},
		{"longhaul-dismissed-checklist", kindLocal, "remembers that an administrator closed the list of first steps", "until you clear it"},
		{"longhaul-media-languages", kindLocal, "remembers the languages of sound and subtitles that you chose last", "until you clear it"},
		{"longhaul-subtitle-offsets", kindLocal, "remembers by how much you moved the subtitles of a film, with the film's id", "until you clear it; the last 200 films"},
		{"longhaul-farewell", kindSession, "says on the sign-in page why you were signed out", "until that page has shown it"},
		{"longhaul-reloaded-build", kindSession, "keeps a page from loading again and again after an update", "until you close the tab"},
		{"longhaul-drafts", kindSession, "keeps what you were about to add, with your account's id", "until you add it or close the tab"},
		{"longhaul-share", kindSession, "keeps a share open that you entered the password of", "until you close the tab"},
		{"tsr-scroll-restoration-v1_3", kindSession, "returns to where you were on a page", "until you close the tab"},
	}
}

// DataItem is a kind of data that the server stores, and the tables that hold it.
type DataItem struct {
	What   string
	Detail string
	Use    string
	Time   string
	Tables []string
}

// Data returns what the server stores about people. Together with Impersonal it
// names every table of the database, which a test holds it to.
func Data() []DataItem {
	return []DataItem{
		{
			"Account", "e-mail address, password as a slow hash, role, plan and limits, when it was made and last used; requests to register, reset or change the address",
			"to run your account", "until you delete it; an unconfirmed one for 7 days",
			[]string{"users", "account_settings", "account_requests", "plan_assignments", "plan_overrides"},
		},
		{
			"Sign-in", "sessions and API tokens as hashes, with IP address, browser and time; passkeys; second factors, encrypted; recovery codes and links as hashes",
			"to keep others out of your account", "sessions for 60 days at most; tokens, passkeys and factors until you remove them; links until they expire",
			[]string{"sessions", "api_tokens", "passkeys", "passkey_challenges", "connection_codes", "recovery_codes", "one_time_tokens"},
		},
		{
			"Downloads", "what you submitted (magnet link, torrent or address, its login encrypted), names, sizes, states and times, what happened, links and zips that you made, where you stopped playing, what you watched, and subtitles that you uploaded",
			"to download, store and deliver", "until you delete the download, or your plan's time for files ends; zips for at most 30 days after their link ended; what was inspected for a day",
			[]string{
				"jobs", "job_attempts", "job_events", "job_metainfo", "job_progress", "files", "file_parts", "thumbnails", "media", "links", "inspections", "idempotency_keys", "seedr_items",
				"slot_yields", "damaged_files", "submit_batches", "job_words", "folders", "selections", "labels", "job_labels", "download_rules", "playback", "subtitles",
			},
		},
		{"Files", "the content of your downloads, and small pictures of your photos, in storage", "to deliver and show it to you", "as your downloads", nil},
		{
			"Shares", "what you share, and how often it was visited and downloaded; a visit is a random number and does not say who came",
			"to show what you share, and to keep to your limits", "until you delete the downloads, or 30 days after a share ended",
			[]string{"shares", "share_items", "share_downloads"},
		},
		{
			"Notifications", "what you were told, for which events you get mails, and your webhooks, their addresses encrypted, with what was sent",
			"to tell you what became of your downloads", "90 days; deliveries for 30; settings and webhooks until you delete them",
			[]string{"notifications", "notification_settings", "notification_labels", "webhook_labels", "webhooks", "webhook_deliveries", "webhook_attempts"},
		},
		{"Exports", "the file with your data that you asked for, and when", "to give you your data", "7 days", []string{"account_exports"}},
		{
			"Usage", "how much you stored, downloaded and received, by job and by day", "for limits of plans, and so that you can check them",
			"until you delete your account",
			[]string{"quota_ledger", "quota_usage", "usage_daily", "storage_shares", "storage_users"},
		},
		{
			"Acts on many downloads", "what you or administrators did to many downloads at once, and what became of each",
			"to do it in the background, and to show how it went", "90 days after their end",
			[]string{"bulk_acts", "bulk_items"},
		},
		{"Mails", "to whom, of which kind and when; not what they said in full", "to send them, and to find out why one did not arrive", "30 days after they were sent", []string{"mails"}},
		{
			"Records of acts", "what administrators did to accounts and downloads, with account, IP address and time", "to account for what administrators do",
			"as long as the service exists, because each entry seals the ones before",
			[]string{"audit_log", "flag_rules"},
		},
		{
			"Records of attacks", "failed and new sign-ins, refused requests, with account, IP address, browser and time", "to find attacks, and to tell you of new devices",
			"90 days",
			[]string{"security_events"},
		},
		{"Limits", "how often an address or an account did something of late, under a hash", "to keep one person from overloading the service", "minutes to hours", []string{"rate_limits"}},
		{
			"Takedown notices", "who sent one, how to reach them, what it says, with IP address; counter-notices with name, address and phone number; strikes",
			"to act on notices as the law asks for", "3 years after a notice ended, then without names; strikes as long as the account",
			[]string{"notices", "notice_items", "counter_notices", "strikes"},
		},
	}
}

// Impersonal returns the tables that hold nothing about a person, or only the id
// of an administrator who set something.
func Impersonal() []string {
	return []string{
		"admission_rounds", "agent_heartbeats", "agents", "announcement", "block_marks", "blocked_hashes", "blocks", "content_checks", "enrolment_tokens", "figures",
		"goose_db_version", "health_components", "health_findings", "health_rounds", "orphans", "outbox", "plans", "provider_configs", "seedr_account",
		"storage_cleanup_items", "storage_cleanups", "storage_days", "storage_state", "traffic_hours",
	}
}
