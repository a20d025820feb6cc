package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"longhaul/api/kit"
	"longhaul/internal/token"
)

// enrolTime is how long an enrolment token works.
const enrolTime = time.Hour

// agentPort is where an agent listens unless its address says another port.
const agentPort = "7300"

func (h *agentHandlers) enrolRoute(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "enrol-agent", Method: http.MethodPost, Path: "/api/v1/admin/agents/enrol", Tags: []string{tagAdmin},
		Summary: "Create a one-time token that enrols an agent", DefaultStatus: http.StatusCreated,
	}, h.enrol)
}

type enrolInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9 ._-]*$" doc:"Name of the agent"`
		URL  string `json:"url,omitempty" maxLength:"200" pattern:"^(https?://[A-Za-z0-9.:_\\[\\]-]+)?$" doc:"Where this server reaches the agent, such as http://10.0.0.5:7300. Empty for an agent on the same machine or in the same compose project"`
	} `nameHint:"EnrolAgent"`
}

type enrolOutput struct {
	Body struct {
		Token     string    `json:"token" doc:"Shown only once"`
		Command   string    `json:"command" doc:"Starts the agent on its machine"`
		Compose   string    `json:"compose" doc:"The same as a file for Docker Compose"`
		ExpiresAt time.Time `json:"expiresAt"`
	} `nameHint:"Enrolment"`
}

func (h *agentHandlers) enrol(ctx context.Context, in *enrolInput) (*enrolOutput, error) {
	value, hash, err := token.New()
	if err != nil {
		return nil, err
	}
	if err := h.store.CreateEnrolmentToken(ctx, kit.ActorOf(ctx), hash, in.Body.Name, enrolTime); err != nil {
		return nil, err
	}
	out := &enrolOutput{}
	out.Body.Token = value
	out.Body.Command = h.command(in.Body.URL, value)
	out.Body.Compose = h.compose(in.Body.URL, value)
	out.Body.ExpiresAt = h.now().Add(enrolTime)
	return out, nil
}

// command returns the line that starts the agent in a shell.
func (h *agentHandlers) command(address, secret string) string {
	line := "AGENT_CONTROL_URL=" + h.baseURL
	if address != "" {
		line += " AGENT_URL=" + address + " AGENT_LISTEN=0.0.0.0:" + portOf(address)
	}
	return line + " AGENT_ENROLMENT_TOKEN=" + secret + " agent"
}

// compose returns a file for Docker Compose that runs the agent as confined as
// docker-compose.yml does.
func (h *agentHandlers) compose(address, secret string) string {
	tag := h.version
	if tag == "" || strings.Contains(tag, "-") {
		tag = "latest"
	}
	port := portOf(address)
	if address == "" {
		address = "http://agent:" + port
	}
	return fmt.Sprintf(`services:
  agent:
    image: longhaul:%s
    command: [agent]
    restart: unless-stopped
    user: "10001"
    read_only: true
    tmpfs: ["/tmp:mode=1777,size=64m"]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    environment:
      AGENT_CONTROL_URL: "%s"
      AGENT_URL: "%s"
      AGENT_LISTEN: "0.0.0.0:%s"
      AGENT_DATA_DIR: /var/lib/longhaul/agent
      AGENT_ENROLMENT_TOKEN: "%s"
    ports: ["%s:%s"]
    volumes: ["agent:/var/lib/longhaul/agent"]

volumes:
  agent:
`, tag, h.baseURL, address, port, secret, port, port)
}

func portOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Port() != "" {
		return u.Port()
	}
	return agentPort
}
