package models

import "slices"

// Queue is a kind of background work. Workers serve all kinds or some of them,
// so that each kind scales separately and none starves another.
type Queue string

// The kinds of background work.
const (
	QueueControl   Queue = "control"   // workflows and short writes, and the loops that feed them
	QueueTracking  Queue = "tracking"  // following agents and Seedr
	QueueTransfers Queue = "transfers" // copying, completing and removing stored files
	QueueMail      Queue = "mail"      // sending mails
)

// Queues lists every kind.
func Queues() []Queue { return []Queue{QueueControl, QueueTracking, QueueTransfers, QueueMail} }

// Valid reports whether there is such a kind.
func (q Queue) Valid() bool { return slices.Contains(Queues(), q) }
