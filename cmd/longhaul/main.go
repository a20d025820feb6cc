// Command longhaul is the command line of users and operators: it submits,
// lists, watches and downloads jobs by the API, and migrates the database,
// enrols agents and shows the configuration.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"longhaul/internal/cli"
	"longhaul/internal/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, cli.Options{Build: version.Current()})
	stop()
	os.Exit(code)
}
