// Package agentfault reads the faults and reasons that agents report. Agents are not trusted:
// only codes that are ours count, and texts and parameters are bounded. It does
// not decide what follows a fault.
package agentfault

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// limit is how many bytes of an agent's text are kept.
const limit = 300

// Reported reads the fault of a transfer that failed. A problem that is not one
// of ours counts as a fault of ours that may pass.
func Reported(f *agentapi.Fault) *models.Error {
	if f == nil {
		return models.Errorf(models.CodeInternal, "The agent gave no reason.")
	}
	if p := models.Problem(f.Problem); slices.Contains(models.Problems(), p) {
		fault := models.Fault(p, "%s", Sentence(f.Message))
		fault.Params = models.ParamsOf(f.Params).Bounded()
		return fault
	}
	return models.Errorf(models.CodeInternal, "%s", Sentence(f.Message))
}

// Waiting reads why a transfer gets nothing. A code that is not one of ours, as
// a newer agent may send, counts as none.
func Waiting(r *agentapi.Reason) models.Reason {
	if r == nil || !models.ReasonCode(r.Code).Valid() {
		return models.Reason{}
	}
	return models.Reason{Code: models.ReasonCode(r.Code), Params: models.ParamsOf(r.Params).Bounded()}
}

// Refused reads why a call to an agent failed: the agent's own reason, or that
// it could not be called.
func Refused(err error) *models.Error {
	if p, ok := errors.AsType[*agentapi.Problem](err); ok {
		problem := models.Problem(p.Code)
		if slices.Contains(models.Problems(), problem) {
			return models.Fault(problem, "%s", Sentence(p.Detail)).Because(err)
		}
	}
	return models.Fault(models.ProblemAgentUnreachable, "Could not reach the agent; will retry.").Because(err)
}

// Sentence makes one line of bounded length of a text that an agent sent: it
// is shown in terminals, mails and pages, and may hold what moves a cursor or
// turns the direction of writing.
func Sentence(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, " "), func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }), " ")
	if s == "" {
		return "The agent gave no reason."
	}
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
