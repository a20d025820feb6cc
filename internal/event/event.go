// Package event carries news between the processes of the control plane: that a
// job changed, how far transfers are, that work waits in the outbox. It doesn't
// guarantee delivery: everything it says can also be read from the database,
// and a subscriber that missed something is told to read it there.
package event

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"longhaul/models"
)

// Kind is what a message is about.
type Kind string

// The kinds of message.
const (
	KindJob       Kind = "job"       // a job event was written: UserID, JobID and EventID are set
	KindProgress  Kind = "progress"  // a transfer moved: UserID, JobID and Progress are set
	KindOutbox    Kind = "outbox"    // a row was put into the outbox; nothing else is set
	KindPlacement Kind = "placement" // a transfer is wanted; nothing else is set
	KindAccess    Kind = "access"    // a session, token or account of the user ended or changed: UserID is set
	KindFeatures  Kind = "features"  // features were switched: UserID is set if only for one account
	KindAnnounced Kind = "announced" // the announcement changed; nothing else is set
	KindHealth    Kind = "health"    // a component of the deployment is well, or is not any more; nothing else is set
	KindChanged   Kind = "changed"   // something of the account changed that is no job: UserID and Part are set
	KindLost      Kind = "lost"      // messages may have been missed: reload the state
)

// Part is something of an account that a page shows beside jobs.
type Part string

// The parts of an account whose changes are news.
const (
	PartLibrary Part = "library" // folders, and the names and places of files
	PartShares  Part = "shares"
	PartLabels  Part = "labels" // and which jobs have them
)

// Message is one piece of news.
type Message struct {
	Kind     Kind             `json:"kind"`
	UserID   uuid.UUID        `json:"userId,omitzero"`
	JobID    uuid.UUID        `json:"jobId,omitzero"`
	EventID  int64            `json:"eventId,omitzero"`
	Part     Part             `json:"part,omitempty"`
	Progress *models.Progress `json:"progress,omitempty"`
}

// JobChanged returns the message that a job event was written.
func JobChanged(userID, jobID uuid.UUID, eventID int64) Message {
	return Message{Kind: KindJob, UserID: userID, JobID: jobID, EventID: eventID}
}

// AccessChanged returns the message that sessions or tokens of the user ended,
// or that the account changed, so that running streams check again.
func AccessChanged(userID uuid.UUID) Message { return Message{Kind: KindAccess, UserID: userID} }

// FeaturesChanged returns the message that features were switched, for the
// account or, if it is nil, for many.
func FeaturesChanged(userID *uuid.UUID) Message {
	m := Message{Kind: KindFeatures}
	if userID != nil {
		m.UserID = *userID
	}
	return m
}

// Changed returns the message that a part of the account changed.
func Changed(userID uuid.UUID, part Part) Message {
	return Message{Kind: KindChanged, UserID: userID, Part: part}
}

// Announced returns the message that the announcement changed.
func Announced() Message { return Message{Kind: KindAnnounced} }

// Progressed returns the message that a transfer moved.
func Progressed(p models.Progress) Message {
	return Message{Kind: KindProgress, UserID: p.UserID, JobID: p.JobID, Progress: &p}
}

// Bus publishes messages to every subscriber of every process on it.
type Bus interface {
	// Publish sends the messages. It does not wait for subscribers.
	Publish(ctx context.Context, msgs ...Message) error

	// Subscribe returns a channel of all messages from now on, closed when ctx
	// ends or the bus is closed. A subscriber that reads too slowly loses
	// messages and then receives one of KindLost; of progress it loses some before.
	Subscribe(ctx context.Context) <-chan Message
}

// Channel is the Postgres notification channel that messages travel on.
const Channel = "longhaul_events"

// maxPayload keeps a notification below the 8000 bytes that Postgres takes.
const maxPayload = 7500

var errTooLarge = errors.New("message is too large for a notification")

// Encode returns the messages as notification payloads, as few as fit.
func Encode(msgs ...Message) ([]string, error) {
	var out []string
	buf := []byte{'['}
	for _, m := range msgs {
		b, err := json.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("encode message: %w", err)
		}
		if len(b)+2 > maxPayload {
			return nil, errTooLarge
		}
		if len(buf) > 1 && len(buf)+len(b)+2 > maxPayload {
			out = append(out, string(append(buf, ']')))
			buf = []byte{'['}
		}
		if len(buf) > 1 {
			buf = append(buf, ',')
		}
		buf = append(buf, b...)
	}
	if len(buf) > 1 {
		out = append(out, string(append(buf, ']')))
	}
	return out, nil
}

// Decode returns the messages of a payload made by Encode.
func Decode(payload string) ([]Message, error) {
	var msgs []Message
	if err := json.Unmarshal([]byte(payload), &msgs); err != nil {
		return nil, fmt.Errorf("decode messages: %w", err)
	}
	for i := range msgs {
		if msgs[i].Progress != nil {
			msgs[i].Progress.UserID = msgs[i].UserID
		}
	}
	return msgs, nil
}
