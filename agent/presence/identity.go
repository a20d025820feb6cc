package presence

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"

	"longhaul/agent/agentapi"
	"longhaul/internal/jsonfile"
	"longhaul/internal/wait"
)

const (
	identityName = "identity.json"
	lockName     = "lock"

	firstPause   = 250 * time.Millisecond // before a call is tried again
	longestPause = 30 * time.Second
)

// Identity is who the agent is to the control plane, and how each knows the
// other.
type Identity struct {
	AgentID    string `json:"agentId"`
	Name       string `json:"name"`
	Credential string `json:"credential"` // bearer of the agent's calls
	Secret     string `json:"secret"`     // bearer of the control plane's calls
}

// Lock keeps a second agent out of the data directory for as long as the
// returned file is open.
func Lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the data directory's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another agent uses the data directory %s: %w", dir, err)
	}
	return f, nil
}

// Enrol returns the identity that the data directory holds. Before the first
// one is there it registers the agent, whose request has the one-time token,
// and saves who it is. It waits for a control plane that does not answer; a
// refusal is final.
func Enrol(ctx context.Context, dir, controlURL string, req agentapi.Register, hc *http.Client, log *slog.Logger) (Identity, error) {
	id, err := saved(dir)
	if !errors.Is(err, os.ErrNotExist) {
		return id, err
	}
	if req.Token == "" {
		return Identity{}, errors.New("the agent is not enrolled: set AGENT_ENROLMENT_TOKEN to a token from an admin")
	}
	control := agentapi.NewControlClient(controlURL, "", hc)
	r, err := untilAnswered(ctx, log, "register", func() (agentapi.Registered, error) { return control.Register(ctx, req) })
	if err != nil {
		return Identity{}, fmt.Errorf("register with the control plane: %w", err)
	}
	id = Identity{AgentID: r.AgentID, Name: r.Name, Credential: r.Credential, Secret: r.Secret}
	if err := jsonfile.Write(filepath.Join(dir, identityName), id); err != nil {
		return Identity{}, err
	}
	log.InfoContext(ctx, "agent enrolled", "agent", id.AgentID, "name", id.Name)
	return id, nil
}

// Renew saves the identity with another secret of the control plane.
func Renew(dir string, id Identity, secret string) error {
	id.Secret = secret
	return jsonfile.Write(filepath.Join(dir, identityName), id)
}

// saved reads the identity; the error is an os.ErrNotExist before there is one.
func saved(dir string) (Identity, error) {
	var id Identity
	if err := jsonfile.Read(filepath.Join(dir, identityName), &id); err != nil {
		return Identity{}, err
	}
	if id.AgentID == "" || id.Credential == "" || id.Secret == "" {
		return Identity{}, fmt.Errorf("read %s: it is incomplete", identityName)
	}
	return id, nil
}

// untilAnswered repeats a call, without an end, for as long as the other side
// is away or overloaded. A fault answer below 500 is final.
func untilAnswered[T any](ctx context.Context, log *slog.Logger, what string, call func() (T, error)) (T, error) {
	return backoff.Retry(ctx, func() (T, error) {
		out, err := call()
		p, answered := errors.AsType[*agentapi.Problem](err)
		if answered && p.Code != "" && p.Status < http.StatusInternalServerError && p.Status != http.StatusTooManyRequests {
			return out, backoff.Permanent(err)
		}
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the control plane is not responding; will retry", "call", what, "error", err)
		}
		return out, err
	}, backoff.WithBackOff(wait.Growing(firstPause, longestPause)), backoff.WithMaxElapsedTime(0))
}
