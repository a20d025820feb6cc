// Command devstack runs everything that Longhaul needs on one machine: Postgres,
// Temporal, an S3 server, a mail catcher, and the application's own programs.
// Every part is a child process that is restarted alone when it dies.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Temporal temporalCommand `cmd:"" help:"Run only the Temporal server and its web UI."`
	S3       s3Command       `cmd:"" name:"s3" help:"Run only the S3 server."`
}

func main() {
	var cli commands
	parsed := kong.Parse(&cli,
		kong.Name("devstack"),
		kong.Description("Runs Longhaul and everything it needs on one machine."),
		kong.UsageOnError(),
	)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		stop()
		os.Exit(1)
	}
}
