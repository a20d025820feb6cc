package models

import (
	"cmp"
	"slices"
	"time"
)

// Component is a part of the deployment whose health administrators see.
type Component string

// The components, in the order in which they are shown.
const (
	ComponentAPI       Component = "api"
	ComponentWorkers   Component = "workers"
	ComponentAgents    Component = "agents"
	ComponentTemporal  Component = "temporal"
	ComponentDatabase  Component = "database"
	ComponentStorage   Component = "storage"
	ComponentSeedr     Component = "seedr"
	ComponentMail      Component = "mail"
	ComponentTurnstile Component = "turnstile"
)

// Components lists every component.
func Components() []Component {
	return []Component{
		ComponentAPI, ComponentWorkers, ComponentAgents, ComponentTemporal, ComponentDatabase, ComponentStorage,
		ComponentSeedr, ComponentMail, ComponentTurnstile,
	}
}

// HealthState is how a component does.
type HealthState string

// The states of health, from the best to the worst.
const (
	HealthOK       HealthState = "ok"
	HealthOff      HealthState = "off"      // not set up, on purpose
	HealthDegraded HealthState = "degraded" // works, but something needs a person
	HealthAway     HealthState = "away"     // does not work
)

// HealthStates lists every state, from the best to the worst.
func HealthStates() []HealthState {
	return []HealthState{HealthOK, HealthOff, HealthDegraded, HealthAway}
}

// Cause is why a component is not well.
type Cause string

// The causes.
const (
	CauseProxyUntrusted   Cause = "proxy_untrusted"
	CauseSecretGuessable  Cause = "secret_guessable"
	CauseLegalUnnamed     Cause = "legal_unnamed"  // target: the settings that are missing
	CauseQueueUnserved    Cause = "queue_unserved" // target: the queue
	CauseAdmissionStands  Cause = "admission_stands"
	CauseFilmsUnread      Cause = "films_unread"     // a worker that should look at films has no ffprobe
	CauseFilmsUnstreamed  Cause = "films_unstreamed" // the API should stream films and has no ffmpeg
	CauseOutboxBacklog    Cause = "outbox_backlog"
	CauseNoAgents         Cause = "no_agents"
	CauseAgentLost        Cause = "agent_lost" // target: the agent's name, as in those below
	CauseAgentDiskLow     Cause = "agent_disk_low"
	CauseAgentDrained     Cause = "agent_drained"
	CauseAgentOutdated    Cause = "agent_outdated"
	CausePoolEmpty        Cause = "pool_empty" // target: the pool
	CausePoolsOnly        Cause = "pools_only" // every agent that takes work is in a pool
	CauseTemporalAway     Cause = "temporal_away"
	CauseDatabaseSlow     Cause = "database_slow"
	CauseStorageAway      Cause = "storage_away"
	CauseDeletionPaused   Cause = "deletion_paused"
	CauseOrphansRefused   Cause = "orphans_refused"
	CauseLostRefused      Cause = "lost_refused"
	CauseSeedrFailing     Cause = "seedr_failing"
	CauseSeedrMissing     Cause = "seedr_missing"
	CauseSeedrOff         Cause = "seedr_off"
	CauseAgentsOff        Cause = "agents_off"
	CauseMailFailing      Cause = "mail_failing"
	CauseMailBacklog      Cause = "mail_backlog"
	CauseMailOff          Cause = "mail_off"
	CauseTurnstileFailing Cause = "turnstile_failing"
	CauseTurnstileOff     Cause = "turnstile_off"
)

// causes says what each cause is about and how bad it is.
var causes = map[Cause]struct {
	component Component
	state     HealthState
}{
	CauseProxyUntrusted: {ComponentAPI, HealthDegraded}, CauseSecretGuessable: {ComponentAPI, HealthDegraded},
	CauseLegalUnnamed: {ComponentAPI, HealthDegraded}, CauseFilmsUnstreamed: {ComponentAPI, HealthDegraded},
	CauseQueueUnserved: {ComponentWorkers, HealthAway}, CauseAdmissionStands: {ComponentWorkers, HealthDegraded},
	CauseOutboxBacklog: {ComponentWorkers, HealthDegraded}, CauseFilmsUnread: {ComponentWorkers, HealthDegraded},
	CauseNoAgents: {ComponentAgents, HealthAway}, CauseAgentLost: {ComponentAgents, HealthDegraded},
	CauseAgentDiskLow: {ComponentAgents, HealthDegraded}, CauseAgentDrained: {ComponentAgents, HealthDegraded},
	CausePoolEmpty: {ComponentAgents, HealthDegraded}, CausePoolsOnly: {ComponentAgents, HealthDegraded},
	CauseAgentOutdated: {ComponentAgents, HealthDegraded}, CauseAgentsOff: {ComponentAgents, HealthOff},
	CauseTemporalAway: {ComponentTemporal, HealthAway}, CauseDatabaseSlow: {ComponentDatabase, HealthDegraded},
	CauseStorageAway: {ComponentStorage, HealthAway}, CauseDeletionPaused: {ComponentStorage, HealthDegraded},
	CauseOrphansRefused: {ComponentStorage, HealthDegraded}, CauseLostRefused: {ComponentStorage, HealthDegraded},
	CauseSeedrFailing: {ComponentSeedr, HealthAway}, CauseSeedrMissing: {ComponentSeedr, HealthAway}, CauseSeedrOff: {ComponentSeedr, HealthOff},
	CauseMailFailing: {ComponentMail, HealthDegraded}, CauseMailBacklog: {ComponentMail, HealthDegraded}, CauseMailOff: {ComponentMail, HealthOff},
	CauseTurnstileFailing: {ComponentTurnstile, HealthAway}, CauseTurnstileOff: {ComponentTurnstile, HealthOff},
}

// HealthCauses lists every cause by name.
func HealthCauses() []Cause {
	out := make([]Cause, 0, len(causes))
	for c := range causes {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Component returns what the cause is about.
func (c Cause) Component() Component { return causes[c].component }

// State returns how a component does that has the cause.
func (c Cause) State() HealthState { return causes[c].state }

// Finding is one reason why a component is not well.
type Finding struct {
	Cause  Cause
	Target string // which of several, such as an agent's name; empty if there is one
	Count  int64  // how many, how long or how much, as the cause says
	Since  time.Time
}

// ComponentHealth is how a component does, and since when.
type ComponentHealth struct {
	Component Component
	State     HealthState
	Since     time.Time
}

// Health is how the deployment does, as it was last looked at.
type Health struct {
	Components []ComponentHealth
	Findings   []Finding  // by component, the worst first
	CheckedAt  *time.Time // nil before the first time
}

// Worst returns the worst state of the findings about the component.
func Worst(c Component, findings []Finding) HealthState {
	worst := HealthOK
	for _, f := range findings {
		if f.Cause.Component() == c && worse(f.Cause.State(), worst) {
			worst = f.Cause.State()
		}
	}
	return worst
}

func worse(a, b HealthState) bool {
	return slices.Index(HealthStates(), a) > slices.Index(HealthStates(), b)
}

// SortFindings sorts findings by component, the worst of each first.
func SortFindings(findings []Finding) {
	slices.SortFunc(findings, func(a, b Finding) int {
		rank := func(f Finding) int {
			return slices.Index(Components(), f.Cause.Component())*len(HealthStates()) - slices.Index(HealthStates(), f.Cause.State())
		}
		return cmp.Or(rank(a)-rank(b), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Target, b.Target))
	})
}
