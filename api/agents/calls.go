package agents

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/api/kit"
	"longhaul/internal/fetch"
	"longhaul/internal/token"
	"longhaul/models"
)

// maxCapacity is how many transfers an agent may offer at once.
const maxCapacity = 10_000

// tagAgents groups the operations in the OpenAPI document.
const tagAgents = "agents"

type agentHandlers struct {
	store   Store
	keys    *token.Keys
	uploads *uploadService
	limits  kit.Limiter
	newID   func() uuid.UUID
}

func (h *agentHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "agent-register", Method: http.MethodPost, Path: "/agent/v1/register", Tags: []string{tagAgents},
		Summary: "Enrol an agent with a one-time token", DefaultStatus: http.StatusCreated,
	}, h.register)
	kit.Handle(r, huma.Operation{
		OperationID: "agent-boot", Method: http.MethodPost, Path: "/agent/v1/boot", Tags: []string{tagAgents},
		Summary: "Register a new start of the agent; its older processes are fenced off",
	}, h.boot)
	kit.Handle(r, huma.Operation{
		OperationID: "agent-heartbeat", Method: http.MethodPost, Path: "/agent/v1/heartbeat", Tags: []string{tagAgents},
		Summary: "Send a heartbeat",
	}, h.heartbeat)
	kit.Handle(r, huma.Operation{
		OperationID: "agent-uploads", Method: http.MethodPost, Path: "/agent/v1/uploads", Tags: []string{tagAgents},
		Summary: "Report stored parts and request addresses for more",
	}, h.upload)
	// a newer agent may send members that we don't know yet
	for _, t := range []any{
		agentapi.Register{},
		agentapi.Hello{},
		agentapi.Heartbeat{},
		agentapi.Uploads{},
		agentapi.PartDone{},
		agentapi.PartWanted{},
		agentapi.FileSize{},
	} {
		if s := r.API.OpenAPI().Components.Schemas.Map()[reflect.TypeOf(t).Name()]; s != nil {
			s.AdditionalProperties = true
		}
	}
}

type registerInput struct{ Body agentapi.Register }

type registerOutput struct{ Body agentapi.Registered }

func (h *agentHandlers) register(ctx context.Context, in *registerInput) (*registerOutput, error) {
	if err := h.limits.Allow(ctx, kit.LimitLoginIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	if in.Body.Token == "" || len(in.Body.Token) > kit.MaxCredential {
		return nil, models.Errorf(models.CodeUnauthorized, "The enrolment token is unknown, already used or expired.")
	}
	if err := checkAgent(in.Body.URL, in.Body.Capacity, in.Body.Version); err != nil {
		return nil, err
	}
	value, hash, err := token.New()
	if err != nil {
		return nil, err
	}
	agent, err := h.store.EnrolAgent(ctx, kit.InfoOf(ctx).IP, token.Hash(in.Body.Token), models.Agent{
		ID: h.newID(), URL: in.Body.URL, Capacity: in.Body.Capacity, Version: in.Body.Version,
		CredentialHash: hash, State: models.AgentActive,
	})
	if err != nil {
		return nil, err
	}
	return &registerOutput{Body: agentapi.Registered{
		AgentID: agent.ID.String(), Name: agent.Name, Credential: value, Secret: h.keys.AgentSecret(agent.ID),
	}}, nil
}

func checkAgent(address string, capacity int, version string) error {
	if err := checkAgentURL(address); err != nil {
		return err
	}
	if capacity < 1 || capacity > maxCapacity {
		return models.Errorf(models.CodeInvalid, "The capacity must be between 1 and %d.", maxCapacity).In("capacity")
	}
	if len(version) > 100 || strings.ContainsFunc(version, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return models.Errorf(models.CodeInvalid, "The version must be one line of at most 100 bytes.").In("version")
	}
	return nil
}

// checkAgentURL refuses an address at which no agent is. The control plane calls
// it with a credential, from inside the network, so it must be nothing but the
// base of an agent's own paths, and not one of the addresses at which clouds hand
// out the credentials of their machines.
func checkAgentURL(address string) error {
	bad := models.Errorf(models.CodeInvalid, "The agent's URL must be an http or https URL of a host and port, without user name, query or fragment.").In("url")
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.User != nil, len(address) > 512:
		return bad
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(address, "#"):
		return bad
	case fetch.CheckHost(u.Hostname()) != nil:
		return bad
	}
	if fetch.IsMetadata(u.Hostname()) {
		return models.Errorf(models.CodeInvalid, "The agent's URL leads to an address of the machine's cloud, not of an agent.").In("url")
	}
	return nil
}

type helloInput struct{ Body agentapi.Hello }

type bootOutput struct{ Body agentapi.Booted }

func (h *agentHandlers) boot(ctx context.Context, in *helloInput) (*bootOutput, error) {
	if err := checkAgent(in.Body.URL, in.Body.Capacity, in.Body.Version); err != nil {
		return nil, err
	}
	epoch, err := h.store.BootAgent(ctx, kit.CallingAgent(ctx).ID, in.Body.URL, in.Body.Capacity, in.Body.Version)
	if err != nil {
		return nil, err
	}
	return &bootOutput{Body: agentapi.Booted{BootEpoch: epoch, Secret: h.keys.AgentSecret(kit.CallingAgent(ctx).ID)}}, nil
}

type heartbeatInput struct{ Body agentapi.Heartbeat }

type heartbeatOutput struct{ Body agentapi.HeartbeatReply }

func (h *agentHandlers) heartbeat(ctx context.Context, in *heartbeatInput) (*heartbeatOutput, error) {
	hb := in.Body
	if hb.Capacity < 1 || hb.Capacity > maxCapacity || hb.Running < 0 || hb.DiskFree < 0 || hb.DiskTotal < 0 || hb.DownRate < 0 {
		return nil, models.Errorf(models.CodeInvalid, "The heartbeat has an impossible figure.")
	}
	agent := kit.CallingAgent(ctx)
	state, err := h.store.AgentHeartbeat(ctx, agent.ID, hb.BootEpoch, models.AgentHeartbeat{
		AgentID: agent.ID, Running: hb.Running, DiskFree: hb.DiskFree, DownRate: hb.DownRate,
	}, hb.Capacity, hb.DiskTotal)
	if err != nil {
		return nil, err
	}
	return &heartbeatOutput{Body: agentapi.HeartbeatReply{State: string(state), RateLimit: agent.RateLimit}}, nil
}

type uploadsInput struct{ Body agentapi.Uploads }

type uploadsOutput struct{ Body agentapi.UploadsReply }

func (h *agentHandlers) upload(ctx context.Context, in *uploadsInput) (*uploadsOutput, error) {
	jobID, err := uuid.Parse(in.Body.JobID)
	if err != nil {
		return nil, models.Errorf(models.CodeInvalid, "The job id is not valid.").In("jobId")
	}
	urls, err := h.uploads.serve(ctx, kit.CallingAgent(ctx).ID, jobID, in.Body)
	if err != nil {
		return nil, err
	}
	return &uploadsOutput{Body: agentapi.UploadsReply{URLs: urls}}, nil
}

// validCRC reports whether s is the base64 of four bytes, as S3 spells a
// CRC-32C.
func validCRC(s string) bool {
	return len(s) == 8 && len(decodeBase64(s)) == 4
}

func decodeBase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
