package stack

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"

	"longhaul/devstack/port"
	"longhaul/devstack/supervisor"
)

const (
	temporalRetention = "336h"
	// quickGrace suits parts that keep nothing in memory which matters.
	quickGrace  = 3 * time.Second
	helperLimit = 60 * time.Second
	// agentNames is how many names are tried for a new agent.
	agentNames = 9
)

func (s *stack) temporalSpec() supervisor.Spec {
	ready := s.opts.path("run", "temporal.json")
	return s.partSpec("temporal", ready, []string{
		"DATABASE_URL=" + s.cluster.MaintenanceURL(),
	},
		"--port", strconv.Itoa(s.opts.Ports.Temporal),
		"--ui-port", strconv.Itoa(s.opts.Ports.TemporalUI),
		"--namespace", namespace,
		"--retention", temporalRetention,
		"--ready-file", ready,
	)
}

func (s *stack) s3Spec() supervisor.Spec {
	ready := s.opts.path("run", "s3.json")
	return s.partSpec("s3", ready, []string{
		"S3_ACCESS_KEY_ID=" + s.secrets.s3Access,
		"S3_SECRET_ACCESS_KEY=" + s.secrets.s3Secret,
	},
		"--dir", s.opts.path("s3"),
		"--port", strconv.Itoa(s.opts.Ports.S3),
		"--region", region,
		"--bucket", bucket,
		"--ready-file", ready,
	)
}

func (s *stack) mailSpec() supervisor.Spec {
	ready := s.opts.path("run", "mail.json")
	return s.partSpec("mail", ready, []string{"RESEND_API_KEY=" + s.secrets.mailKey},
		"--dir", s.opts.path("mail"),
		"--smtp-port", strconv.Itoa(s.opts.Ports.SMTP),
		"--port", strconv.Itoa(s.opts.Ports.Mail),
		"--ready-file", ready,
	)
}

// partSpec describes this program run again for one of its parts, which is
// ready when it has written its ready file.
func (s *stack) partSpec(name, readyFile string, env []string, args ...string) supervisor.Spec {
	return supervisor.Spec{
		Name:  name,
		Path:  s.opts.Self,
		Args:  append([]string{name}, args...),
		Env:   s.plain(env...),
		Dir:   s.opts.Data,
		Grace: quickGrace,
		Quiet: true,
		Before: func(context.Context) error {
			return os.RemoveAll(readyFile)
		},
		Ready: func(context.Context) error {
			_, err := os.Stat(readyFile)
			return err
		},
	}
}

// program describes one of the application's own programs.
func (s *stack) program(name string, env []string, ready func(context.Context) error) supervisor.Spec {
	return supervisor.Spec{
		Name:  name,
		Path:  filepath.Join(s.opts.Bin, name),
		Env:   env,
		Dir:   s.opts.Data,
		Ready: ready,
	}
}

// migrate creates the application's database and brings its schema up to date.
func (s *stack) migrate(ctx context.Context) error {
	started := time.Now()
	if err := s.cluster.EnsureDatabase(ctx, appDatabase); err != nil {
		return err
	}
	if _, err := s.longhaul(ctx, "migrate"); err != nil {
		return err
	}
	s.measured("migrate", started)
	return nil
}

// startApp starts the API and the worker, and the agent once the API answers.
func (s *stack) startApp(ctx context.Context) error {
	ports := s.opts.Ports
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return s.bring(groupCtx, layerControl, s.program("worker", s.control(ports.WorkerMetrics), listening(ports.WorkerMetrics)))
	})
	group.Go(func() error {
		spec := s.program("api", s.control(ports.APIMetrics), answering(ports.App, "/readyz"))
		if err := s.bring(groupCtx, layerControl, spec); err != nil {
			return err
		}
		return s.startAgent(groupCtx)
	})
	return group.Wait()
}

// startAgent enrols the agent at its first start and runs it.
func (s *stack) startAgent(ctx context.Context) error {
	if err := os.MkdirAll(s.opts.path("agent"), privateMode); err != nil {
		return fmt.Errorf("create the agent's folder: %w", err)
	}
	tokenFile := s.opts.path("secrets", "agent_enrolment_token")
	if _, err := os.Stat(s.opts.path("agent", "identity.json")); err == nil {
		tokenFile = ""
	} else {
		if err := s.enrol(ctx, tokenFile); err != nil {
			return err
		}
	}
	return s.bring(ctx, layerAgent, s.program("agent", s.agent(tokenFile), listening(s.opts.Ports.Agent)))
}

// enrol gets a token for a new agent. Where an agent has lost its identity, its
// name stays taken, and the new one gets a number.
func (s *stack) enrol(ctx context.Context, tokenFile string) error {
	var refused error
	for n := 1; n <= agentNames; n++ {
		name := agentName
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		token, err := s.longhaul(ctx, "agents", "token", "--name", name)
		if err == nil {
			if err := renameio.WriteFile(tokenFile, []byte(token+"\n"), secretMode); err != nil {
				return fmt.Errorf("store the agent's enrolment token: %w", err)
			}
			return nil
		}
		refused = cmp.Or(refused, err)
	}
	return refused
}

// longhaul runs the operator's program and returns what it prints.
func (s *stack) longhaul(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, helperLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.opts.Bin, "longhaul"), args...)
	cmd.Env = s.control(s.opts.Ports.APIMetrics)
	cmd.Dir = s.opts.Data
	var faults strings.Builder
	cmd.Stderr = &faults
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("run longhaul %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(faults.String()))
	}
	return strings.TrimSpace(string(output)), nil
}

// listening is ready when something accepts connections on the port.
func listening(number int) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", port.Address(number))
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// answering is ready when the path answers 200.
func answering(number int, path string) func(context.Context) error {
	client := &http.Client{Timeout: quickGrace}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+port.Address(number)+path, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", path, response.Status)
		}
		return nil
	}
}
