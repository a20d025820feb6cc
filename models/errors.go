package models

import (
	"errors"
	"fmt"
	"maps"
)

// Code says what kind of fault an error is. The two borders (HTTP status in
// api, Temporal failure type in activities) decide by it alone.
type Code string

// The kinds of fault.
const (
	CodeInvalid       Code = "invalid"        // the request or source is malformed
	CodeUnauthorized  Code = "unauthorized"   // nobody is signed in, or the credential is wrong
	CodeForbidden     Code = "forbidden"      // signed in, but not allowed
	CodeNotFound      Code = "not_found"      // no such thing, or it belongs to someone else
	CodeConflict      Code = "conflict"       // the current state doesn't allow the act
	CodeQuotaExceeded Code = "quota_exceeded" // a limit of the account is reached
	CodeTooLarge      Code = "too_large"      // the request or content is over a size limit
	CodeBlocked       Code = "blocked"        // a policy or legal block; never retried, never failed over
	CodeRateLimited   Code = "rate_limited"   // too many requests; see Error.RetryAfter
	CodeUnavailable   Code = "unavailable"    // something needed is unavailable for now; a retry helps
	CodeInternal      Code = "internal"       // a fault of ours
)

// Codes returns every code, for tests that walk the borders.
func Codes() []Code {
	return []Code{
		CodeInvalid, CodeUnauthorized, CodeForbidden, CodeNotFound, CodeConflict, CodeQuotaExceeded,
		CodeTooLarge, CodeBlocked, CodeRateLimited, CodeUnavailable, CodeInternal,
	}
}

// Error is the one error type of the project: what kind of fault, which
// specific problem, a sentence for the person affected, and the cause, which
// never leaves the process.
type Error struct {
	Code    Code
	Problem Problem // the specific fault, stable for clients; may be empty
	Field   string  // the input field at fault, as a JSON name; may be empty
	Message string  // one plain sentence for a user
	Params  Params  // details of this fault, for the reason of a job that meets it
	Cause   error   // internal; for logs only
}

// Error returns the code, message and cause, for logs.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Problem != "" {
		s += "/" + string(e.Problem)
	}
	s += ": " + e.Message
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf returns an Error of the code with a formatted public message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Fault returns an Error for a specific problem with its public message and the
// problem's code.
func Fault(p Problem, format string, args ...any) *Error {
	return &Error{Code: p.Code(), Problem: p, Message: fmt.Sprintf(format, args...)}
}

// In returns a copy of the error that names the input field at fault.
func (e *Error) In(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because returns a copy of the error with the internal cause attached.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// With returns a copy of the error with one more parameter of its reason.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Params = maps.Clone(e.Params).with(name, value)
	return &c
}

// Reason returns the reason of a job in a state to which the fault led.
func (e *Error) Reason() Reason {
	switch {
	case e.Problem != "":
		return e.Problem.Reason(e.Params)
	case e.Code == CodeUnavailable || e.Code == CodeRateLimited:
		return Reason{Code: ReasonUnavailable, Params: e.Params}
	default:
		return Reason{Code: ReasonInternal, Params: e.Params}
	}
}

// AsError returns err as an Error; any other type becomes CodeInternal with a
// message that reveals nothing.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: CodeInternal, Message: "Something went wrong on our side.", Cause: err}
}

// CodeOf returns the code of err, CodeInternal for foreign errors.
func CodeOf(err error) Code { return AsError(err).Code }

// IsNotFound reports whether err says that something does not exist.
func IsNotFound(err error) bool { return err != nil && CodeOf(err) == CodeNotFound }

// ProblemOf returns the problem of err, empty if it has none.
func ProblemOf(err error) Problem {
	if err == nil {
		return ""
	}
	return AsError(err).Problem
}
