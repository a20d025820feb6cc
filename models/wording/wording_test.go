package wording_test

import (
	"strings"
	"testing"
	"time"

	"longhaul/models"
	"longhaul/models/wording"
)

var (
	at       = time.Date(2026, 3, 9, 21, 40, 0, 0, time.UTC)
	zoned    = func(t time.Time) string { return t.In(time.FixedZone("CET", 3600)).Format("15:04") }
	anything = models.Because("", "online", 0, "running", 2, "limit", 2, "need", 3<<30, "free", 1<<20, "total", 5<<30, "size", 4<<30, "bytes", 9<<30,
		"taken", 2, "slots", 2, "agent", "north", "files", 3, "chosen", 2, "provider", models.ProviderSeedr, "problem", models.ProblemNoPeers,
		"status", 503, "cause", models.CauseSlow, "seconds", 90*time.Minute, "since", at, "seen", 12, "peers", 3, "seeders", 1, "plan", "Free", "moves_to", models.ProviderAgent).Params
)

func voices() map[string]wording.Voice {
	return map[string]wording.Voice{"API": wording.API(), "Temporal": wording.Console(), "CLI and mail": wording.User(zoned)}
}

// conditions are those in which a text may be asked for.
func conditions() []wording.Condition {
	var out []wording.Condition
	for _, s := range append(models.States(), "") {
		out = append(out, wording.Condition{State: s}, wording.Condition{State: s, Deadline: &at, Attempt: 2, MaxAttempts: 4},
			wording.Condition{State: s, Deadline: &at})
	}
	return out
}

// TestEveryReasonIsWorded renders each code, with and without its parameters,
// on each surface and in each state.
func TestEveryReasonIsWorded(t *testing.T) {
	t.Parallel()
	for surface, v := range voices() {
		for _, code := range models.ReasonCodes() {
			for _, params := range []models.Params{nil, anything} {
				r := models.Reason{Code: code, Params: params}
				sentence(t, surface+" why "+string(code), v.Why(r))
				for _, c := range conditions() {
					sentence(t, surface+" next "+string(code)+" "+string(c.State), v.Next(r, c))
				}
			}
		}
	}
}

func sentence(t *testing.T, name, text string) {
	t.Helper()
	switch {
	case text == "":
		t.Errorf("%s: there is no text", name)
	case strings.ContainsAny(text, "{}|%<>\n") || strings.Contains(text, "  ") || strings.TrimSpace(text) != text:
		t.Errorf("%s: %q is not filled in", name, text)
	case !strings.HasSuffix(text, "."):
		t.Errorf("%s: %q does not end as a sentence", name, text)
	case strings.ToUpper(text[:1]) != text[:1]:
		t.Errorf("%s: %q does not begin as a sentence", name, text)
	}
}

func TestUsersReadDownload(t *testing.T) {
	t.Parallel()
	for _, code := range models.ReasonCodes() {
		r := models.Reason{Code: code, Params: anything}
		for _, c := range conditions() {
			for _, word := range strings.FieldsFunc(wording.User(zoned).Why(r)+" "+wording.User(zoned).Next(r, c), func(r rune) bool {
				return r == ' ' || r == '.' || r == ',' || r == ';'
			}) {
				if (word == "job" || word == "jobs") && code != models.ReasonCode(models.ProblemAgentInUse) {
					t.Errorf("%s: a user reads %q", code, word)
				}
			}
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	user, api, console := wording.User(zoned), wording.API(), wording.Console()
	queued := wording.Condition{State: models.StateQueued, Deadline: &at, Attempt: 2, MaxAttempts: 4}
	resolving := wording.Condition{State: models.StateResolving, Deadline: &at, Attempt: 1, MaxAttempts: 4}
	full := models.ProblemStorageFull.Reason(models.Params{"need": int64(3 << 30), "free": int64(1 << 30)})
	slots := models.Because(models.ReasonWaitsForUserSlot, "running", 2, "limit", 2)
	none := models.Because(models.ReasonWaitsForMetadata, "since", at.Add(-9*time.Minute), "seen", 0, "peers", 0)
	busy := models.ProblemSourceFailing.Reason(models.Params{"status": int64(503)})
	moved := models.Because(models.ReasonMovedByFailover, "provider", models.ProviderSeedr, "problem", models.ProblemNoPeers)
	waits := wording.Condition{State: models.StateQueued, Deadline: &at}
	leaves := models.ProblemNoAgent.Because("moves_to", models.ProviderSeedr)
	for want, got := range map[string]string{
		"Not enough storage: it needs 3.0 GiB, 1.0 GiB are free.":                                    api.Why(full),
		"No free slot: 2 of 2 jobs running.":                                                         api.Why(slots),
		"No free slot: 2 of 2 downloads running.":                                                    user.Why(slots),
		"No peers found since 22:31.":                                                                user.Why(none),
		"No peers found yet.":                                                                        api.Why(none),
		"Keeps looking; gives up at 22:40 (attempt 1 of 4).":                                         user.Next(none, resolving),
		"The server cannot send the file right now (HTTP 503).":                                      api.Why(busy),
		"Tries again at 9 Mar 21:40 UTC (attempt 2 of 4).":                                           console.Next(busy, queued),
		"Tries again soon (attempt 2 of 4).":                                                         api.Next(busy, queued),
		"No peers were found. It moves to Seedr.":                                                    api.Why(moved),
		"Starts when an agent can take it; asks for your attention at 22:40.":                        user.Next(models.ProblemNoAgent.Reason(nil), waits),
		"Starts when an agent can take it; after a day of waiting it asks for your attention.":       api.Next(models.ProblemNoAgent.Reason(nil), waits),
		"Starts when an agent can take it; moves to Seedr at 22:40 at the latest.":                   user.Next(leaves, waits),
		"Starts when an agent can take it; after a while it moves to Seedr.":                         api.Next(leaves, waits),
		"It is 3.0 GiB; at most 1.0 GiB per job are allowed.":                                        api.Why(models.TooLarge(3<<30, 1<<30).Reason()),
		"It needs 3.0 GiB, but the whole Seedr account has 1.0 GiB.":                                 api.Why(models.SeedrTooSmall(3<<30, 1<<30).Reason()),
		"Choose files by 22:40; after that the download fails.":                                      user.Next(models.Because(models.ReasonChooseFiles), waits),
		"It stays until you delete it.":                                                              api.Next(models.Because(models.ReasonReady), wording.Condition{State: models.StateReady}),
		"Your plan keeps the files until the deadline; download them before.":                        api.Next(models.Because(models.ReasonReady), waits),
		"Not enough storage: it needs 3.0 GiB, 1.0 GiB are free. It would wait until there is room.": api.Verdict(full, true),
		"":                api.Why(models.Reason{Code: "of_a_newer_server"}),
		"90 minutes":      wording.Duration(90 * time.Minute),
		"1 second":        wording.Duration(time.Second),
		"3 days":          wording.Duration(73 * time.Hour),
		"1 file":          wording.Count(1, "file"),
		"Needs attention": wording.StateTitle(models.StateNeedsAttention),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestEveryCauseIsWorded renders what may be behind a server that fails.
func TestEveryCauseIsWorded(t *testing.T) {
	t.Parallel()
	plain := wording.API().Why(models.ProblemSourceFailing.Reason(nil))
	for _, cause := range models.Causes() {
		text := wording.API().Why(models.ProblemSourceFailing.Reason(models.Params{"cause": cause}))
		sentence(t, cause, text)
		if text == plain {
			t.Errorf("%s is not worded", cause)
		}
	}
}

func TestNamesStayOnTheirLine(t *testing.T) {
	t.Parallel()
	got := wording.API().Why(models.Because(models.ReasonDownloading, "agent", "a\x1b[31m\nb"))
	if got != "Agent a[31mb is downloading it." {
		t.Errorf("got %q", got)
	}
}
