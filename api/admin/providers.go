package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// verifyBudget is how long a call to the worker may take; a person waits for it.
const verifyBudget = 45 * time.Second

type providerHandlers struct {
	store     Store
	workflows Workflows
	now       func() time.Time
}

func (h *providerHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-providers", http.MethodGet, "providers", "List the providers, their health and which one is active", ""), h.list)
	kit.Handle(r, op("switch-provider", http.MethodPost, "providers/switch", "Switch providers or change the options",
		"Existing jobs stay where they are. The provider is verified first."), h.change)
	kit.Handle(r, op("verify-provider", http.MethodPost, "providers/verify", "Check a provider with a real call", ""), h.verify)
	kit.Handle(r, op("provider-history", http.MethodGet, "providers/history", "List provider switches: who, when and what was verified", ""), h.history)
}

type providersOutput struct{ Body ProviderList }

func (h *providerHandlers) list(ctx context.Context, _ *kit.Empty) (*providersOutput, error) {
	o, err := h.store.ProviderOverview(ctx)
	if err != nil {
		return nil, err
	}
	return &providersOutput{Body: providerList(o, h.now())}, nil
}

type switchInput struct {
	Body struct {
		Provider kit.Provider   `json:"provider"`
		Confirm  string         `json:"confirm" maxLength:"20" doc:"The provider's name again, typed as confirmation"`
		Options  map[string]any `json:"options,omitempty" doc:"failover and userChoice; what is left out stays unchanged"`
		Force    bool           `json:"force,omitempty" doc:"Switch even if verification fails"`
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
		return nil, models.Errorf(models.CodeInvalid, "Type %s to confirm.", to).In("confirm")
	}
	o, err := h.store.ProviderOverview(ctx)
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
	entry, err := h.store.SwitchProvider(ctx, kit.ActorOf(ctx), models.ProviderChange{To: to, Options: options, Verified: &check})
	if err != nil {
		return nil, err
	}
	out := &switchOutput{}
	out.Body.Entry = historyEntry(models.ProviderEntry{ProviderConfig: entry, Email: kit.Caller(ctx).Email})
	return out, nil
}

func refusedSwitch(check models.ProviderCheck) error {
	if check.Problem == "" {
		return models.Errorf(models.CodeConflict, "%s The active provider did not change.", check.Message).In("provider")
	}
	return models.Fault(check.Problem, "%s The active provider did not change.", check.Message).In("provider")
}

type verifyInput struct {
	Body struct {
		Provider kit.Provider `json:"provider"`
	} `nameHint:"VerifyProvider"`
}

type verifyOutput struct{ Body ProviderCheck }

func (h *providerHandlers) verify(ctx context.Context, in *verifyInput) (*verifyOutput, error) {
	to := models.Provider(in.Body.Provider)
	o, err := h.store.ProviderOverview(ctx)
	if err != nil {
		return nil, err
	}
	check, err := h.check(ctx, to, o)
	if err != nil {
		return nil, err
	}
	e := kit.ActorOf(ctx).Did(models.AuditProviderVerified, "provider", string(to))
	e.After = map[string]any{"ok": check.OK, "problem": string(check.Problem)}
	if err := h.store.RecordAudit(ctx, e); err != nil {
		return nil, err
	}
	return &verifyOutput{Body: checkOf(check)}, nil
}

// check verifies a provider: Seedr with a call from a worker, the agents by
// their heartbeats.
func (h *providerHandlers) check(ctx context.Context, p models.Provider, o models.ProviderOverview) (models.ProviderCheck, error) {
	if p == models.ProviderSeedr {
		limited, cancel := context.WithTimeout(ctx, verifyBudget)
		defer cancel()
		check, err := h.workflows.VerifySeedr(limited)
		if err != nil {
			check = models.ProviderCheck{Provider: p, At: h.now(), Message: "No worker answered."}
			return check, models.Errorf(models.CodeUnavailable, "No worker answered. Try again shortly.").Because(err)
		}
		return check, nil
	}
	check := models.ProviderCheck{
		Provider: p, At: h.now(), OK: o.Agents > 0, Agents: o.Agents, Slots: o.Slots, Taken: max(o.Slots-o.Free, 0), Message: "Agents accept jobs.",
	}
	if !check.OK {
		check.Problem, check.Message = models.ProblemNoAgent, "No online agent accepts jobs."
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
	list, err := h.store.ProviderHistory(ctx, in.Before, in.Limit)
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
