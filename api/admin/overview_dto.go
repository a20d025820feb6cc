package admin

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
	"longhaul/models/wording"
)

// component is a part of the deployment on the wire.
type component models.Component

// Schema returns the schema of components.
func (component) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "Component", "A part of the deployment", models.Components()...)
}

// healthState is how a component does on the wire.
type healthState models.HealthState

// Schema returns the schema of states of health.
func (healthState) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "HealthState", "off: not set up, on purpose; degraded: works, but someone needs to act; away: does not work", models.HealthStates()...)
}

// healthCause is why a component is not well on the wire.
type healthCause models.Cause

// Schema returns the schema of causes.
func (healthCause) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "HealthCause", "Why a component is not well", models.HealthCauses()...)
}

// FindingInfo is one reason why a component is not well.
type FindingInfo struct {
	Component component   `json:"component"`
	State     healthState `json:"state"`
	Cause     healthCause `json:"cause"`
	Target    string      `json:"target" doc:"Which of several, such as an agent's name; empty if there is one"`
	Count     int64       `json:"count" doc:"How many, or bytes or milliseconds, as the cause says; 0 for none"`
	What      string      `json:"what" doc:"What is wrong, in one plain sentence in English"`
	Advice    string      `json:"advice" doc:"What to do about it"`
	Page      string      `json:"page" doc:"Where in the web app; empty if no page helps"`
	Since     time.Time   `json:"since"`
}

// ComponentInfo is how a component does.
type ComponentInfo struct {
	Component component     `json:"component"`
	State     healthState   `json:"state"`
	Since     time.Time     `json:"since"`
	Findings  []FindingInfo `json:"findings" nullable:"false" doc:"Why it is not well, the worst first; empty when it is"`
}

// StateCount is how many jobs are in a state.
type StateCount struct {
	State kit.JobState `json:"state"`
	Count int64        `json:"count"`
}

// WaitCount is how many jobs wait for a reason.
type WaitCount struct {
	State  kit.JobState   `json:"state"`
	Reason kit.ReasonCode `json:"reason"`
	Count  int64          `json:"count"`
}

// FaultCount is how many jobs a problem stopped within a day.
type FaultCount struct {
	Problem kit.ProblemCode `json:"problem"`
	Count   int64           `json:"count"`
	LastAt  time.Time       `json:"lastAt"`
}

// TrafficHour is what moved in an hour.
type TrafficHour struct {
	Hour      time.Time `json:"hour" doc:"When it began"`
	Fetched   int64     `json:"fetched" doc:"Bytes that agents fetched, by the rates they reported"`
	Stored    int64     `json:"stored" doc:"Bytes of jobs that became ready"`
	Delivered int64     `json:"delivered" doc:"Bytes that users streamed and downloaded"`
	Finished  int64     `json:"finished" doc:"Jobs that became ready"`
}

// BacklogInfo is what waits to be handed on.
type BacklogInfo struct {
	Count    int64      `json:"count"`
	OldestAt *time.Time `json:"oldestAt" doc:"Null if none waits"`
}

// OverviewInfo is what goes on in the deployment as a whole.
type OverviewInfo struct {
	At          time.Time       `json:"at" doc:"When it was put together, some seconds ago at most"`
	Version     string          `json:"version"`
	CheckedAt   *time.Time      `json:"checkedAt" doc:"When health was last looked at; null before the first time"`
	Components  []ComponentInfo `json:"components" nullable:"false"`
	Warnings    []FindingInfo   `json:"warnings" nullable:"false" doc:"What needs a person; empty on a healthy system"`
	Running     []StateCount    `json:"running" nullable:"false" doc:"Jobs with a slot"`
	Slots       int             `json:"slots" doc:"Transfers at once of all agents that accept jobs"`
	Waiting     []WaitCount     `json:"waiting" nullable:"false" doc:"Open jobs without a slot, most first"`
	FailedToday int64           `json:"failedToday" doc:"UTC"`
	ReadyToday  int64           `json:"readyToday" doc:"UTC"`
	Hours       []TrafficHour   `json:"hours" nullable:"false" doc:"The last 48, oldest first; hours in which nothing moved are left out"`
	Days        []StorageDay    `json:"days" nullable:"false" doc:"What was stored on each of the last 30, oldest first"`
	Faults      []FaultCount    `json:"faults" nullable:"false" doc:"What stopped jobs within 24 hours, the ten most frequent"`
	Outbox      BacklogInfo     `json:"outbox" doc:"What is due to be told to the workflow engine"`
	Mail        BacklogInfo     `json:"mail" doc:"Mails that wait to be sent"`
	MailFailed  int64           `json:"mailFailed" doc:"Mails that could not be sent within 24 hours"`
}

func overviewInfo(at time.Time, version string, o models.Overview) OverviewInfo {
	out := OverviewInfo{
		At: at, Version: version, CheckedAt: o.Health.CheckedAt, Components: componentsOf(o.Health), Warnings: []FindingInfo{}, Slots: o.Slots,
		FailedToday: o.FailedToday, ReadyToday: o.ReadyToday, Days: storageDaysOf(o.Days), Outbox: BacklogInfo(o.Outbox), Mail: BacklogInfo(o.Mail),
		MailFailed: o.MailFailed, Running: make([]StateCount, 0, len(o.Running)), Waiting: make([]WaitCount, 0, len(o.Waiting)),
		Hours: make([]TrafficHour, 0, len(o.Hours)), Faults: make([]FaultCount, 0, len(o.Faults)),
	}
	for _, f := range o.Health.Findings {
		if f.Cause.State() != models.HealthOff {
			out.Warnings = append(out.Warnings, findingInfo(f))
		}
	}
	for _, c := range o.Running {
		out.Running = append(out.Running, StateCount{State: kit.JobState(c.State), Count: c.Count})
	}
	for _, c := range o.Waiting {
		out.Waiting = append(out.Waiting, WaitCount{State: kit.JobState(c.State), Reason: kit.ReasonCode(c.Reason), Count: c.Count})
	}
	for _, h := range o.Hours {
		out.Hours = append(out.Hours, TrafficHour(h))
	}
	for _, f := range o.Faults {
		out.Faults = append(out.Faults, FaultCount{Problem: kit.ProblemCode(f.Problem), Count: f.Count, LastAt: f.LastAt})
	}
	return out
}

// componentsOf puts the findings below their components, in their order.
func componentsOf(h models.Health) []ComponentInfo {
	known := make(map[models.Component]models.ComponentHealth, len(h.Components))
	for _, c := range h.Components {
		known[c.Component] = c
	}
	out := make([]ComponentInfo, 0, len(known))
	for _, name := range models.Components() {
		c, ok := known[name]
		if !ok {
			continue
		}
		info := ComponentInfo{Component: component(name), State: healthState(c.State), Since: c.Since, Findings: []FindingInfo{}}
		for _, f := range h.Findings {
			if f.Cause.Component() == name {
				info.Findings = append(info.Findings, findingInfo(f))
			}
		}
		out = append(out, info)
	}
	return out
}

func findingInfo(f models.Finding) FindingInfo {
	words := wording.Health(f)
	return FindingInfo{
		Component: component(f.Cause.Component()), State: healthState(f.Cause.State()), Cause: healthCause(f.Cause), Target: f.Target,
		Count: f.Count, What: words.What, Advice: words.Advice, Page: words.Page, Since: f.Since,
	}
}
