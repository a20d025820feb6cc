package admin

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

type trailHandlers struct{ store Store }

func (h *trailHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/api/v1/admin/audit", Tags: []string{tagAdmin},
		Summary: "List the audit log, newest first",
	}, h.audit)
	kit.Handle(r, huma.Operation{
		OperationID: "verify-audit", Method: http.MethodGet, Path: "/api/v1/admin/audit/verify", Tags: []string{tagAdmin},
		Summary:     "Check the audit log's hash chain",
		Description: "Reads the whole log. Keep the head's id and hash somewhere else to prove later that nothing was cut off.",
	}, h.verifyAudit)
	kit.Handle(r, huma.Operation{
		OperationID: "list-security-events", Method: http.MethodGet, Path: "/api/v1/admin/security-events", Tags: []string{tagAdmin},
		Summary: "List security events, newest first", Description: "Kept for 90 days.",
	}, h.security)
	kit.Handle(r, huma.Operation{
		OperationID: "verify-security-events", Method: http.MethodGet, Path: "/api/v1/admin/security-events/verify", Tags: []string{tagAdmin},
		Summary:     "Check the security events' hash chain",
		Description: "Starts at the oldest event that is kept.",
	}, h.verifySecurity)
	kit.Handle(r, huma.Operation{
		OperationID: "list-mails", Method: http.MethodGet, Path: "/api/v1/admin/mails", Tags: []string{tagAdmin},
		Summary: "List mails and their delivery state, newest first", Description: "Without text and links. Kept for 30 days after they were sent or given up.",
	}, h.mails)
}

// AuditInfo is one line of the audit log.
type AuditInfo struct {
	ID         int64          `json:"id"`
	At         time.Time      `json:"at"`
	ActorKind  string         `json:"actorKind" enum:"user,admin,agent,system,console"`
	ActorID    *uuid.UUID     `json:"actorId" format:"uuid" nullable:"true" doc:"The account or agent; null for the system and the console"`
	ActorName  string         `json:"actorName" doc:"The account's address or the agent's name; empty if it was deleted"`
	Action     string         `json:"action" doc:"What it concerns, a dot, and the verb, such as job.delete"`
	TargetKind string         `json:"targetKind"`
	TargetID   string         `json:"targetId"`
	TargetName string         `json:"targetName" doc:"An account's address or an agent's name; empty for other targets and if it was deleted"`
	IP         string         `json:"ip"`
	Before     map[string]any `json:"before" nullable:"true" doc:"The state before, without secrets; null if there was none"`
	After      map[string]any `json:"after" nullable:"true" doc:"The state after, without secrets; null if there is none"`
	Hash       string         `json:"hash" doc:"SHA-256 in hex of this entry and the previous entry's hash"`
}

type auditInput struct {
	Actor      string    `query:"actor" maxLength:"254" doc:"Who did it: an account's id or address, or an agent's id or name"`
	Action     string    `query:"action" maxLength:"100" doc:"An action, or the part before its dot for a whole area"`
	TargetKind string    `query:"targetKind" maxLength:"100"`
	Target     string    `query:"target" maxLength:"254" doc:"What it was done to: an id, an account's address or an agent's name"`
	From       time.Time `query:"from" doc:"This time or later"`
	To         time.Time `query:"to" doc:"Before this time"`
	PageQuery
}

// PageQuery asks for a page of a list.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"32" doc:"nextCursor of the previous page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// before reads the cursor: the last id of the previous page.
func (p PageQuery) before() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(p.Cursor, 10, 64)
	if err != nil || id < 1 {
		return 0, models.Errorf(models.CodeInvalid, "This cursor does not belong to this list.").In("cursor")
	}
	return id, nil
}

type auditOutput struct {
	Body struct {
		Entries    []AuditInfo `json:"entries" nullable:"false"`
		NextCursor string      `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"AuditPage"`
}

func (h *trailHandlers) audit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	list, err := h.store.Audit(ctx, models.AuditFilter{
		Actor: in.Actor, Action: in.Action, TargetKind: in.TargetKind, Target: in.Target, From: in.From, To: in.To,
		Before: before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &auditOutput{}
	out.Body.Entries = make([]AuditInfo, 0, len(list))
	for _, e := range list {
		out.Body.Entries = append(out.Body.Entries, AuditInfo{
			ID: e.ID, At: e.At, ActorKind: string(e.ActorKind), ActorID: e.ActorID, ActorName: e.ActorName, Action: string(e.Action),
			TargetKind: e.TargetKind, TargetID: e.TargetID, TargetName: e.TargetName, IP: e.IP, Before: e.Before, After: e.After, Hash: hex.EncodeToString(e.Hash),
		})
	}
	if len(list) == in.Limit && list[in.Limit-1].ID > 1 {
		out.Body.NextCursor = strconv.FormatInt(list[in.Limit-1].ID, 10)
	}
	return out, nil
}

type chainCheckOutput struct {
	Body struct {
		Intact   bool   `json:"intact" doc:"Every entry fits the one before it"`
		Entries  int64  `json:"entries" doc:"How many were read"`
		HeadID   int64  `json:"headId" doc:"The newest intact entry; 0 for none"`
		HeadHash string `json:"headHash" doc:"Its hash, in hex"`
		BrokenID int64  `json:"brokenId" doc:"The first entry that does not fit; 0 if all do"`
		Fault    string `json:"fault" doc:"What is wrong with it, in one plain sentence"`
	} `nameHint:"ChainCheck"`
}

func (h *trailHandlers) verifyAudit(ctx context.Context, _ *kit.Empty) (*chainCheckOutput, error) {
	return chainCheck(h.store.VerifyAudit(ctx))
}

func (h *trailHandlers) verifySecurity(ctx context.Context, _ *kit.Empty) (*chainCheckOutput, error) {
	return chainCheck(h.store.VerifySecurityEvents(ctx))
}

func chainCheck(check models.ChainCheck, err error) (*chainCheckOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &chainCheckOutput{}
	out.Body.Intact, out.Body.Entries, out.Body.HeadID = check.BrokenID == 0, check.Entries, check.HeadID
	out.Body.HeadHash, out.Body.BrokenID, out.Body.Fault = hex.EncodeToString(check.HeadHash), check.BrokenID, check.Fault
	return out, nil
}

// SecurityInfo is one security event.
type SecurityInfo struct {
	ID        int64      `json:"id"`
	At        time.Time  `json:"at"`
	Kind      string     `json:"kind" doc:"login, login_failed, second_factor_failed, passkey_copied, token_refused, credential_refused, access_refused, cross_origin, rate_limited, share_password, file_replaced …"`
	UserID    *uuid.UUID `json:"userId" format:"uuid" nullable:"true" doc:"The account, if known"`
	UserEmail string     `json:"userEmail" doc:"Its address; empty if it was deleted"`
	IP        string     `json:"ip"`
	UserAgent string     `json:"userAgent"`
	Detail    string     `json:"detail"`
}

type securityInput struct {
	Kind string    `query:"kind" maxLength:"50"`
	User string    `query:"user" maxLength:"254" doc:"The account's id or address"`
	IP   string    `query:"ip" maxLength:"64"`
	From time.Time `query:"from" doc:"This time or later"`
	To   time.Time `query:"to" doc:"Before this time"`
	PageQuery
}

type securityOutput struct {
	Body struct {
		Events     []SecurityInfo `json:"events" nullable:"false"`
		NextCursor string         `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"SecurityEventPage"`
}

func (h *trailHandlers) security(ctx context.Context, in *securityInput) (*securityOutput, error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	list, err := h.store.SecurityEvents(ctx, models.SecurityFilter{
		Kind: models.SecurityKind(in.Kind), User: in.User, IP: in.IP, From: in.From, To: in.To, Before: before, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &securityOutput{}
	out.Body.Events = make([]SecurityInfo, 0, len(list))
	for _, e := range list {
		out.Body.Events = append(out.Body.Events, SecurityInfo{
			ID: e.ID, At: e.At, Kind: string(e.Kind), UserID: e.UserID, UserEmail: e.UserEmail, IP: e.IP, UserAgent: e.UserAgent, Detail: e.Detail,
		})
	}
	if len(list) == in.Limit {
		out.Body.NextCursor = strconv.FormatInt(list[in.Limit-1].ID, 10)
	}
	return out, nil
}

// MailInfo is a mail without its text.
type MailInfo struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	To        string     `json:"to"`
	UserID    *uuid.UUID `json:"userId" format:"uuid" nullable:"true"`
	Kind      string     `json:"kind"`
	State     string     `json:"state" enum:"queued,sent,failed"`
	Attempts  int        `json:"attempts"`
	LastError string     `json:"lastError" doc:"Why the last attempt failed; empty if it succeeded"`
	CreatedAt time.Time  `json:"createdAt"`
	EndedAt   *time.Time `json:"endedAt" doc:"When it was sent or given up on"`
}

type mailsInput struct {
	State string    `query:"state" enum:"queued,sent,failed" required:"false"`
	Until time.Time `query:"before" doc:"createdAt of the previous page's last mail"`
	Limit int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type mailsOutput struct {
	Body struct {
		Mails []MailInfo `json:"mails" nullable:"false"`
	} `nameHint:"MailPage"`
}

func (h *trailHandlers) mails(ctx context.Context, in *mailsInput) (*mailsOutput, error) {
	list, err := h.store.Mails(ctx, models.MailState(in.State), in.Until, in.Limit)
	if err != nil {
		return nil, err
	}
	return mailsOf(list), nil
}

func mailsOf(list []models.Mail) *mailsOutput {
	out := &mailsOutput{}
	out.Body.Mails = make([]MailInfo, 0, len(list))
	for _, m := range list {
		out.Body.Mails = append(out.Body.Mails, MailInfo{
			ID: m.ID, To: m.To, UserID: m.UserID, Kind: string(m.Kind), State: string(m.State), Attempts: m.Attempts,
			LastError: m.LastError, CreatedAt: m.CreatedAt, EndedAt: m.EndedAt,
		})
	}
	return out
}
