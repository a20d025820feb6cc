package models

import "time"

// TrafficHour is what moved in an hour.
type TrafficHour struct {
	Hour      time.Time
	Fetched   int64 // bytes that agents fetched, by the rates of their heartbeats
	Stored    int64 // bytes of jobs that became ready
	Delivered int64 // bytes that users streamed and downloaded
	Finished  int64 // jobs that became ready
}

// StateCount is how many jobs are in a state.
type StateCount struct {
	State State
	Count int64
}

// WaitCount is how many jobs wait for a reason.
type WaitCount struct {
	State  State
	Reason ReasonCode
	Count  int64
}

// FaultCount is how many jobs have a problem that came up within a day.
type FaultCount struct {
	Problem Problem
	Count   int64
	LastAt  time.Time
}

// Backlog is what waits to be handed on.
type Backlog struct {
	Count    int64
	OldestAt *time.Time
}

// Overview is what goes on in the deployment as a whole.
type Overview struct {
	Health      Health
	Running     []StateCount // jobs with a slot
	Waiting     []WaitCount  // open jobs without one; most first
	Slots       int          // of the agents that take work
	FailedToday int64        // UTC
	ReadyToday  int64
	Hours       []TrafficHour // oldest first; hours without a figure are left out
	Days        []StorageDay
	Faults      []FaultCount // of a day, most first
	Outbox      Backlog
	Mail        Backlog
	MailFailed  int64 // within a day
}
