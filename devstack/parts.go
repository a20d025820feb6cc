package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/renameio/v2"

	"longhaul/devstack/mailbox"
	"longhaul/devstack/s3d"
	"longhaul/devstack/temporald"
)

// temporalCommand runs the Temporal server alone.
type temporalCommand struct {
	DatabaseURL        string        `required:"" env:"DATABASE_URL" help:"postgres:// URL of a role that can create databases."`
	Database           string        `default:"temporal" help:"Name of the main database."`
	VisibilityDatabase string        `default:"temporal_visibility" help:"Name of the visibility database."`
	Port               int           `default:"7233" help:"gRPC port on loopback; 0 takes a free one."`
	UIPort             int           `name:"ui-port" default:"8233" help:"Web UI port; 0 takes a free one, -1 disables the UI."`
	MetricsPort        int           `help:"Prometheus port; 0 disables metrics."`
	Namespace          string        `default:"longhaul" help:"Namespace to register."`
	Retention          time.Duration `default:"336h" help:"How long closed workflows are kept."`
	LogLevel           string        `default:"warn" help:"debug, info, warn or error."`
	ReadyFile          string        `type:"path" help:"File to write the addresses to, as JSON, when ready."`
}

// temporalReady is what the ready file of the Temporal server says.
type temporalReady struct {
	Address   string           `json:"address"`
	UIURL     string           `json:"uiUrl,omitempty"`
	Namespace string           `json:"namespace"`
	PID       int              `json:"pid"`
	Millis    map[string]int64 `json:"startMillis"`
}

// Run serves until the context ends.
func (c *temporalCommand) Run(ctx context.Context) error {
	server, err := temporald.Start(ctx, temporald.Options{
		DatabaseURL: c.DatabaseURL, Database: c.Database, VisibilityDatabase: c.VisibilityDatabase,
		Port: c.Port, UIPort: c.UIPort, MetricsPort: c.MetricsPort,
		Namespace: c.Namespace, Retention: c.Retention, LogLevel: c.LogLevel,
	})
	if err != nil {
		return err
	}
	defer server.Stop()
	ready := temporalReady{
		Address: server.Address, UIURL: server.UIURL, Namespace: c.Namespace,
		PID: os.Getpid(), Millis: make(map[string]int64, len(server.Phases)),
	}
	for _, phase := range server.Phases {
		ready.Millis[phase.Name] = phase.Took.Milliseconds()
	}
	if err := announce(c.ReadyFile, ready); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// s3Command runs the S3 server alone.
type s3Command struct {
	Dir       string `required:"" type:"path" help:"Folder for the objects."`
	Port      int    `default:"9000" help:"Port on loopback; 0 takes a free one."`
	AccessKey string `default:"longhaul" env:"S3_ACCESS_KEY_ID" help:"Access key id of the only account."`
	SecretKey string `default:"longhaul-secret" env:"S3_SECRET_ACCESS_KEY" help:"Secret of the only account."`
	Region    string `default:"us-east-1" env:"S3_REGION" help:"Region that clients sign for."`
	Bucket    string `default:"longhaul" env:"S3_BUCKET" help:"Bucket to create."`
	ReadyFile string `type:"path" help:"File to write the address to, as JSON, when ready."`
}

// s3Ready is what the ready file of the S3 server says.
type s3Ready struct {
	Endpoint string `json:"endpoint"`
	Region   string `json:"region"`
	Bucket   string `json:"bucket"`
	PID      int    `json:"pid"`
}

// Run serves until the context ends.
func (c *s3Command) Run(ctx context.Context) error {
	server, err := s3d.Start(ctx, s3d.Options{
		Dir: c.Dir, Port: c.Port, AccessKey: c.AccessKey, SecretKey: c.SecretKey,
		Region: c.Region, Bucket: c.Bucket,
	})
	if err != nil {
		return err
	}
	defer server.Stop()
	ready := s3Ready{Endpoint: server.Endpoint, Region: c.Region, Bucket: c.Bucket, PID: os.Getpid()}
	if err := announce(c.ReadyFile, ready); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-server.Done():
		return err
	}
}

// announce prints the ready message as one JSON line and, when a file is named,
// writes it there in one step so that a reader never sees half of it.
func announce(path string, message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode the ready message: %w", err)
	}
	line = append(line, '\n')
	if _, err := os.Stdout.Write(line); err != nil {
		return fmt.Errorf("print the ready message: %w", err)
	}
	if path == "" {
		return nil
	}
	if err := renameio.WriteFile(path, line, 0o600); err != nil {
		return fmt.Errorf("write the ready file: %w", err)
	}
	return nil
}

// mailCommand runs the mail catcher alone.
type mailCommand struct {
	Dir       string `required:"" type:"path" help:"Folder for the messages."`
	SMTPPort  int    `name:"smtp-port" default:"1025" help:"SMTP port on loopback; 0 takes a free one."`
	Port      int    `default:"8025" help:"Port of the web page and of the HTTP API on loopback; 0 takes a free one."`
	Key       string `env:"RESEND_API_KEY" help:"Bearer token that the HTTP API expects; empty accepts any."`
	ReadyFile string `type:"path" help:"File to write the addresses to, as JSON, when ready."`
}

// mailReady is what the ready file of the mail catcher says.
type mailReady struct {
	SMTP string `json:"smtp"`
	URL  string `json:"url"`
	PID  int    `json:"pid"`
}

// Run serves until the context ends.
func (c *mailCommand) Run(ctx context.Context) error {
	server, err := mailbox.Start(ctx, mailbox.Options{
		Dir: c.Dir, SMTPPort: c.SMTPPort, WebPort: c.Port, Key: c.Key, Now: time.Now,
	})
	if err != nil {
		return err
	}
	ready := mailReady{SMTP: server.SMTPAddress, URL: server.URL, PID: os.Getpid()}
	if err := announce(c.ReadyFile, ready); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return server.Stop(ctx)
	case err := <-server.Done():
		return err
	}
}
