package system

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/models"
)

// Legal has the legal pages.
type Legal interface {
	Page(name models.LegalName) (models.LegalPage, bool)
}

// noLegal is a deployment without any, as in tests.
type noLegal struct{}

func (noLegal) Page(models.LegalName) (models.LegalPage, bool) { return models.LegalPage{}, false }

func (h *systemHandlers) legalRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-legal-page", Method: http.MethodGet, Path: "/api/v1/legal/{page}", Tags: []string{tagSystem},
		Summary: "Get a legal page", Description: "Terms, privacy or DMCA policy, in Markdown without HTML.",
	}, h.legalPage)
}

// LegalPage is a legal page.
type LegalPage struct {
	Text string `json:"text" doc:"In Markdown; show HTML in it as text"`
	Own  bool   `json:"own" doc:"The operator wrote it, in place of the text that comes with Longhaul"`
}

type legalInput struct {
	Page string `path:"page" enum:"terms,privacy,dmca"`
}

type legalOutput struct{ Body LegalPage }

func (h *systemHandlers) legalPage(_ context.Context, in *legalInput) (*legalOutput, error) {
	p, ok := h.Legal.Page(models.LegalName(in.Page))
	if !ok {
		return nil, models.Errorf(models.CodeNotFound, "This server has no such page.")
	}
	return &legalOutput{LegalPage{Text: p.Text, Own: p.Replaced}}, nil
}
