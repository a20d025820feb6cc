// Command seedrsim runs the Seedr simulator as a program, so that people can
// try the provider: SEEDR_SIMULATOR=1 makes the devstack start it. It downloads
// by BitTorrent from trackers and peers on this machine. GET /_simulator shows
// its counters and switches; PATCH changes switches.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"longhaul/internal/seedr/seedrtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "seedrsim:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	listen := flag.String("listen", "127.0.0.1:8090", "host:port of the API")
	dir := flag.String("dir", "data/seedrsim", "folder of what it downloads")
	generation := flag.String("generation", string(seedrtest.Modern), "form of the answers: modern or legacy")
	flag.Parse()
	switches := seedrtest.Default()
	switches.Generation = seedrtest.Generation(*generation)
	sim, err := seedrtest.Start(seedrtest.Options{
		Email: os.Getenv("SEEDR_EMAIL"), Password: os.Getenv("SEEDR_PASSWORD"), Fetcher: seedrtest.NewSwarm(*dir), Switches: switches, Listen: *listen,
	})
	if err != nil {
		return err
	}
	defer sim.Close()
	fmt.Println("the Seedr simulator listens at", sim.URL())
	<-ctx.Done()
	return nil
}
