package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/models"
)

// How long calls to the worker may take; a person waits for them.
const (
	verifyBudget = 45 * time.Second
	moveBudget   = 5 * time.Second
)

// ProviderRecords keeps which provider new jobs go to, and what is known of
// each. The actor's acts are audited in the same transaction.
type ProviderRecords interface {
	ProviderOverview(ctx context.Context) (models.ProviderOverview, error)
	SwitchProvider(ctx context.Context, actor models.Actor, c models.ProviderChange) (models.ProviderConfig, error)
	ProviderHistory(ctx context.Context, before int64, limit int) ([]models.ProviderEntry, error)
	RecordAudit(ctx context.Context, e models.AuditEntry) error
	AnyJob(ctx context.Context, jobID uuid.UUID) (models.Job, error)
}

// ProviderControl reaches the worker, which alone has Seedr's credentials.
type ProviderControl interface {
	VerifySeedr(ctx context.Context) (models.ProviderCheck, error)
	ChangeProvider(ctx context.Context, job models.Job, to models.Provider) error
}

type providerHandlers struct {
	records ProviderRecords
	control ProviderControl
	now     func() time.Time
}

func (h *providerHandlers) routes(r *router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	handle(r, accessAdmin, op("list-providers", http.MethodGet, "providers", "The providers, their health and which one is active", ""), h.list)
	handle(r, accessAdmin, op("switch-provider", http.MethodPost, "providers/switch", "Send new jobs to another provider, or change the options",
		"Jobs that are there stay where they are. The provider is verified first."), h.change)
	handle(r, accessAdmin, op("verify-provider", http.MethodPost, "providers/verify", "Check a provider by a real call", ""), h.verify)
	handle(r, accessAdmin, op("provider-history", http.MethodGet, "providers/history", "Who switched providers, when, and what was verified", ""), h.history)
	handle(r, accessAdmin, op("move-job", http.MethodPost, "jobs/{id}/provider", "Give one open job to another provider",
		"It keeps what is in storage and queues anew."), h.move)
}

type providersOutput struct{ Body ProviderList }

func (h *providerHandlers) list(ctx context.Context, _ *empty) (*providersOutput, error) {
	o, err := h.records.ProviderOverview(ctx)
	if err != nil {
		return nil, err
	}
	return &providersOutput{Body: providerList(o, h.now())}, nil
}

type switchInput struct {
	Body struct {
		Provider provider       `json:"provider"`
		Confirm  string         `json:"confirm" maxLength:"20" doc:"The provider's name again, as a person types it"`
		Options  map[string]any `json:"options,omitempty" doc:"failover and userChoice; what is left out stays as it is"`
		Force    bool           `json:"force,omitempty" doc:"Switch although the verification fails"`
	} `nameHint:"SwitchProvider"`
}

type switchOutput struct {
	Body struct {
		Entry ProviderHistoryEntry `json:"entry"`
	} `nameHint:"ProviderSwitched"`
}

func (h *providerHandlers) change(ctx context.Context, in *switchInput) (*switchOutput, error) {
	to := models.Provider(in.Body.Provider)
	if in.Body.Confirm != string(to) {
		return nil, models.Errorf(models.CodeInvalid, "Type the provider's name, %s, to confirm.", to).In("confirm")
	}
	o, err := h.records.ProviderOverview(ctx)
	if err != nil {
		return nil, err
	}
	options, err := readOptions(o.Config.Options, in.Body.Options)
	if err != nil {
		return nil, err
	}
	check, err := h.check(ctx, to, o)
	if err != nil && !in.Body.Force {
		return nil, err
	}
	if !check.OK && !in.Body.Force {
		return nil, refusedSwitch(check)
	}
	entry, err := h.records.SwitchProvider(ctx, actorOf(ctx), models.ProviderChange{To: to, Options: options, Verified: &check})
	if err != nil {
		return nil, err
	}
	out := &switchOutput{}
	out.Body.Entry = historyEntry(models.ProviderEntry{ProviderConfig: entry, Email: caller(ctx).Email})
	return out, nil
}

func refusedSwitch(check models.ProviderCheck) error {
	if check.Problem == "" {
		return models.Errorf(models.CodeConflict, "%s Nothing was switched.", check.Message).In("provider")
	}
	return models.Fault(check.Problem, "%s Nothing was switched.", check.Message).In("provider")
}

type verifyInput struct {
	Body struct {
		Provider provider `json:"provider"`
	} `nameHint:"VerifyProvider"`
}

type verifyOutput struct{ Body ProviderCheck }

func (h *providerHandlers) verify(ctx context.Context, in *verifyInput) (*verifyOutput, error) {
	to := models.Provider(in.Body.Provider)
	o, err := h.records.ProviderOverview(ctx)
	if err != nil {
		return nil, err
	}
	check, err := h.check(ctx, to, o)
	if err != nil {
		return nil, err
	}
	e := actorOf(ctx).Did(models.AuditProviderVerified, "provider", string(to))
	e.After = map[string]any{"ok": check.OK, "problem": string(check.Problem)}
	if err := h.records.RecordAudit(ctx, e); err != nil {
		return nil, err
	}
	return &verifyOutput{Body: checkOf(check)}, nil
}

// check verifies a provider: Seedr by a call that a worker makes, the agents by
// what their heartbeats tell.
func (h *providerHandlers) check(ctx context.Context, p models.Provider, o models.ProviderOverview) (models.ProviderCheck, error) {
	if p == models.ProviderSeedr {
		limited, cancel := context.WithTimeout(ctx, verifyBudget)
		defer cancel()
		check, err := h.control.VerifySeedr(limited)
		if err != nil {
			check = models.ProviderCheck{Provider: p, At: h.now(), Message: "No worker answered."}
			return check, models.Errorf(models.CodeUnavailable, "No worker answered. Please try again shortly.").Because(err)
		}
		return check, nil
	}
	check := models.ProviderCheck{
		Provider: p, At: h.now(), OK: o.Agents > 0, Agents: o.Agents, Slots: o.Slots, Taken: max(o.Slots-o.Free, 0), Message: "Agents take work.",
	}
	if !check.OK {
		check.Problem, check.Message = models.ProblemNoAgent, "No agent is online that takes work."
	}
	return check, nil
}

type historyInput struct {
	Before int64 `query:"before" minimum:"0" default:"0" doc:"Only entries with a smaller id"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type historyOutput struct {
	Body struct {
		Entries []ProviderHistoryEntry `json:"entries" nullable:"false" doc:"Newest first"`
	} `nameHint:"ProviderHistory"`
}

func (h *providerHandlers) history(ctx context.Context, in *historyInput) (*historyOutput, error) {
	list, err := h.records.ProviderHistory(ctx, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &historyOutput{}
	out.Body.Entries = make([]ProviderHistoryEntry, 0, len(list))
	for _, e := range list {
		out.Body.Entries = append(out.Body.Entries, historyEntry(e))
	}
	return out, nil
}

type moveInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Provider provider `json:"provider"`
	} `nameHint:"MoveJob"`
}

type moveOutput struct {
	Body struct {
		ID       uuid.UUID `json:"id" format:"uuid"`
		Provider provider  `json:"provider"`
		State    jobState  `json:"state"`
	} `nameHint:"JobMoved"`
}

func (h *providerHandlers) move(ctx context.Context, in *moveInput) (*moveOutput, error) {
	job, err := h.records.AnyJob(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	to := models.Provider(in.Body.Provider)
	limited, cancel := context.WithTimeout(ctx, moveBudget)
	defer cancel()
	if err := h.control.ChangeProvider(limited, job, to); err != nil {
		return nil, err
	}
	e := actorOf(ctx).Did(models.AuditJobMoved, "job", job.ID.String())
	e.Before, e.After = map[string]any{"provider": string(job.Provider)}, map[string]any{"provider": string(to)}
	if err := h.records.RecordAudit(ctx, e); err != nil {
		return nil, err
	}
	if job, err = h.records.AnyJob(ctx, in.ID); err != nil {
		return nil, err
	}
	out := &moveOutput{}
	out.Body.ID, out.Body.Provider, out.Body.State = job.ID, provider(job.Provider), jobState(job.State)
	return out, nil
}
