package models

import (
	"time"

	"github.com/google/uuid"
)

// OutboxKind is what to tell Temporal.
type OutboxKind string

// The kinds of outbox item, each with what its Ref is.
const (
	OutboxStart   OutboxKind = "start"   // start the workflow of the job
	OutboxAdmit   OutboxKind = "admit"   // the job holds a slot: signal its workflow
	OutboxCancel  OutboxKind = "cancel"  // cancel the workflow of the job
	OutboxPurge   OutboxKind = "purge"   // remove the rows and objects of the deleted job
	OutboxTrack   OutboxKind = "track"   // run the tracker of the agent
	OutboxRetry   OutboxKind = "retry"   // job needs_attention: signal its workflow; job queued: start another run of it
	OutboxMail    OutboxKind = "mail"    // send the mail
	OutboxAsk     OutboxKind = "ask"     // the job is to pause, resume or move, as its row says: signal its workflow
	OutboxChosen  OutboxKind = "chosen"  // the files of the job were chosen: signal its workflow
	OutboxKeep    OutboxKind = "keep"    // the job is parked: make its complete files available
	OutboxYield   OutboxKind = "yield"   // the job is slow while others wait: signal its workflow to give its slot up
	OutboxWebhook OutboxKind = "webhook" // deliver the event to a webhook
	OutboxBulk    OutboxKind = "bulk"    // carry out the act on many jobs

	OutboxCleanup OutboxKind = "cleanup" // carry on with the cleanup of storage
	OutboxCheck   OutboxKind = "check"   // read stored files again

	OutboxCounter OutboxKind = "counter" // keep the clock of the counter-notice, which may have changed

	OutboxExport OutboxKind = "export" // make the export of an account's data

	OutboxMedia OutboxKind = "media" // read the media files of the job
)

// OutboxItem is something that a transaction decided and that Temporal still
// has to be told.
type OutboxItem struct {
	ID        int64
	Kind      OutboxKind
	Ref       uuid.UUID // the job, agent, mail, act on many jobs, cleanup, check, counter-notice or export
	Attempts  int       // how often it has been tried
	CreatedAt time.Time
	Trace     string // of who asked for it, as a traceparent; empty without one
}
