package models

import "log/slog"

// Login is a user name and password for the server of an address. It has no text
// of its own in logs and formatted output, and no JSON.
type Login struct {
	User, Password string
}

// String hides the login.
func (Login) String() string { return "[login]" }

// GoString hides the login.
func (Login) GoString() string { return "[login]" }

// LogValue hides the login.
func (Login) LogValue() slog.Value { return slog.StringValue("[login]") }

// MarshalJSON hides the login: nothing that is encoded as a whole may hold it.
func (Login) MarshalJSON() ([]byte, error) { return []byte("null"), nil }
