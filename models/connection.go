package models

import (
	"time"

	"github.com/google/uuid"
)

// App is a first-party program that users connect to their account.
type App string

// AppExtension is the browser extension.
const AppExtension App = "extension"

// Scopes returns what the app may ask for, nil for an unknown one.
func (a App) Scopes() []Scope {
	if a == AppExtension {
		return []Scope{ScopeJobsWrite, ScopeJobsRead, ScopeFilesRead}
	}
	return nil
}

// Connection is what a user approved for an app. The app exchanges a code and
// its own secret for a token, once and within ConnectionTime.
type Connection struct {
	Hash        []byte    `gorm:"primaryKey"` // SHA-256 of the code
	UserID      uuid.UUID `gorm:"type:uuid"`
	Client      App
	Name        string  // of the device
	Scopes      []Scope `gorm:"serializer:json"`
	RedirectURI string
	Challenge   []byte // SHA-256 of the app's secret
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// ConnectionTime is how long an app can take to fetch its token.
const ConnectionTime = 2 * time.Minute
