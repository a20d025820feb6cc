package jobs

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// RulesStore is what a user's rules ask of the store.
type RulesStore interface {
	Rules(ctx context.Context, userID uuid.UUID) (models.Rules, error)
	SaveRules(ctx context.Context, userID uuid.UUID, r models.Rules) (models.Rules, error)
	// MayChooseProvider reports whether the user may name a provider.
	MayChooseProvider(ctx context.Context, userID uuid.UUID) (bool, error)
}

func (h *jobHandlers) ruleRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-rules", Method: http.MethodGet, Path: "/api/v1/rules", Tags: []string{tagJobs},
		Summary: "Your rules for downloads", Description: "What applies to a submit where it chooses nothing else.",
	}, h.getRules)
	kit.Handle(r, huma.Operation{
		OperationID: "set-rules", Method: http.MethodPut, Path: "/api/v1/rules", Tags: []string{tagJobs},
		Summary: "Set your rules for downloads", Description: "They apply to what is submitted from then on.",
	}, h.setRules)
}

// Rules are what applies to a user's submits where they choose nothing else.
type Rules struct {
	Label          *uuid.UUID `json:"label" required:"false" format:"uuid" nullable:"true" doc:"Id of the label that new jobs get; null for none"`
	SkipSamples    bool       `json:"skipSamples,omitempty" required:"false" doc:"Leave out samples of films"`
	MinSize        int64      `json:"minSize,omitempty" required:"false" minimum:"0" doc:"Leave out files with fewer bytes"`
	SkipExtensions []string   `json:"skipExtensions" required:"false" nullable:"false" maxItems:"100" doc:"Leave out files with these extensions"`
	StartPaused    bool       `json:"startPaused,omitempty" required:"false" doc:"New jobs wait until they are resumed"`
	Provider       string     `json:"provider,omitempty" required:"false" enum:",agent,seedr" doc:"Provider to use, where the administrators let users choose; empty for the active one"`
}

type rulesInput struct{ Body Rules }

type rulesOutput struct {
	Body struct {
		Rules
		ProviderChoice bool `json:"providerChoice" doc:"Whether the administrators let you choose the provider"`
	} `nameHint:"OwnRules"`
}

func (h *jobHandlers) getRules(ctx context.Context, _ *struct{}) (*rulesOutput, error) {
	rules, err := h.store.Rules(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	return h.rulesOf(ctx, rules)
}

func (h *jobHandlers) rulesOf(ctx context.Context, r models.Rules) (*rulesOutput, error) {
	may, err := h.store.MayChooseProvider(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &rulesOutput{}
	out.Body.ProviderChoice = may
	out.Body.Rules = Rules{
		Label: r.LabelID, SkipSamples: r.Files.SkipSamples, MinSize: r.Files.MinSize, SkipExtensions: append([]string{}, r.Files.Extensions...),
		StartPaused: r.StartPaused, Provider: string(r.Provider),
	}
	return out, nil
}

func (h *jobHandlers) setRules(ctx context.Context, in *rulesInput) (*rulesOutput, error) {
	b := in.Body
	saved, err := h.store.SaveRules(ctx, kit.Caller(ctx).ID, models.Rules{
		LabelID: b.Label, StartPaused: b.StartPaused, Provider: models.Provider(b.Provider),
		Files: models.FileRules{SkipSamples: b.SkipSamples, MinSize: b.MinSize, Extensions: b.SkipExtensions},
	})
	if err != nil {
		return nil, err
	}
	return h.rulesOf(ctx, saved)
}

// apply fills in what the submission leaves to its owner's rules.
func (s *sourceReader) apply(ctx context.Context, n *models.NewJob, sub submission) error {
	rules, err := s.store.Rules(ctx, n.UserID)
	if err != nil {
		return err
	}
	if sub.Labels == nil && rules.LabelID != nil {
		n.Labels = []uuid.UUID{*rules.LabelID}
	}
	n.StartPaused = rules.StartPaused
	if sub.StartPaused != nil {
		n.StartPaused = *sub.StartPaused
	}
	if n.Selected == nil && !n.ChooseFiles && !sub.AllFiles && !rules.Files.Empty() {
		n.Filter = &rules.Files
	}
	if n.Provider != "" || rules.Provider == "" || !rules.Provider.Fits(n.Source.Kind, n.Source.InfoHashV1) {
		return nil
	}
	may, err := s.store.MayChooseProvider(ctx, n.UserID)
	if may {
		n.Provider = rules.Provider
	}
	return err
}
