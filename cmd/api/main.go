// Command api serves the web app, the HTTP API and users' files. "api openapi"
// prints the API's OpenAPI document instead.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"longhaul/api"
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
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	build := version.Current()
	if version.Asked(os.Args[1:]) {
		fmt.Println("api", build)
		return nil
	}
	if len(os.Args) > 1 && os.Args[1] == "openapi" {
		document, err := api.Document() //nolint:contextcheck // middleware takes the request's own context
		fmt.Print(string(document))
		return err
	}
	cfg, err := config.Load(config.ProcessAPI)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return app.RunAPI(ctx, cfg, build, os.Stdout, os.Stderr)
}
