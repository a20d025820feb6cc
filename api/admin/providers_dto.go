package admin

import (
	"regexp"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// ProviderList is the providers as administrators see them.
type ProviderList struct {
	Active          kit.Provider   `json:"active" doc:"Where new jobs go"`
	Failover        failover       `json:"failover"`
	UserChoice      bool           `json:"userChoice" doc:"Users may choose the provider when they submit a job"`
	Providers       []ProviderInfo `json:"providers" nullable:"false"`
	CredentialsNote string         `json:"credentialsNote"`
}

// ProviderInfo is one provider and its health.
type ProviderInfo struct {
	Provider  kit.Provider `json:"provider"`
	Active    bool         `json:"active"`
	Healthy   bool         `json:"healthy"`
	Summary   string       `json:"summary" doc:"One plain sentence"`
	Running   int          `json:"running" doc:"Jobs that hold one of its slots"`
	Waiting   int          `json:"waiting" doc:"Jobs in the queue for it"`
	Slots     int          `json:"slots" doc:"Transfers at once; 0 while unknown"`
	SlotsFree int          `json:"slotsFree"`
	Agents    int          `json:"agents" doc:"Agents that accept jobs"`
	Seedr     *SeedrInfo   `json:"seedr" doc:"Null for the agents"`
}

// TransformSchema lets Seedr's part be null.
func (ProviderInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	if p := s.Properties["seedr"]; p != nil && p.Ref != "" {
		s.Properties["seedr"] = kit.OrNull(p)
	}
	return s
}

// SeedrInfo is what is known of the Seedr account.
type SeedrInfo struct {
	Configured      bool       `json:"configured" doc:"A worker has credentials"`
	CredentialsFrom string     `json:"credentialsFrom" doc:"environment or file; empty without credentials"`
	Plan            string     `json:"plan" doc:"What Seedr calls the account's plan"`
	SpaceMax        int64      `json:"spaceMax" doc:"Bytes; 0 while unknown"`
	SpaceUsed       int64      `json:"spaceUsed" doc:"Bytes"`
	SpaceFree       int64      `json:"spaceFree" doc:"Bytes that are neither used nor promised to a job"`
	SlotsFrom       string     `json:"slotsFrom" doc:"Where the number of slots comes from: configuration, plan or refusal"`
	Others          int        `json:"others" doc:"Transfers on the account that belong to no open job"`
	LastOKAt        *time.Time `json:"lastOkAt" doc:"Last good answer"`
	FailedSince     *time.Time `json:"failedSince" doc:"No good answer since"`
	Problem         string     `json:"problem"`
	RestUntil       *time.Time `json:"restUntil" doc:"No calls are made until then, because Seedr failed or asked for fewer"`
	RestReason      string     `json:"restReason"`
}

// ProviderCheck is what a verification found.
type ProviderCheck struct {
	Provider  kit.Provider `json:"provider"`
	OK        bool         `json:"ok"`
	Problem   string       `json:"problem"`
	Message   string       `json:"message"`
	At        time.Time    `json:"at"`
	Plan      string       `json:"plan"`
	SpaceMax  int64        `json:"spaceMax" doc:"Bytes"`
	SpaceUsed int64        `json:"spaceUsed" doc:"Bytes"`
	Slots     int          `json:"slots"`
	Taken     int          `json:"taken" doc:"Slots in use"`
	Agents    int          `json:"agents"`
}

// ProviderHistoryEntry is one change of the provider settings.
type ProviderHistoryEntry struct {
	ID         int64          `json:"id"`
	At         time.Time      `json:"at"`
	By         string         `json:"by" doc:"E-mail address; empty if that account was deleted"`
	From       kit.Provider   `json:"from"`
	To         kit.Provider   `json:"to"`
	Failover   failover       `json:"failover"`
	UserChoice bool           `json:"userChoice"`
	Verified   *ProviderCheck `json:"verified" doc:"What the verification before the switch found"`
}

// TransformSchema lets the verification be null.
func (ProviderHistoryEntry) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	if p := s.Properties["verified"]; p != nil && p.Ref != "" {
		s.Properties["verified"] = kit.OrNull(p)
	}
	return s
}

type failover models.Failover

// Schema returns the schema of failover policies.
func (failover) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "Failover", "Where a job may move automatically when its provider can't deliver it", models.Failovers()...)
}

const credentialsNote = "Set Seedr's e-mail address and password as SEEDR_EMAIL and SEEDR_PASSWORD, or in the files named by " +
	"SEEDR_EMAIL_FILE and SEEDR_PASSWORD_FILE, in the worker's environment only. They are never stored, shown or logged."

func providerList(o models.ProviderOverview, now time.Time) ProviderList {
	out := ProviderList{
		Active: kit.Provider(o.Config.Provider), Failover: failover(o.Config.Options.Failover), UserChoice: o.Config.Options.UserChoice,
		CredentialsNote: credentialsNote,
	}
	for _, p := range models.Providers() {
		info := agentsInfo(o)
		if p == models.ProviderSeedr {
			info = seedrInfo(o, now)
		}
		info.Provider, info.Active = kit.Provider(p), p == o.Config.Provider
		info.Running, info.Waiting = o.Running[p], o.Waiting[p]
		out.Providers = append(out.Providers, info)
	}
	return out
}

func agentsInfo(o models.ProviderOverview) ProviderInfo {
	info := ProviderInfo{Healthy: o.Agents > 0, Agents: o.Agents, Slots: o.Slots, SlotsFree: o.Free, Summary: "Agents accept jobs."}
	if o.Agents == 0 {
		info.Summary = "No online agent accepts jobs."
	}
	return info
}

func seedrInfo(o models.ProviderOverview, now time.Time) ProviderInfo {
	a := o.Seedr
	info := ProviderInfo{
		Healthy: !a.Down() && o.Rest == nil, Slots: a.Slots, SlotsFree: max(a.Slots-o.Taken, 0), Summary: "Seedr answers.",
		Seedr: &SeedrInfo{
			Configured: a.Configured, CredentialsFrom: a.CredentialsFrom, Plan: a.Plan, SpaceMax: a.SpaceMax, SpaceUsed: a.SpaceUsed,
			SpaceFree: max(o.Space, 0), SlotsFrom: a.SlotsFrom, Others: a.Others, LastOKAt: a.OKAt, FailedSince: a.FailedSince,
			Problem: string(a.Problem),
		},
	}
	if o.Rest != nil && o.Rest.Until.After(now) {
		info.Seedr.RestUntil, info.Seedr.RestReason = &o.Rest.Until, o.Rest.Reason
	}
	switch {
	case !a.Configured:
		info.Summary = "No worker has Seedr credentials."
	case a.FailedSince != nil:
		info.Summary = a.Message
	case info.Seedr.RestUntil != nil:
		info.Summary = "Seedr is resting after a failure."
	case a.OKAt == nil:
		info.Healthy, info.Summary = false, "Seedr has not been called yet."
	}
	return info
}

func checkOf(c models.ProviderCheck) ProviderCheck {
	return ProviderCheck{
		Provider: kit.Provider(c.Provider), OK: c.OK, Problem: string(c.Problem), Message: c.Message, At: c.At, Plan: c.Plan,
		SpaceMax: c.SpaceMax, SpaceUsed: c.SpaceUsed, Slots: c.Slots, Taken: c.Taken, Agents: c.Agents,
	}
}

func historyEntry(e models.ProviderEntry) ProviderHistoryEntry {
	out := ProviderHistoryEntry{
		ID: e.ID, At: e.CreatedAt, By: e.Email, From: kit.Provider(e.FromProvider), To: kit.Provider(e.Provider),
		Failover: failover(e.Options.Failover), UserChoice: e.Options.UserChoice,
	}
	if e.Verified != nil {
		c := checkOf(*e.Verified)
		out.Verified = &c
	}
	return out
}

// secretName finds names of options that look like a credential.
var secretName = regexp.MustCompile(`(?i)pass|pwd|secret|token|key|cred|e-?mail|login|user|auth|cookie|session`)

// optionNames are the provider options that can be set.
func optionNames() []string { return []string{"failover", "userChoice"} }

// readOptions merges the options that were sent into the current ones. Unknown
// options are refused by name, and ones that look like a credential with a hint
// where credentials belong; their values are not repeated.
func readOptions(o models.ProviderOptions, sent map[string]any) (models.ProviderOptions, error) {
	for name := range sent {
		if slices.Contains(optionNames(), name) {
			continue
		}
		name = kit.Clip(name, 40)
		if secretName.MatchString(name) {
			return o, models.Errorf(models.CodeInvalid, "“%s” looks like a credential. Credentials come from the worker's environment only: "+
				"SEEDR_EMAIL and SEEDR_PASSWORD, or files named by SEEDR_EMAIL_FILE and SEEDR_PASSWORD_FILE.", name).In("options." + name)
		}
		return o, models.Errorf(models.CodeInvalid, "No such option: “%s”.", name).In("options." + name)
	}
	if v, ok := sent["failover"]; ok {
		s, _ := v.(string)
		if o.Failover = models.Failover(s); !o.Failover.Valid() {
			return o, models.Errorf(models.CodeInvalid, "Use none, agent_to_seedr, seedr_to_agent or both.").In("options.failover")
		}
	}
	if v, ok := sent["userChoice"]; ok {
		if o.UserChoice, ok = v.(bool); !ok {
			return o, models.Errorf(models.CodeInvalid, "Use true or false.").In("options.userChoice")
		}
	}
	return o, nil
}
