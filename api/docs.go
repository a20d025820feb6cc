package api

import (
	"cmp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
)

// docsData is what the readable form of the OpenAPI document shows. The server
// renders the page, so it needs no script and no network.
type docsData struct {
	Title, Description string
	Tags               []docsTag
	Schemas            []docsSchema
}

type docsTag struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description, Access string
	Params                                         []docsField
	Bodies, Answers                                []docsBody
}

type docsBody struct{ When, Type, Schema string }

type docsSchema struct {
	Name, Description, Values string
	Fields                    []docsField
}

type docsField struct {
	Name, Place, Type, Description string
	Required                       bool
}

func docsOf(doc *huma.OpenAPI) docsData {
	data := docsData{Title: doc.Info.Title, Description: doc.Info.Description}
	tags := map[string]*docsTag{}
	for _, p := range sortedKeys(doc.Paths) {
		item := doc.Paths[p]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			name := op.Tags[0]
			if tags[name] == nil {
				tags[name] = &docsTag{Name: name}
			}
			tags[name].Operations = append(tags[name].Operations, docsOperationOf(op))
		}
	}
	for _, name := range sortedKeys(tags) {
		data.Tags = append(data.Tags, *tags[name])
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		data.Schemas = append(data.Schemas, docsSchemaOf(name, schemas[name]))
	}
	return data
}

func docsOperationOf(op *huma.Operation) docsOperation {
	out := docsOperation{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
		Access: accessWords(op),
	}
	for _, p := range op.Parameters {
		out.Params = append(out.Params, docsField{
			Name: p.Name, Place: p.In, Type: typeWords(p.Schema), Description: cmp.Or(p.Description, schemaDoc(p.Schema)), Required: p.Required,
		})
	}
	if op.RequestBody != nil {
		for _, ct := range sortedKeys(op.RequestBody.Content) {
			out.Bodies = append(out.Bodies, docsBody{Type: ct, Schema: typeWords(op.RequestBody.Content[ct].Schema)})
		}
	}
	for _, status := range sortedKeys(op.Responses) {
		r := op.Responses[status]
		if len(r.Content) == 0 {
			out.Answers = append(out.Answers, docsBody{When: status, Type: r.Description})
		}
		for _, ct := range sortedKeys(r.Content) {
			out.Answers = append(out.Answers, docsBody{When: status, Type: ct, Schema: typeWords(r.Content[ct].Schema)})
		}
	}
	return out
}

func accessWords(op *huma.Operation) string {
	return string(kit.AccessOf(op.Metadata))
}

func docsSchemaOf(name string, s *huma.Schema) docsSchema {
	out := docsSchema{Name: name, Description: s.Description}
	values := make([]string, 0, len(s.Enum))
	for _, v := range s.Enum {
		if text, ok := v.(string); ok {
			values = append(values, text)
		}
	}
	out.Values = strings.Join(values, ", ")
	for _, field := range sortedKeys(s.Properties) {
		p := s.Properties[field]
		out.Fields = append(out.Fields, docsField{
			Name: field, Type: typeWords(p), Description: p.Description, Required: slices.Contains(s.Required, field),
		})
	}
	return out
}

// typeWords names the type of a schema, such as "Job", "integer or null".
func typeWords(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, kit.SchemaPrefix)
	case len(s.AnyOf) > 0:
		names := make([]string, 0, len(s.AnyOf))
		for _, alt := range s.AnyOf {
			names = append(names, typeWords(alt))
		}
		return strings.Join(names, " or ")
	case s.Type == huma.TypeArray:
		return "list of " + typeWords(s.Items)
	}
	words := s.Type
	if s.Format != "" {
		words += " (" + s.Format + ")"
	}
	if s.Nullable {
		words += " or null"
	}
	return words
}

func schemaDoc(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return s.Description
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
