// Command devstack runs everything that Longhaul needs on one machine: Postgres,
// Temporal, an S3 server, a mail catcher, and the application's own programs.
// Every part is a child process that is restarted alone when it dies.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run      runCommand      `cmd:"" default:"withargs" help:"Run everything (the default)."`
	Temporal temporalCommand `cmd:"" help:"Run only the Temporal server and its web UI."`
	S3       s3Command       `cmd:"" name:"s3" help:"Run only the S3 server."`
	Mail     mailCommand     `cmd:"" help:"Run only the mail catcher."`

	Version kong.VersionFlag `help:"Print the commit this was built from."`
}

func main() {
	var cli commands
	parsed := kong.Parse(&cli,
		kong.Name("devstack"),
		kong.Description("Runs Longhaul and everything it needs on one machine."),
		kong.Vars{"version": "devstack (commit " + commit() + ")"},
		kong.UsageOnError(),
	)
	ctx, hurry := untilSignalled()
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(hurry)
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		os.Exit(1)
	}
}

// commit returns the hash of the source, as the Go tool noted it.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// hurryUp is closed when a second signal asks to stop at once.
type hurryUp <-chan struct{}

// untilSignalled returns a context that the first signal ends, and the channel
// that the second one closes.
func untilSignalled() (context.Context, hurryUp) {
	ctx, cancel := context.WithCancel(context.Background())
	hurry := make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		cancel()
		<-signals
		close(hurry)
	}()
	return ctx, hurry
}
