// Package server answers the control plane's calls to an agent: it checks the
// caller and the request, and passes it to the supervisor. It decides nothing.
package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/agent/supervisor"
	"longhaul/frontdoor"
	"longhaul/internal/httpstatus"
	"longhaul/internal/tracing"
	"longhaul/models"
)

const (
	writeTimeout = maxInspect + time.Minute // no answer takes longer to make than an inspection
	grace        = 5 * time.Second          // for calls that are being answered when the agent ends
	maxHeader    = 32 << 10

	maxStartBody = 24 << 20 // a metainfo of 10 MB in base64 and 50 000 files
	maxSmallBody = 64 << 10
	maxWait      = time.Minute
	maxInspect   = 5 * time.Minute
	maxFiles     = 50_000
)

// Server answers the control plane's calls.
type Server struct {
	transfers *supervisor.Supervisor
	secrets   atomic.Pointer[[][sha256.Size]byte] // hashes of the bearers
	boot      func() int64                        // boot epoch; 0 before the boot
	tracer    *tracing.Tracer
	log       *slog.Logger
}

// New returns a server. The secret is the bearer of the control plane; boot
// returns the boot epoch, 0 before there is one. Nil traces nothing.
func New(transfers *supervisor.Supervisor, secret string, boot func() int64, tracer *tracing.Tracer, log *slog.Logger) *Server {
	s := &Server{transfers: transfers, boot: boot, tracer: tracer, log: log}
	s.secrets.Store(&[][sha256.Size]byte{sha256.Sum256([]byte(secret))})
	return s
}

// Accept makes the server take the secret as well: while the control plane's key
// is rotated, some of its processes call with the old one and some with the new.
func (s *Server) Accept(secret string) {
	all := append(slices.Clone(*s.secrets.Load()), sha256.Sum256([]byte(secret)))
	s.secrets.Store(&all)
}

// known reports whether the bearer is one of the control plane's.
func (s *Server) known(bearer string) bool {
	sum, found := sha256.Sum256([]byte(bearer)), 0
	for _, secret := range *s.secrets.Load() {
		found |= subtle.ConstantTimeCompare(sum[:], secret[:])
	}
	return found == 1
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle("PUT /v1/transfers/{id}", s.guarded(s.put))
	mux.Handle("GET /v1/transfers/{id}", s.guarded(s.get))
	mux.Handle("DELETE /v1/transfers/{id}", s.guarded(s.delete))
	mux.Handle("POST /v1/transfers/{id}/stop", s.guarded(s.stop))
	mux.Handle("GET /v1/transfers/{id}/manifest", s.guarded(s.manifest))
	mux.Handle("GET /v1/transfers", s.guarded(s.changes))
	mux.Handle("POST /v1/inspect", s.guarded(s.inspect))
	mux.Handle("/", s.guarded(func(http.ResponseWriter, *http.Request) error {
		return models.Errorf(models.CodeNotFound, "No such route.")
	}))
	return s.tracer.Handler(mux)
}

// Serve answers calls at the listener until ctx ends.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler: s.handler(), WriteTimeout: writeTimeout, MaxHeaderBytes: maxHeader,
		// Long polls end with the agent, not with their time.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		_ = srv.Shutdown(last)
	}()
	if err := (frontdoor.Limits{}).Serve(srv, ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("take calls: %w", err)
	}
	<-stopped
	return nil
}

// guarded lets only the control plane through, and only once the agent knows
// its place.
func (s *Server) guarded(do func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !s.known(bearer) {
			s.fault(w, r, models.Errorf(models.CodeUnauthorized, "The bearer token is not this agent's secret."))
			return
		}
		if s.boot() == 0 {
			s.fault(w, r, models.Errorf(models.CodeUnavailable, "The agent has not reached the control plane yet."))
			return
		}
		if err := do(w, r); err != nil {
			s.fault(w, r, err)
		}
	})
}

func (s *Server) fault(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody listens
	}
	f := models.AsError(err)
	if f.Code == models.CodeInternal {
		s.log.ErrorContext(r.Context(), "call failed", "method", r.Method, "route", r.Pattern, "error", err)
	}
	status := httpstatus.Of(f.Code)
	code := string(f.Problem)
	if code == "" {
		code = string(f.Code)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(agentapi.Problem{
		Type: "urn:longhaul:problem:" + code, Title: http.StatusText(status), Status: status, Detail: f.Message, Code: code,
	})
}

func respond(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the caller has gone if it fails
}

func read(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit)).Decode(v)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return models.Errorf(models.CodeTooLarge, "The body is larger than %d bytes.", limit)
	}
	if err != nil {
		return models.Errorf(models.CodeInvalid, "The body is not the expected JSON.").Because(err)
	}
	return nil
}

// jobID returns the canonical form of the id in the path; it becomes the name
// of a directory.
func jobID(r *http.Request) (string, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return "", models.Errorf(models.CodeNotFound, "The agent has no such transfer.")
	}
	return id.String(), nil
}

func (s *Server) put(w http.ResponseWriter, r *http.Request) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	var spec agentapi.StartTransfer
	if err := read(w, r, maxStartBody, &spec); err != nil {
		return err
	}
	if err := checkSpec(spec); err != nil {
		return err
	}
	st, err := s.transfers.Start(r.Context(), id, spec)
	if err != nil {
		return err
	}
	respond(w, st)
	return nil
}

func checkSpec(spec agentapi.StartTransfer) error {
	if err := checkSource(spec.Source); err != nil {
		return err
	}
	bad := func(field string) error {
		return models.Errorf(models.CodeInvalid, "The value of %s is not usable.", field).In(field)
	}
	switch {
	case spec.Epoch < 1:
		return bad("epoch")
	case spec.MaxBytes < 0:
		return bad("maxBytes")
	case spec.BytesPerSecond < 0:
		return bad("bytesPerSecond")
	case spec.ResolveTimeoutSeconds < 1:
		return bad("resolveTimeoutSeconds")
	case spec.StallTimeoutSeconds < 1:
		return bad("stallTimeoutSeconds")
	case spec.Kind == agentapi.KindResolve:
		return nil
	case spec.Kind != agentapi.KindDownload:
		return bad("kind")
	case len(spec.Files) == 0 || len(spec.Files) > maxFiles:
		return bad("files")
	}
	seen := make(map[int]bool, len(spec.Files))
	for _, f := range spec.Files {
		if f.Index < 0 || seen[f.Index] || f.Size < -1 || f.PartSize < 1 {
			return bad("files")
		}
		seen[f.Index] = true
		for _, n := range f.Stored {
			if n < 1 || n > models.MaxParts {
				return bad("files")
			}
		}
	}
	return nil
}

func checkSource(src agentapi.Source) error {
	n := 0
	for _, set := range []bool{src.Magnet != "", len(src.Metainfo) > 0, src.URL != ""} {
		if set {
			n++
		}
	}
	if n != 1 {
		return models.Errorf(models.CodeInvalid, "Send exactly one of magnet, metainfo and url.").In("source")
	}
	if src.Login != nil && src.URL == "" {
		return models.Errorf(models.CodeInvalid, "Only a url has a login.").In("source")
	}
	return nil
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	st, err := s.transfers.Status(id)
	if err != nil {
		return err
	}
	respond(w, st)
	return nil
}

func (s *Server) manifest(w http.ResponseWriter, r *http.Request) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	m, err := s.transfers.Manifest(id)
	if err != nil {
		return err
	}
	respond(w, wireManifest(m))
	return nil
}

func wireManifest(m models.Manifest) agentapi.Manifest {
	out := agentapi.Manifest{
		Name: m.Name, Size: m.Size, InfoHashV1: m.InfoHashV1, InfoHashV2: m.InfoHashV2,
		PieceLength: m.PieceLength, Private: m.Private, Metainfo: m.Metainfo, Magnet: m.Magnet,
		Files: make([]agentapi.ManifestFile, 0, len(m.Files)),
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, agentapi.ManifestFile(f))
	}
	return out
}

func (s *Server) stop(w http.ResponseWriter, r *http.Request) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	var in agentapi.Stop
	if err := read(w, r, maxSmallBody, &in); err != nil {
		return err
	}
	stop := s.transfers.Stop
	if in.Flush {
		stop = s.transfers.Flush
	}
	if err := stop(r.Context(), id, in.Epoch); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) delete(w http.ResponseWriter, r *http.Request) error {
	id, err := jobID(r)
	if err != nil {
		return err
	}
	epoch, err := strconv.ParseInt(r.URL.Query().Get("epoch"), 10, 64)
	if err != nil {
		return models.Errorf(models.CodeInvalid, "The epoch is missing or not a number.").In("epoch")
	}
	if err := s.transfers.Remove(r.Context(), id, epoch); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changes waits for something to tell; see agentapi.Changes.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	since, err := strconv.ParseInt(cmp.Or(q.Get("since"), "0"), 10, 64)
	if err != nil {
		return models.Errorf(models.CodeInvalid, "The revision is not a number.").In("since")
	}
	waitMS, err := strconv.ParseInt(cmp.Or(q.Get("wait"), "0"), 10, 64)
	if err != nil || waitMS < 0 {
		return models.Errorf(models.CodeInvalid, "The wait is not a number of milliseconds.").In("wait")
	}
	changed, rev := s.transfers.Changes(r.Context(), since, min(time.Duration(waitMS)*time.Millisecond, maxWait))
	respond(w, agentapi.Changes{BootEpoch: s.boot(), Revision: rev, Transfers: changed})
	return nil
}

func (s *Server) inspect(w http.ResponseWriter, r *http.Request) error {
	var in agentapi.Inspect
	if err := read(w, r, maxStartBody, &in); err != nil {
		return err
	}
	if err := checkSource(in.Source); err != nil {
		return err
	}
	limit := min(time.Duration(in.TimeoutSeconds)*time.Second, maxInspect)
	if limit <= 0 {
		return models.Errorf(models.CodeInvalid, "The time limit is missing.").In("timeoutSeconds")
	}
	m, err := s.transfers.Inspect(r.Context(), in, limit)
	if err != nil {
		return err
	}
	respond(w, wireManifest(m))
	return nil
}
