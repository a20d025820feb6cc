package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// flagStore keeps which features are on for whom.
type flagStore interface {
	// FlagOnForAny reports whether the feature is on for some account.
	FlagOnForAny(ctx context.Context, flag models.Flag) (bool, error)
	FlagRules(ctx context.Context) ([]models.FlagEntry, error)
	SetFlag(ctx context.Context, by models.Actor, c models.FlagChange) error
}

// flagHandlers serve the features that can be switched off.
type flagHandlers struct{ store Store }

func (h *flagHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-flags", Method: http.MethodGet, Path: "/api/v1/admin/flags", Tags: []string{tagAdmin},
		Summary: "List the features that can be switched off, and for whom they are",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "set-flag", Method: http.MethodPut, Path: "/api/v1/admin/flags/{feature}", Tags: []string{tagAdmin},
		Summary: "Switch a feature on or off",
		Description: "For one account, for the accounts of a plan, or for everyone if neither is named. The rule of an account is stronger than that of its plan, " +
			"and that is stronger than the one for everyone; without any, a feature is on. It holds from the response on. Jobs that are there continue. " +
			"The audit log keeps what was set, by whom and why.",
	}, h.set)
}

// FlagRule switches a feature for some accounts.
type FlagRule struct {
	Plan      string    `json:"plan" doc:"Id of the plan; empty if the rule isn't for a plan"`
	PlanName  string    `json:"planName"`
	UserID    string    `json:"userId" doc:"Id of the account; empty if the rule isn't for one"`
	Email     string    `json:"email" doc:"Of the account"`
	Enabled   bool      `json:"enabled"`
	Reason    string    `json:"reason"`
	By        string    `json:"by" doc:"E-mail address of who set it; empty for the console, and if the account was deleted"`
	ChangedAt time.Time `json:"changedAt"`
}

// FlagState is a feature with its rules.
type FlagState struct {
	Feature kit.Feature `json:"feature"`
	Enabled bool        `json:"enabled" doc:"On for everyone whom no other rule concerns"`
	Rules   []FlagRule  `json:"rules" nullable:"false" doc:"That for everyone first, then those of plans, then those of accounts"`
}

type flagsOutput struct {
	Body struct {
		Flags []FlagState `json:"flags" nullable:"false"`
	} `nameHint:"FlagList"`
}

func (h *flagHandlers) list(ctx context.Context, _ *kit.Empty) (*flagsOutput, error) {
	entries, err := h.store.FlagRules(ctx)
	if err != nil {
		return nil, err
	}
	out := &flagsOutput{}
	for _, flag := range models.Flags() {
		out.Body.Flags = append(out.Body.Flags, flagState(flag, entries))
	}
	return out, nil
}

func flagState(flag models.Flag, entries []models.FlagEntry) FlagState {
	s := FlagState{Feature: kit.Feature(flag), Enabled: true, Rules: []FlagRule{}}
	for _, e := range entries {
		if e.Flag != flag {
			continue
		}
		r := FlagRule{
			PlanName: e.PlanName, Email: e.Email, Enabled: e.Enabled, Reason: e.Reason, By: e.ByEmail, ChangedAt: e.ChangedAt,
		}
		switch {
		case e.PlanID != nil:
			r.Plan = *e.PlanID
		case e.UserID == nil:
			s.Enabled = e.Enabled
		default:
			r.UserID = e.UserID.String()
		}
		s.Rules = append(s.Rules, r)
	}
	return s
}

type setFlagInput struct {
	Feature kit.Feature `path:"feature"`
	Body    struct {
		Enabled *bool  `json:"enabled" doc:"Null removes the rule"`
		Plan    string `json:"plan,omitempty" maxLength:"40" doc:"Id of the plan whose accounts it is for"`
		User    string `json:"user,omitempty" maxLength:"254" doc:"E-mail address or id of the account that it is for"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"For administrators"`
	} `nameHint:"SetFlag"`
}

type flagOutput struct{ Body FlagState }

func (h *flagHandlers) set(ctx context.Context, in *setFlagInput) (*flagOutput, error) {
	target, err := h.target(ctx, in.Body.Plan, in.Body.User)
	if err != nil {
		return nil, err
	}
	flag := models.Flag(in.Feature)
	err = h.store.SetFlag(ctx, kit.ActorOf(ctx), models.FlagChange{
		Flag: flag, FlagTarget: target, Enabled: in.Body.Enabled, Reason: strings.TrimSpace(in.Body.Reason),
	})
	if err != nil {
		return nil, err
	}
	entries, err := h.store.FlagRules(ctx)
	if err != nil {
		return nil, err
	}
	return &flagOutput{Body: flagState(flag, entries)}, nil
}

// target reads whom a rule is for.
func (h *flagHandlers) target(ctx context.Context, plan, user string) (models.FlagTarget, error) {
	switch {
	case plan != "" && user != "":
		return models.FlagTarget{}, models.Errorf(models.CodeInvalid, "Name a plan or an account, not both.").In("user")
	case plan != "":
		return models.FlagTarget{PlanID: &plan}, nil
	case user == "":
		return models.FlagTarget{}, nil
	}
	id, err := accountNamed(ctx, h.store, user)
	return models.FlagTarget{UserID: &id}, err
}
