package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"longhaul/internal/jsonfile"
)

// session is the API token that is kept for one server.
type session struct {
	Email   string    `json:"email"`
	Value   string    `json:"value"`
	Expires time.Time `json:"expires"`
}

const (
	sessionFile   = "sessions.json"
	serverFile    = "server.json"
	defaultServer = "http://localhost:8080"
)

// lastServer is what is kept of the last login.
type lastServer struct {
	Server string `json:"server"`
}

// address returns the server to call: the one that was named, else the one of the
// last login.
func (p *program) address() (string, error) {
	if p.server != "" {
		return p.server, nil
	}
	dir, err := p.configDir()
	if err != nil {
		return "", err
	}
	var last lastServer
	err = jsonfile.Read(filepath.Join(dir, serverFile), &last)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && last.Server == "":
		return defaultServer, nil
	case err != nil:
		return "", fmt.Errorf("read the server of the last login in %s: %w", dir, err)
	}
	return last.Server, nil
}

// origin is what sessions are kept by: one never goes to another server.
func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// loadSession returns the session kept for the server, an empty one if there
// is none.
func (p *program) loadSession(server *url.URL) (session, error) {
	all, err := p.loadSessions()
	return all[origin(server)], err
}

func (p *program) loadSessions() (map[string]session, error) {
	dir, err := p.configDir()
	if err != nil {
		return nil, err
	}
	all := map[string]session{}
	err = jsonfile.Read(filepath.Join(dir, sessionFile), &all)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the stored session in %s: %w", dir, err)
	}
	return all, nil
}

// saveSession keeps a session and its server as the default one, or forgets the
// session when its value is empty. The files are readable by their owner only and
// replaced in one step.
func (p *program) saveSession(server *url.URL, s session) error {
	all, err := p.loadSessions()
	if err != nil {
		return err
	}
	if s.Value == "" {
		delete(all, origin(server))
	} else {
		all[origin(server)] = s
	}
	dir, err := p.configDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the configuration folder: %w", err)
	}
	if err := jsonfile.Write(filepath.Join(dir, sessionFile), all); err != nil {
		return fmt.Errorf("store the session: %w", err)
	}
	if s.Value == "" {
		return nil
	}
	if err := jsonfile.Write(filepath.Join(dir, serverFile), lastServer{server.String()}); err != nil {
		return fmt.Errorf("store the server's address: %w", err)
	}
	return nil
}

func (p *program) ask(in *bufio.Reader, prompt string) (string, error) {
	fmt.Fprint(p.Err, prompt)
	line, err := in.ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", usagef("Standard input ended before an answer.")
	}
	return line, nil
}

// askSecret reads a line without showing it.
func (p *program) askSecret(in *bufio.Reader, prompt string) (string, error) {
	f, ok := terminal(p.In)
	if !ok {
		return p.ask(in, prompt)
	}
	fmt.Fprint(p.Err, prompt)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.Err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(b), nil
}

type logoutCmd struct{}

// Run revokes the stored token on the server and deletes it here, whatever the
// server says, because a token that is gone there is useless here.
func (c *logoutCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	if api.session == "" {
		fmt.Fprintln(p.Err, "Not signed in.")
		return nil
	}
	_, callErr := api.do(ctx, http.MethodPost, "/auth/logout", nil, nil)
	if err := p.saveSession(api.base, session{}); err != nil {
		return err
	}
	if e, ok := errors.AsType[*apiError](callErr); ok && e.Status == http.StatusUnauthorized {
		callErr = nil
	}
	if callErr == nil {
		fmt.Fprintln(p.Err, "Signed out.")
	}
	return callErr
}
