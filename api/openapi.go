package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
)

// specVersion is the version of the API, not of the program.
const specVersion = "1"

// apiConfig returns the framework's configuration: no pages of its own, no
// schema links in answers, JSON only.
func apiConfig() huma.Config {
	cfg := huma.DefaultConfig("Longhaul", specVersion)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil
	cfg.RejectUnknownQueryParameters = true
	cfg.Transformers = []huma.Transformer{kit.FromFramework}
	cfg.Info.Description = "A self-hosted download platform: submit a magnet link, a .torrent file or a URL; " +
		"a provider fetches it, and object storage delivers it."
	cfg.Components.SecuritySchemes = kit.SecuritySchemes()
	reg := cfg.Components.Schemas
	reg.Schema(reflect.TypeFor[kit.Problem](), true, "Problem")
	return cfg
}

// Document returns the OpenAPI document of the API, indented.
func Document() ([]byte, error) {
	s, err := build(Config{}, Deps{})
	if err != nil {
		return nil, err
	}
	return s.document()
}

func (s *Server) document() ([]byte, error) {
	b, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(b, '\n'), nil
}

// serveBytes answers a document that never changes while the process runs.
func serveBytes(contentType string, body []byte) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, contentType, body)
	}
}
