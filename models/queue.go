package models

import (
	"slices"
	"time"
)

// Queue is a kind of background work. Workers serve all kinds or some of them,
// so that each kind scales separately and none starves another.
type Queue string

// The kinds of background work.
const (
	QueueControl   Queue = "control"   // workflows and short writes, and the loops that feed them
	QueueTracking  Queue = "tracking"  // following agents and Seedr
	QueueTransfers Queue = "transfers" // copying, completing and removing stored files
	QueueMail      Queue = "mail"      // sending mails
	QueueWebhooks  Queue = "webhooks"  // delivering events to users' webhooks
	QueueMedia     Queue = "media"     // reading what is in media files
)

// Queues lists every kind.
func Queues() []Queue {
	return []Queue{QueueControl, QueueTracking, QueueTransfers, QueueMail, QueueWebhooks, QueueMedia}
}

// Valid reports whether there is such a kind.
func (q Queue) Valid() bool { return slices.Contains(Queues(), q) }

// QueueState is how the workers keep up with one kind of work.
type QueueState struct {
	Queue   Queue
	Served  bool          // a worker asked for such work lately
	Blind   bool          // one of those that did has no ffprobe, which the work takes
	Backlog int64         // about how many tasks wait for a worker
	Oldest  time.Duration // about how long the oldest of them waits
}
