//go:build e2e

package observe

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

const apiKey = "CanaryCollectorKey-51c7"

// span is what the tests look at.
type span struct {
	program, name, trace, id, parent string
	attributes                       map[string]string
}

// receiver is a collector: an OTLP server over HTTP that keeps all it gets.
type receiver struct {
	*httptest.Server

	mu    sync.Mutex
	spans []span
	raw   []byte
	wrong []string // requests that a collector would refuse
}

func newReceiver() *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var in collectorpb.ExportTraceServiceRequest
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		return
	case req.URL.Path != "/v1/traces", req.Header.Get("Api-Key") != apiKey:
		r.wrong = append(r.wrong, req.Method+" "+req.URL.Path)
	case proto.Unmarshal(body, &in) != nil:
		r.wrong = append(r.wrong, "not a protobuf")
	}
	r.raw = append(r.raw, body...)
	for _, rs := range in.GetResourceSpans() {
		program := ""
		for _, kv := range rs.GetResource().GetAttributes() {
			if kv.GetKey() == "service.name" {
				program = kv.GetValue().GetStringValue()
			}
		}
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				one := span{
					program: program, name: s.GetName(), trace: hex.EncodeToString(s.GetTraceId()), id: hex.EncodeToString(s.GetSpanId()),
					parent: hex.EncodeToString(s.GetParentSpanId()), attributes: map[string]string{},
				}
				for _, kv := range s.GetAttributes() {
					one.attributes[kv.GetKey()] = kv.GetValue().String()
				}
				r.spans = append(r.spans, one)
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	answer, _ := proto.Marshal(&collectorpb.ExportTraceServiceResponse{})
	_, _ = w.Write(answer)
}

// got returns what has arrived until now.
func (r *receiver) got() (spans []span, raw []byte, wrong []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]span(nil), r.spans...), append([]byte(nil), r.raw...), append([]string(nil), r.wrong...)
}
