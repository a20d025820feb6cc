package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/internal/token"
	"longhaul/models"
)

// How long one-time tokens made here are good.
const (
	enrolmentTime = time.Hour
	setupTime     = 24 * time.Hour
)

type migrateCmd struct{}

// Run brings the schema up to date.
func (c *migrateCmd) Run(ctx context.Context, p *program) error {
	cfg, err := config.Load(config.ProcessMigrate)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if err := store.Migrate(ctx, cfg.Database.URL, p.logger(cfg)); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	fmt.Fprintln(p.Err, "The database schema is up to date.")
	return nil
}

func (p *program) logger(cfg config.Config) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: cfg.Log.Level}))
}

// withStore opens the database for one command.
func (p *program) withStore(ctx context.Context, do func(*store.Store, config.Config) error) error {
	cfg, err := config.Load(config.ProcessMigrate)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	s, err := store.Open(ctx, cfg.Database.URL, p.logger(cfg))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = s.DB.Close() }()
	return do(s, cfg)
}

type adminCmd struct {
	SetupLink setupLinkCmd     `cmd:"" help:"Print a one-time link to create the first administrator."`
	Storage   adminStorageCmd  `cmd:"" help:"What is stored, and what has no row or no object (through the API, as an administrator)."`
	Jobs      adminJobsCmd     `cmd:"" help:"The jobs of all users (through the API, as an administrator)."`
	Users     adminUsersCmd    `cmd:"" help:"Accounts: to read through the API as an administrator, to change from the database."`
	Announce  adminAnnounceCmd `cmd:"" help:"Tell everyone something, above every page (from the database)."`
	Plans     adminPlansCmd    `cmd:"" help:"List the plans (through the API, as an administrator)."`
	Blocks    adminBlocksCmd   `cmd:"" help:"Content that is refused here (through the API, as an administrator)."`
	Flags     adminFlagsCmd    `cmd:"" help:"Features that can be switched off, for everyone, for a plan or for an account."`
	Notices   adminNoticesCmd  `cmd:"" help:"Takedown notices (through the API, as an administrator)."`
}

type setupLinkCmd struct{}

// Run prints a new setup link; the one before stops working.
func (c *setupLinkCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s *store.Store, cfg config.Config) error {
		n, err := s.Accounts.CountUsers(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return usagef("An account already exists; the setup link creates only the first one.")
		}
		value, hash, err := token.New()
		if err != nil {
			return err
		}
		if err := s.Accounts.IssueSetupToken(ctx, hash, setupTime); err != nil {
			return err
		}
		fmt.Fprintln(p.Out, strings.TrimSuffix(cfg.Web.BaseURL.String(), "/")+"/setup?token="+url.QueryEscape(value))
		return nil
	})
}

type agentsCmd struct {
	List  agentsListCmd  `cmd:"" help:"List compute agents (through the API, as an administrator)."`
	Token agentsTokenCmd `cmd:"" help:"Print a one-time token that enrols an agent (from the database)."`
}

type agentsTokenCmd struct {
	Name string `help:"Name of the agent." required:""`
}

// Run prints the token and nothing else, for scripts.
func (c *agentsTokenCmd) Run(ctx context.Context, p *program) error {
	if len(c.Name) > 100 || strings.TrimSpace(c.Name) != c.Name || c.Name == "" {
		return usagef("The name must have 1 to 100 characters and no leading or trailing spaces.")
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		value, hash, err := token.New()
		if err != nil {
			return err
		}
		if err := s.Agents.CreateEnrolmentToken(ctx, models.Actor{Kind: models.ActorConsole}, hash, c.Name, enrolmentTime); err != nil {
			return err
		}
		fmt.Fprintln(p.Out, value)
		return nil
	})
}

type configCmd struct {
	Print configPrintCmd `cmd:"" help:"Print the effective settings, with secrets hidden, and what is wrong with them."`
}

type configPrintCmd struct {
	Process string `help:"Whose settings: api, worker or agent." enum:"api,worker,agent" default:"api"`
}

// Run prints the settings even when some are wrong, and then says which.
func (c *configPrintCmd) Run(p *program) error {
	var cfg any
	var faults error
	if c.Process == agentProcess {
		cfg, faults = config.LoadAgent()
	} else {
		cfg, faults = config.Load(config.Process(c.Process))
	}
	if err := config.Print(p.Out, cfg); err != nil {
		return err
	}
	if faults != nil {
		return fmt.Errorf("configuration:\n%w", faults)
	}
	return nil
}

// agentProcess is the program that has a configuration of its own.
const agentProcess = "agent"
