package models

import "github.com/google/uuid"

// MaxBatch is how many sources one request may submit.
const MaxBatch = 100

// Verdict says what became of one source of a batch.
type Verdict string

// The verdicts on sources of a batch.
const (
	VerdictCreated   Verdict = "created"   // it is a job now
	VerdictDuplicate Verdict = "duplicate" // the user has it already, or fetches it
	VerdictInvalid   Verdict = "invalid"   // it, or a choice made for it, can't be read
	VerdictBlocked   Verdict = "blocked"   // policy blocks its content
	VerdictQuota     Verdict = "quota"     // the plan has no room for it
	VerdictRefused   Verdict = "refused"   // for another reason
)

// BatchVerdict is what became of one source of a batch. It is stored as it is, so
// that a repeated request gets the same answer.
type BatchVerdict struct {
	Verdict  Verdict    `json:"verdict"`
	JobID    *uuid.UUID `json:"jobId,omitempty"` // what was created, or what is there already
	Name     string     `json:"name,omitempty"`  // of that job
	Finished bool       `json:"finished,omitempty"`
	Code     string     `json:"code,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Field    string     `json:"field,omitempty"`
}

// Batch is a request for many jobs whose key is taken.
type Batch struct {
	ID       uuid.UUID
	Verdicts []BatchVerdict // nil until all are known
}

// Params of the refusal of what the user has already.
const (
	paramJob      = "job"
	paramName     = "name"
	paramFinished = "finished"
)

// HeldAlready refuses a source that the user has as another job.
func HeldAlready(id uuid.UUID, name string, finished bool) *Error {
	text := "You have a job for the same content already: “%s” (%s)."
	if finished {
		text = "You have downloaded this already: “%s” (%s)."
	}
	return Fault(ProblemDuplicateJob, text, name, id).With(paramJob, id.String()).With(paramName, name).With(paramFinished, finished)
}

// Created is the verdict on a source that is a job now.
func Created(job Job) BatchVerdict {
	return BatchVerdict{Verdict: VerdictCreated, JobID: &job.ID, Name: job.Name}
}

// Judged returns the verdict that a refusal of a source amounts to. It reports
// false for a fault of ours, which is no verdict: another try may go well.
func Judged(err error) (BatchVerdict, bool) {
	e := AsError(err)
	v := BatchVerdict{Verdict: verdictOf(e), Code: string(e.Code), Detail: e.Message, Field: e.Field}
	if e.Problem != "" {
		v.Code = string(e.Problem)
	}
	if text, ok := e.Params.Text(paramJob); ok {
		if id, err := uuid.Parse(text); err == nil {
			v.JobID = &id
		}
		v.Name, _ = e.Params.Text(paramName)
		v.Finished, _ = e.Params[paramFinished].(bool)
	}
	return v, v.Verdict != ""
}

// verdictOf returns the verdict that a fault amounts to, empty for one of ours.
func verdictOf(e *Error) Verdict {
	switch {
	case e.Problem == "" && (e.Code == CodeInternal || e.Code == CodeUnavailable || e.Code == CodeRateLimited):
		return ""
	case e.Problem == ProblemDuplicateJob:
		return VerdictDuplicate
	case e.Code == CodeBlocked:
		return VerdictBlocked
	case e.Code == CodeQuotaExceeded || e.Problem == ProblemContentTooLarge:
		return VerdictQuota
	case e.Code == CodeInvalid || e.Code == CodeTooLarge:
		return VerdictInvalid
	default:
		return VerdictRefused
	}
}
