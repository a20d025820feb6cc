// Command agent runs a compute agent, or, started by one, the child process for
// one transfer.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"longhaul/agent"
	"longhaul/agent/child"
	"longhaul/agent/childapi"
	"longhaul/internal/config"
	"longhaul/internal/telemetry"
	"longhaul/internal/tracing"
	"longhaul/internal/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	build := version.Current()
	if version.Asked(os.Args[1:]) {
		fmt.Println("agent", build)
		return nil
	}
	if len(os.Args) > 1 && os.Args[1] == childapi.Command {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		return child.Main(ctx, child.Shipped(log))
	}
	cfg, err := config.LoadAgent()
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	log := cfg.Logger(os.Stderr)
	log.InfoContext(ctx, "starting", "program", "agent", "version", build.Version, "commit", build.Commit)
	tracer, err := tracing.Open(ctx, tracing.Options{Program: "agent", Version: build.Version, Config: cfg.Tracing, Log: log})
	if err != nil {
		return err
	}
	defer tracer.Close(ctx)
	return agent.Run(ctx, agent.Options{
		Config: cfg, Version: build.Version, Log: log, Registry: telemetry.NewRegistry(build), Tracer: tracer,
	})
}
