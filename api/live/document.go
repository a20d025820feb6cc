package live

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
)

// streamResponse documents the event stream: one schema per kind of event, so
// that clients get a type for each.
func streamResponse(reg huma.Registry) *huma.Response {
	message := func(kind string, data *huma.Schema) *huma.Schema {
		s := &huma.Schema{
			Type: huma.TypeObject, Required: []string{"event", "data"}, Properties: map[string]*huma.Schema{
				"id":    {Type: huma.TypeInteger, Format: "int64", Description: "Send it back as Last-Event-ID to resume"},
				"event": {Type: huma.TypeString, Enum: []any{kind}},
				"data":  data,
			},
		}
		return s
	}
	own := func(t reflect.Type) *huma.Schema { return reg.Schema(t, true, t.Name()) }
	reg.Map()["StreamMessage"] = &huma.Schema{
		Description: "One message of the stream, as the fields of a server-sent event",
		OneOf: []*huma.Schema{
			message(sseJob, kit.Ref("Job")),
			message(sseProgress, &huma.Schema{Type: huma.TypeArray, Items: kit.Ref("Progress")}),
			message(sseRemoved, own(reflect.TypeFor[Removed]())),
			message(sseFeatures, own(reflect.TypeFor[Features]())),
			message(sseReset, own(reflect.TypeFor[Reset]())),
			message(sseAnnouncement, own(reflect.TypeFor[Announced]())),
			message(sseChanged, own(reflect.TypeFor[Changed]())),
			message(sseOverview, own(reflect.TypeFor[OverviewChanged]())),
			message(sseBeat, own(reflect.TypeFor[Beat]())),
		},
	}
	return &huma.Response{
		Description: "The stream",
		Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: kit.Ref("StreamMessage")},
		},
	}
}
