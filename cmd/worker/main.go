// Command worker runs Longhaul's workflows and activities, follows the agents
// and dispatches the outbox.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"longhaul/internal/app"
	"longhaul/internal/config"
	"longhaul/internal/media/tool"
	"longhaul/internal/version"
)

func main() {
	tool.Child()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	build := version.Current()
	if version.Asked(os.Args[1:]) {
		fmt.Println("worker", build)
		return nil
	}
	cfg, err := config.Load(config.ProcessWorker)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return app.RunWorker(ctx, cfg, build, os.Stderr)
}
