package stack

import (
	"context"
	"fmt"
	"time"

	"longhaul/devstack/port"
)

const (
	// windDown is how long ports may still be held by the children of a
	// devstack that was killed a moment ago.
	windDown      = 5 * time.Second
	portsInterval = 100 * time.Millisecond
)

// Ports are the loopback ports of all parts; zero takes a free one.
type Ports struct {
	App        int `name:"app-port" env:"APP_PORT" default:"8080" help:"The app: web pages and API."`
	Files      int `name:"files-port" env:"FILES_PORT" default:"8081" help:"File delivery, on its own origin."`
	Temporal   int `name:"temporal-port" env:"TEMPORAL_PORT" default:"7233" help:"Temporal gRPC."`
	TemporalUI int `name:"temporal-ui-port" env:"TEMPORAL_UI_PORT" default:"8233" help:"Temporal web UI."`
	S3         int `name:"s3-port" env:"S3_PORT" default:"9000" help:"S3 server."`
	SMTP       int `name:"smtp-port" env:"SMTP_PORT" default:"1025" help:"Mail catcher, SMTP."`
	Mail       int `name:"mail-port" env:"MAIL_PORT" default:"8025" help:"Mail catcher, web page."`
	Agent      int `name:"agent-port" env:"AGENT_PORT" default:"7300" help:"Compute agent."`
	Seedr      int `name:"seedr-port" env:"SEEDR_PORT" default:"8090" help:"Seedr simulator, if enabled."`
	Sample     int `name:"sample-port" env:"SAMPLE_PORT" default:"8082" help:"Sample download, on an address of its own."`
	Postgres   int `name:"postgres-port" env:"POSTGRES_PORT" default:"5433" help:"Postgres."`

	APIMetrics    int `name:"api-metrics-port" env:"API_METRICS_PORT" default:"9464" help:"Metrics of the API."`
	WorkerMetrics int `name:"worker-metrics-port" env:"WORKER_METRICS_PORT" default:"9465" help:"Metrics of the worker."`
	AgentMetrics  int `name:"agent-metrics-port" env:"AGENT_METRICS_PORT" default:"9466" help:"Metrics of the agent."`
}

// namedPort is one port with what a person calls it and the variable that sets it.
type namedPort struct {
	name, variable string
	number         *int
}

func (p *Ports) infrastructure() []namedPort {
	return []namedPort{
		{"Temporal", "TEMPORAL_PORT", &p.Temporal},
		{"the Temporal UI", "TEMPORAL_UI_PORT", &p.TemporalUI},
		{"the S3 server", "S3_PORT", &p.S3},
		{"the mail catcher", "SMTP_PORT", &p.SMTP},
		{"the mail catcher's page", "MAIL_PORT", &p.Mail},
		{"Postgres", "POSTGRES_PORT", &p.Postgres},
	}
}

func (p *Ports) extra() []namedPort {
	return []namedPort{{"the Seedr simulator", "SEEDR_PORT", &p.Seedr}}
}

func (p *Ports) all() []namedPort {
	return append(append(p.application(), p.infrastructure()...), p.extra()...)
}

func (p *Ports) application() []namedPort {
	return []namedPort{
		{"the app", "APP_PORT", &p.App},
		{"file delivery", "FILES_PORT", &p.Files},
		{"the agent", "AGENT_PORT", &p.Agent},
		{"the API's metrics", "API_METRICS_PORT", &p.APIMetrics},
		{"the worker's metrics", "WORKER_METRICS_PORT", &p.WorkerMetrics},
		{"the agent's metrics", "AGENT_METRICS_PORT", &p.AgentMetrics},
		{"the sample download", "SAMPLE_PORT", &p.Sample},
	}
}

// Base moves all ports to a row that begins at base.
func (p *Ports) Base(base int) {
	for i, each := range p.all() {
		*each.number = base + i
	}
}

// Random makes all ports free ones.
func (p *Ports) Random() {
	for _, each := range p.all() {
		*each.number = 0
	}
}

// settle replaces zeros by free ports and refuses ports that are taken. After
// an unclean end the old children may need a moment to let go of theirs.
func (p *Ports) settle(ctx context.Context, withApp, withSeedr, afterCrash bool) error {
	all := p.infrastructure()
	if withApp {
		all = append(all, p.application()...)
	}
	if withSeedr {
		all = append(all, p.extra()...)
	}
	free, err := port.FreeN(len(all))
	if err != nil {
		return err
	}
	deadline := time.Now()
	if afterCrash {
		deadline = deadline.Add(windDown)
	}
	owners := make(map[int]string, len(all))
	for i, each := range all {
		if *each.number == 0 {
			*each.number = free[i]
		}
		if other, taken := owners[*each.number]; taken {
			return fmt.Errorf("port %d is assigned to both %s and %s; set %s to another port",
				*each.number, other, each.name, each.variable)
		}
		owners[*each.number] = each.name
		if err := each.awaitFree(ctx, deadline); err != nil {
			return err
		}
	}
	return nil
}

func (n namedPort) awaitFree(ctx context.Context, deadline time.Time) error {
	for port.Busy(*n.number) {
		if time.Now().After(deadline) {
			return fmt.Errorf("port %d, needed for %s, is in use by another program; stop that program or set %s to a free port",
				*n.number, n.name, n.variable)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(portsInterval):
		}
	}
	return nil
}
