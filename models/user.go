package models

import (
	"time"

	"github.com/google/uuid"
)

// Role is what an account may do.
type Role string

// The roles.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// User is an account.
type User struct {
	ID           uuid.UUID `gorm:"type:uuid;primaryKey"`
	Email        string    // normalised: NFKC, lower case
	PasswordHash string    // argon2id in PHC string form
	Role         Role
	DisabledAt   *time.Time
	CreatedAt    time.Time
}

// Session is one sign-in of a user in one browser or CLI.
type Session struct {
	IDHash     []byte    `gorm:"primaryKey"` // SHA-256 of the cookie's value
	UserID     uuid.UUID `gorm:"type:uuid"`
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time // absolute end
	IP         string
	UserAgent  string
}
