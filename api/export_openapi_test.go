package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

func idOf(op *huma.Operation) string {
	if op == nil {
		return ""
	}
	return op.OperationID
}

func metaOf(op *huma.Operation) map[string]any {
	if op == nil {
		return nil
	}
	return op.Metadata
}

// braces turns the router's way to write parameters into OpenAPI's.
func braces(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}
