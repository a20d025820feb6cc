package models

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Bounds of webhooks.
const (
	MaxWebhooks       = 10 // of one user
	MaxWebhookName    = 100
	MaxWebhookAddress = 2000
)

// WebhookTries are the pauses before each attempt to deliver an event, after the
// one before: about three days in all, as Standard Webhooks recommends.
func WebhookTries() []time.Duration {
	return []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// WebhookFails is for how long nothing may arrive before a webhook is turned off.
const WebhookFails = 5 * 24 * time.Hour

// Webhook is an address to which a user has events sent.
type Webhook struct {
	ID           uuid.UUID `gorm:"type:uuid;primaryKey"`
	UserID       uuid.UUID `gorm:"type:uuid"`
	Name         string
	Host         string      // of the address, with its port if it has one
	Sealed       string      // a WebhookTarget, see token.Keys.SealWebhook
	Events       []Notable   `gorm:"serializer:json"` // of jobs
	Labels       []uuid.UUID `gorm:"-"`               // only of jobs that have one of these; empty for all
	Enabled      bool
	OffReason    WebhookOff // why Longhaul turned it off; empty if it did not
	FailingSince *time.Time // since when no delivery arrived; nil while they do
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// WebhookTarget is what of a webhook is secret: the address may hold a key, and
// whoever has the secret can sign.
type WebhookTarget struct {
	URL    string
	Secret string // "whsec_" and 32 random bytes in base64
}

// WebhookOff is why Longhaul turned a webhook off.
type WebhookOff string

// Why webhooks are turned off.
const (
	WebhookGone    WebhookOff = "gone"    // its server answered 410
	WebhookFailing WebhookOff = "failing" // nothing arrived for days
)

// WebhookOffs returns every such reason.
func WebhookOffs() []WebhookOff { return []WebhookOff{WebhookGone, WebhookFailing} }

// WebhookChange changes a webhook; what is nil stays.
type WebhookChange struct {
	Name    *string
	Target  *WebhookChangedTarget
	Events  []Notable
	Labels  []uuid.UUID // empty, and not nil, lifts the limit
	Enabled *bool       // turning it on forgets that it failed
}

// WebhookChangedTarget is another address or secret of a webhook, sealed.
type WebhookChangedTarget struct{ Host, Sealed string }

// CheckedWebhookName returns the name without spaces around it, or refuses it.
func CheckedWebhookName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > MaxWebhookName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Errorf(CodeInvalid, "A name has 1 to %d characters.", MaxWebhookName).In("name")
	}
	return name, nil
}

// DeliveryState is how far a delivery to a webhook is.
type DeliveryState string

// The states of deliveries.
const (
	DeliveryQueued    DeliveryState = "queued" // on its way, see WebhookTries
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"
)

// DeliveryStates returns every state.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryQueued, DeliveryDelivered, DeliveryFailed}
}

// WebhookDelivery is an event on its way to a webhook.
type WebhookDelivery struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey"`
	WebhookID uuid.UUID `gorm:"type:uuid"`
	MessageID uuid.UUID `gorm:"type:uuid"` // what the receiver knows the event by; a replay has that of what it repeats
	Event     Notable
	Body      string // what is sent, JSON
	State     DeliveryState
	Attempts  int
	Status    int    // of the last answer; 0 if there was none
	Error     string // why the last attempt failed, in words that hold no secret
	CreatedAt time.Time
	TriedAt   *time.Time
	EndedAt   *time.Time

	RestartedAt *time.Time // when it was last found late, and started again
}

// WebhookAttempt is one attempt of a delivery.
type WebhookAttempt struct {
	DeliveryID uuid.UUID `gorm:"type:uuid;primaryKey"`
	N          int       `gorm:"primaryKey"` // from 1
	At         time.Time
	Took       time.Duration
	Status     int    // of the answer; 0 if there was none
	Error      string // empty if it arrived
}

// WebhookSend is a delivery with where it goes.
type WebhookSend struct {
	WebhookDelivery
	Webhook Webhook `gorm:"-"`
	Closed  bool    `gorm:"-"` // its account is disabled, or is being deleted
}
