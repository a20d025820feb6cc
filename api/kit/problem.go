package kit

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"longhaul/internal/httpstatus"
	"longhaul/models"
)

// problemPrefix starts the type of every problem document.
const problemPrefix = "urn:longhaul:problem:"

// The media types of answers.
const (
	TypeJSON    = "application/json"
	typeProblem = "application/problem+json"
)

// Codes of faults that exist only in HTTP.
const (
	codeMethodNotAllowed = "method_not_allowed"
	codeUnsupportedMedia = "unsupported_media_type"
	codeMalformed        = "malformed_request"
	CodeCrossOrigin      = "cross_origin"
	codeAmbiguous        = "ambiguous_credentials"
)

// titles names every kind of fault in a few words.
func titles() map[models.Code]string {
	return map[models.Code]string{
		models.CodeInvalid:       "Invalid request",
		models.CodeUnauthorized:  "Not signed in",
		models.CodeForbidden:     "Not allowed",
		models.CodeNotFound:      "Not found",
		models.CodeConflict:      "Conflict with the current state",
		models.CodeQuotaExceeded: "Account limit reached",
		models.CodeTooLarge:      "Too large",
		models.CodeBlocked:       "Blocked",
		models.CodeRateLimited:   "Too many requests",
		models.CodeUnavailable:   "Temporarily unavailable",
		models.CodeInternal:      "Server error",
	}
}

// Problem is the body of every answer that is not a success (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Stable identifier of the problem: urn:longhaul:problem:<code>"`
	Title     string         `json:"title" doc:"The kind of fault in a few words"`
	Status    int            `json:"status" doc:"The HTTP status"`
	Detail    string         `json:"detail" doc:"One plain sentence for a person"`
	Code      string         `json:"code" doc:"For clients to act on; docs/problems.md lists the values"`
	Field     string         `json:"field,omitempty" doc:"The input field at fault"`
	RequestID string         `json:"requestId" doc:"Identifies the request in the server's log"`
	Errors    []FieldProblem `json:"errors,omitempty" nullable:"false" doc:"Each field at fault, if there are several"`

	retryAfter time.Duration
	headers    http.Header
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field" doc:"Where, such as body.email"`
	Detail string `json:"detail" doc:"What is wrong with it"`
}

// Error returns the sentence for the person.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus returns the HTTP status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of the answer.
func (p *Problem) ContentType(string) string { return typeProblem }

// GetHeaders returns the headers that belong to the fault.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// problemOf turns any error into the document that leaves the process. Only
// the public half of a models.Error is used; everything else is internal.
func problemOf(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		p.RequestID = InfoOf(ctx).ID
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) && models.CodeOf(err) == models.CodeInternal {
		err = models.Errorf(models.CodeUnavailable, "The request took too long. Try again.").Because(err)
	}
	e := models.AsError(err)
	p := &Problem{
		Title: cmp.Or(titles()[e.Code], titles()[models.CodeInternal]), Status: httpstatus.Of(e.Code), Detail: e.Message, Code: string(e.Code), Field: e.Field,
		RequestID: InfoOf(ctx).ID, headers: http.Header{},
	}
	if e.Problem != "" {
		p.Code = string(e.Problem)
	}
	p.Type = problemPrefix + p.Code
	switch e.Code {
	case models.CodeUnavailable:
		p.retryAfter = 5 * time.Second
	case models.CodeRateLimited:
		p.retryAfter = busyTime
	default:
	}
	if limited, ok := errors.AsType[*limitError](err); ok {
		p.retryAfter = limited.after
	}
	if p.retryAfter > 0 {
		p.headers.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return p
}

// NewProblem returns the document of a fault that exists only in HTTP.
func NewProblem(status int, code, title, detail string) *Problem {
	return &Problem{Type: problemPrefix + code, Title: title, Status: status, Detail: detail, Code: code}
}

// limitError is a rate limit with the time after which it is over.
type limitError struct {
	fault *models.Error
	after time.Duration
}

// Error returns what the log shows.
func (e *limitError) Error() string { return e.fault.Error() }

// Unwrap gives the public half.
func (e *limitError) Unwrap() error { return e.fault }

// errBusy turns a stranger away because there are too many at once.
func errBusy() error {
	return models.Errorf(models.CodeRateLimited, "Too many sign-ins and registrations right now. Try again in a moment.")
}

// RateLimited refuses what came too often, and says when to try again.
func RateLimited(after time.Duration) error {
	return RateLimitedBecause(after, "Too many attempts. Wait a moment and try again.")
}

// RateLimitedBecause is RateLimited in other words.
func RateLimitedBecause(after time.Duration, format string, args ...any) error {
	return &limitError{fault: models.Errorf(models.CodeRateLimited, format, args...), after: max(after, time.Second)}
}

// maxFieldProblems is how many faults of one request are listed. A long list of
// wrong values would make an answer many times its size.
const maxFieldProblems = 20

// FromFramework is a huma transformer: it turns the framework's own faults
// (validation, unreadable bodies) into our documents, without the offending
// values, which may be secrets.
func FromFramework(hc huma.Context, _ string, v any) (any, error) {
	em, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	InfoOf(hc.Context()).Err = em
	p := frameworkProblem(em.Status)
	p.RequestID = InfoOf(hc.Context()).ID
	for _, d := range em.Errors[:min(len(em.Errors), maxFieldProblems)] {
		if d != nil {
			p.Errors = append(p.Errors, FieldProblem{Field: d.Location, Detail: d.Message})
		}
	}
	if len(p.Errors) > 0 && p.Status == http.StatusUnprocessableEntity {
		p.Field = lastSegment(p.Errors[0].Field)
		p.Detail = "Please check the input: " + p.Errors[0].Detail + "."
	}
	return p, nil
}

func frameworkProblem(status int) *Problem {
	invalid := titles()[models.CodeInvalid]
	switch status {
	case http.StatusUnprocessableEntity:
		return NewProblem(status, string(models.CodeInvalid), invalid, "Please check the input.")
	case http.StatusRequestEntityTooLarge:
		return NewProblem(status, string(models.CodeTooLarge), titles()[models.CodeTooLarge], "The request is too large.")
	case http.StatusUnsupportedMediaType:
		return UnsupportedMedia("Send this request as application/json.")
	case http.StatusInternalServerError:
		return NewProblem(status, string(models.CodeInternal), titles()[models.CodeInternal], "Something went wrong on our side.")
	default:
		return NewProblem(status, codeMalformed, invalid, "The request could not be read.")
	}
}

// UnsupportedMedia refuses a body of a type that is not read here.
func UnsupportedMedia(detail string) *Problem {
	return NewProblem(http.StatusUnsupportedMediaType, codeUnsupportedMedia, titles()[models.CodeInvalid], detail)
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// Abort answers a fault outside of an operation: middleware, unknown routes,
// delivery.
func Abort(c *gin.Context, err error) {
	ctx := c.Request.Context()
	InfoOf(ctx).Err = err
	writeProblem(c, problemOf(ctx, err))
}

func writeProblem(c *gin.Context, p *Problem) {
	for k, vs := range p.headers {
		c.Writer.Header()[k] = vs
	}
	c.Header("Content-Type", typeProblem)
	c.Header("Cache-Control", "no-store")
	c.Abort()
	if c.Request.Method == http.MethodHead {
		c.Status(p.Status)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Render(p.Status, problemRender{p})
}

// StorageFault tells a client of a fault of object storage as what it is.
func StorageFault(err error) error {
	if models.CodeOf(err) != models.CodeInternal {
		return err
	}
	return models.Fault(models.ProblemStorageFailing, "Object storage is not responding correctly.").Because(err)
}
