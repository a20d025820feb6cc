package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cenkalti/backoff/v5"

	"longhaul/agent/agentapi"
)

const (
	identityName = "identity.json"
	lockName     = "lock"
)

// identity is who the agent is to the control plane, and how each knows the
// other.
type identity struct {
	AgentID    string `json:"agentId"`
	Name       string `json:"name"`
	Credential string `json:"credential"`
	Secret     string `json:"secret"`
}

// lockDir keeps a second agent out of the data directory for as long as the
// returned file is open.
func lockDir(dir string) (*os.File, error) {
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

// knownIdentity returns the saved identity; ok is false before the first
// registration.
func knownIdentity(dir string) (id identity, ok bool, err error) {
	err = readJSON(filepath.Join(dir, identityName), &id)
	if errors.Is(err, os.ErrNotExist) {
		return id, false, nil
	}
	if err == nil && (id.AgentID == "" || id.Credential == "" || id.Secret == "") {
		err = errors.New("it is not complete")
	}
	if err != nil {
		return id, false, fmt.Errorf("read %s: %w", identityName, err)
	}
	return id, true, nil
}

// register enrols the agent by its one-time token and saves who it is. It
// waits for a control plane that does not answer; a refusal is final.
func register(ctx context.Context, o Options, hc *http.Client) (identity, error) {
	if o.Config.EnrolmentToken == "" {
		return identity{}, errors.New("the agent is not enrolled: set AGENT_ENROLMENT_TOKEN to a token made by an admin")
	}
	control := agentapi.NewControlClient(o.Config.ControlURL, "", hc)
	req := agentapi.Register{
		Token: o.Config.EnrolmentToken, URL: o.Config.URL, Capacity: o.Config.Capacity, Version: o.Version,
	}
	r, err := untilAnswered(ctx, o.Log, "register", func() (agentapi.Registered, error) {
		return control.Register(ctx, req)
	})
	if err != nil {
		return identity{}, fmt.Errorf("register with the control plane: %w", err)
	}
	id := identity{AgentID: r.AgentID, Name: r.Name, Credential: r.Credential, Secret: r.Secret}
	if err := writeJSON(filepath.Join(o.Config.DataDir, identityName), id); err != nil {
		return identity{}, err
	}
	o.Log.InfoContext(ctx, "agent is enrolled", "agent", id.AgentID, "name", id.Name)
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
			log.WarnContext(ctx, "the control plane does not answer; trying again", "call", what, "err", err)
		}
		return out, err
	}, backoff.WithBackOff(newBackOff()), backoff.WithMaxElapsedTime(0))
}
